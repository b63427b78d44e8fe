/** Returns the text with links to readouts as a built site has them, packed. */
export function packedLinks(text: string): string {
  return text.replace(
    /(<a\s[^>]*?href="(?:\.\.?\/)+readouts\/[\w-]+\/readout\.json)("[^>]*>)readout\.json<\/a/g,
    (_, before: string, after: string) =>
      `${before}.gz${after.replace(/(download="[\w-]+-readout\.json)"/, '$1.gz"')}readout.json.gz</a`
  );
}

/** Returns the text with links from the top of the site made relative, and pages given the extension of files on disk. */
export function linked(text: string, root: string): string {
  return text
    .replace(/(<a\s[^>]*?href=")\/(?!\/)/g, `$1${root}`)
    .replace(/(<a\s[^>]*?href="(?:\.\.?\/)+)([^"#?.]*[^"#?./])(?=["#?])/g, "$1$2.html");
}
