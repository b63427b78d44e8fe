/** A piece of HTML that is known to be safe: made by `html`, never from data. */
export class Html {
  constructor(readonly value: string) {}
  toString(): string {
    return this.value;
  }
}

/** What may stand in an `html` template: text is escaped, pieces are kept, nothing is written for null and false. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

/** Returns a piece of HTML in which every text from data is escaped, in text and in quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(strings.reduce((text, string, i) => text + render(values[i - 1]) + string));
}

/** Returns the text with the five characters that mean something in HTML written as references. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Returns a name that comes from data, apart from the direction of the text around it. */
export function name(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

function render(value: Content): string {
  if (value === null || value === undefined || value === false) return "";
  if (value instanceof Html) return value.value;
  if (typeof value === "string" || typeof value === "number") return escape(String(value));
  return value.map(render).join("");
}
