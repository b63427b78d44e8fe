import type {Content, Html} from "./html.ts";
import {html} from "./html.ts";

/** A column: its heading, whether it holds numbers, and whether a phone leaves it out. */
export type Column = {head: Content; number?: boolean; fold?: boolean; className?: string};

/** Returns a table with its caption for screen readers; the first cell of a row is its heading. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Content[])[]): Html {
  return html`<table>
    <caption class="sr">
      ${caption}
    </caption>
    <thead>
      <tr>
        ${columns.map((c) => html`<th scope="col" class="${classOf(c)}">${c.head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map((cell, i) =>
              i === 0
                ? html`<th scope="row" class="${classOf(columns[i])}">${cell}</th>`
                : html`<td class="${classOf(columns[i])}">${cell}</td>`
            )}
          </tr> `
      )}
    </tbody>
  </table>`;
}

/** Returns the classes of a cell in this column. */
export function classOf(column: Column | undefined): string {
  return [column?.number && "number", column?.fold && "fold", column?.className].filter(Boolean).join(" ");
}
