/** Returns the text with links from the top of the site made relative, and pages given the extension of files on disk. */
export function linked(text: string, root: string): string {
  return text
    .replace(/(<a\s[^>]*?href=")\/(?!\/)/g, `$1${root}`)
    .replace(/(<a\s[^>]*?href="(?:\.\.?\/)+)([^"#?.]*[^"#?./])(?=["#?])/g, "$1$2.html");
}
