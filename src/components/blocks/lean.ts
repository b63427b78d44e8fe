const blocks =
  "section|div|h[1-6]|p|[ou]l|li|d[lt]|dd|figure|figcaption|details|summary|form|table|caption|thead|tbody|t[rhd]";
const aroundBlocks = new RegExp(`\\s*(</?(?:${blocks})\\b[^>]*>)\\s*`, "g");
const needlessEnds = /<\/(?:td|th|tr|thead|tbody|caption|option)>(?=<\/?(?:t[dhr]|thead|tbody|table|option|select)\b)/g;

/**
 * Leaves out what a browser makes nothing of, a quarter of a page: spaces around blocks and between attributes, end tags
 * of cells and rows, quotes around single words. Within `pre` all of it stays.
 */
export function lean(text: string): string {
  return text
    .split(/(<pre[\s\S]*?<\/pre>)/)
    .map((part) =>
      part.startsWith("<pre")
        ? part
        : part
            .replace(/<[a-z][^>]*>/g, unspaced)
            .replace(/>\n\s+/g, ">\n")
            .replace(/\n\s+</g, "\n<")
            .replace(aroundBlocks, "$1")
            .replace(needlessEnds, "")
    )
    .join("");
}

/** Returns a tag without needless spaces between its attributes, and quotes around single words; their values stay. */
function unspaced(tag: string): string {
  return tag.replace(/("[^"]*")|\s+/g, (found: string, value: string | undefined, at: number) => {
    const next = tag[at + found.length] ?? "";
    if (value === undefined) return next === ">" ? "" : " ";
    return /^"[\w-]+"$/.test(value) && /[\s>]/.test(next) ? value.slice(1, -1) : value;
  });
}
