import type {Content, Html} from "./html.ts";
import {html} from "./html.ts";
import type {Column} from "./table.ts";
import {table} from "./table.ts";

/** A chart that is drawn over and over from what the page computes. */
export type LiveFigureOptions = {
  /** What the page finds it by. */
  key: string;
  title: Content;
  subtitle: Content;
  height: number;
  columns: readonly Column[];
};

/** Returns the frame of such a chart: its title, room for it, room for one sentence of reading, and the table behind it. */
export function liveFigure({key, title, subtitle, height, columns}: LiveFigureOptions): Html {
  return html`<figure class="chart" data-live="${key}" data-height="${height}">
    <figcaption><strong>${title}</strong><span>${subtitle}</span></figcaption>
    <div class="plot" role="img" aria-label="${title}" style="height: ${height}px"></div>
    <p class="reading"></p>
    <details class="data">
      <summary>Table</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Table behind the chart">
        ${table("Numbers of the chart", columns, [])}
      </div>
    </details>
  </figure>`;
}
