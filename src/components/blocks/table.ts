import type {Content, Html} from "./html.ts";
import {html} from "./html.ts";

/** How many columns the style sheet knows by their number. */
const styled = 9;

/** A column: its heading, whether it holds numbers, and whether a phone leaves it out. */
export type Column = {head: Content; number?: boolean; fold?: boolean; className?: string};

/**
 * Returns a table with its caption for screen readers; the first cell of a row is its heading. Where all other cells are
 * numbers the table says so, and not each cell; it says, too, which columns a phone leaves out.
 */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Content[])[]): Html {
  const numbers = columns.length > 1 && columns.every(({number}, i) => i === 0 || number);
  const named = columns.map((column, i) => column.fold === true && i < styled);
  const attributes = columns.map(({number, fold, ...column}, i) =>
    classAttribute(
      classOf({...column, number: number === true && !(numbers && i > 0), fold: fold === true && !named[i]})
    )
  );
  const classes = [numbers && "numbers", ...named.map((it, i) => it && `fold-${i + 1}`)].filter(Boolean).join(" ");
  const cell = (content: Content, i: number): Html =>
    i === 0 ? html`<th scope="row" ${attributes[i]}>${content}</th>` : html`<td${attributes[i]}>${content}</td>`;
  return html`<table${classAttribute(classes)}>
    <caption class="sr">
      ${caption}
    </caption>
    <thead>
      <tr>
        ${columns.map((c, i) => html`<th scope="col" ${attributes[i]}>${c.head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map(cell)}
          </tr> `
      )}
    </tbody>
  </table>`;
}

function classAttribute(names: string): Html | null {
  return names === "" ? null : html` class="${names}"`;
}

/** Returns the classes of a cell in this column. */
export function classOf(column: Column | undefined): string {
  return [column?.number && "number", column?.fold && "fold", column?.className].filter(Boolean).join(" ");
}
