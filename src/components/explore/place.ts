import type {Html} from "../blocks/html.ts";

/** Puts a piece of escaped HTML into an element, in place of what it held. */
export function place(element: Element, content: Html | null): void {
  element.innerHTML = content === null ? "" : String(content);
}

/** Returns the element that the selector finds below another. */
export function find<Kind extends Element = HTMLElement>(parent: ParentNode, selector: string): Kind {
  const found = parent.querySelector<Kind>(selector);
  if (!found) throw new Error(`missing element: ${selector}`);
  return found;
}
