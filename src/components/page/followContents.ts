/** Marks the section that is being read in the contents list. */
export function followContents({invalidation}: {invalidation?: Promise<void>} = {}): void {
  // Looked up each time: a page that follows new numbers, or goes back to a day, puts new ones in their place.
  const linksNow = () => Array.from(document.querySelectorAll<HTMLAnchorElement>(".contents a"));
  const sectionsOf = (links: readonly HTMLAnchorElement[]) =>
    links.flatMap((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))) ?? []);
  const mark = () => {
    const links = linksNow();
    // What is left out on an earlier day is hidden, and has no place.
    const sections = sectionsOf(links).filter((section) => section.getClientRects().length > 0);
    const read = sections.filter((s) => s.getBoundingClientRect().top < innerHeight * 0.4).at(-1) ?? sections[0];
    for (const link of links) {
      if (read && link.hash === `#${read.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  const observer = new IntersectionObserver(mark, {rootMargin: "0px 0px -60% 0px", threshold: [0, 0.1]});
  for (const section of sectionsOf(linksNow())) observer.observe(section);
  addEventListener("scroll", mark, {passive: true});
  mark();
  invalidation?.then(() => {
    observer.disconnect();
    removeEventListener("scroll", mark);
  });
}
