/** Marks the section that is being read in the contents list. */
export function followContents({invalidation}: {invalidation?: Promise<void>} = {}): void {
  const links = Array.from(document.querySelectorAll<HTMLAnchorElement>(".contents a"));
  const sections = links.flatMap((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))) ?? []);
  const mark = () => {
    const read = sections.filter((s) => s.getBoundingClientRect().top < innerHeight * 0.4).at(-1) ?? sections[0];
    for (const link of links) {
      if (read && link.hash === `#${read.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  const observer = new IntersectionObserver(mark, {rootMargin: "0px 0px -60% 0px", threshold: [0, 0.1]});
  for (const section of sections) observer.observe(section);
  addEventListener("scroll", mark, {passive: true});
  mark();
  invalidation?.then(() => {
    observer.disconnect();
    removeEventListener("scroll", mark);
  });
}
