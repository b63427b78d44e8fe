import type {Readout} from "../../lib/experiment/readout.ts";
import {linked, packedLinks} from "../blocks/linked.ts";
import {story} from "../blocks/story.ts";

const placedElsewhere = new Set(["contents", "glossary"]);
const offered = /\.parquet$|^readout\.json$|^memo\./;
const figures = "td, dd, .big, .sentence, .label, .facts span, .check, .reading, .number p, .count";
const focusable = "a[href], button, input, select, summary, [tabindex]";

/**
 * Writes a readout into a page that shows another one of the same experiment: by the blocks that the build uses, and only
 * where they come out otherwise. What was unfolded stays so, and the focus stays where it was.
 *
 * @param before what the page shows; null if that is not known, and all is written
 * @returns elements whose text changed
 */
export function showStory(
  before: Readout | null,
  after: Readout,
  {main = document.querySelector("main")} = {}
): Element[] {
  if (!main) return [];
  const built = document.querySelector('meta[name="readout-live"]') ? packedLinks : (text: string) => text;
  const moved: Element[] = [];
  for (const [key, make] of Object.entries(story)) {
    if (placedElsewhere.has(key)) continue;
    const [was, is] = [before, after].map((each) => each && built(linked(String(make(contextOf(each))), "../")));
    if (was === is) continue;
    const next = document.createElement("template");
    next.innerHTML = is ?? "";
    if (key === "heading") replaceHeading(main, next.content);
    else
      for (const section of Array.from(next.content.children)) {
        const old = section.id === "" ? null : document.getElementById(section.id);
        if (old) moved.push(...replaceSection(old, section));
      }
  }
  return moved;
}

function contextOf(readout: Readout) {
  const files = [...new Set(["readout.json", ...readout.files.map(({name}) => name)])]
    .filter((name) => offered.test(name))
    .sort();
  return {readout, root: "../", files, folder: `../readouts/${readout.id}/`};
}

function replaceHeading(main: Element, content: DocumentFragment): void {
  const old = Array.from(main.children).filter((child) =>
    child.matches("p.hypothesis, p.facts, p.notice:not(.past-note)")
  );
  const place = document.getElementById("verdict");
  for (const element of old) element.remove();
  if (place) place.before(content);
}

function replaceSection(old: Element, section: Element): Element[] {
  const open = Array.from(old.querySelectorAll("details"), (details) => details.open);
  const focused = Array.from(old.querySelectorAll(focusable)).indexOf(document.activeElement ?? old);
  const texts = Array.from(old.querySelectorAll(figures), textOf);
  old.replaceWith(section);
  const details = section.querySelectorAll("details");
  if (details.length === open.length) details.forEach((each, i) => (each.open = open[i] ?? false));
  const again = focused < 0 ? undefined : section.querySelectorAll<HTMLElement>(focusable)[focused];
  again?.focus({preventScroll: true});
  const now = Array.from(section.querySelectorAll(figures));
  return now.length === texts.length ? now.filter((element, i) => textOf(element) !== texts[i]) : [];
}

/** The words of an element: the build writes fewer spaces. */
function textOf(element: Element): string {
  return (element.textContent ?? "").trim().split(/\s+/).join(" ");
}
