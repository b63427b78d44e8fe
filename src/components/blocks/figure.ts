import type {Content, Html} from "./html.ts";
import {html} from "./html.ts";

/** What a figure shows: the chart is drawn in the reader's browser, all else is written at build time. */
export type FigureOptions = {
  /** The chart's name in `charts/drawCharts.ts`. */
  chart: string;
  title: Content;
  subtitle?: Content;
  /** In pixels; reserved before the chart is drawn, so that nothing jumps. */
  height: number;
  metric?: string;
  variant?: string;
  /** What the chart says, in words; also its text for those who do not see it. */
  reading: Content;
  /** The reading is shown below unless the block has a better place for it. */
  quiet?: boolean;
  /** The numbers behind the chart; null where they already stand on the page. */
  table: Html | null;
  /** What must hold for the chart to mean what it says, a sentence each. */
  assumptions?: readonly Content[];
};

/** Returns a chart's frame with its reading, the table behind it, and its assumptions. */
export function figure({
  chart,
  title,
  subtitle,
  height,
  metric,
  variant,
  reading,
  quiet,
  table,
  assumptions
}: FigureOptions): Html {
  const label = plain(reading);
  return html`<figure
    class="chart"
    data-chart="${chart}"
    data-metric="${metric}"
    data-variant="${variant}"
    data-height="${height}"
  >
    <figcaption><strong>${title}</strong>${subtitle ? html`<span>${subtitle}</span>` : null}</figcaption>
    <div class="plot" role="img" aria-label="${label}" style="height: ${height}px"></div>
    ${quiet ? null : html`<p class="reading">${reading}</p>`}
    ${
      table &&
      html`<details class="data">
        <summary>Table</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Table behind the chart">${table}</div>
      </details>`
    }
    ${
      assumptions?.length
        ? html`<details class="data assumptions">
            <summary>Assumptions</summary>
            <ul>
              ${assumptions.map((text) => html`<li>${text}</li> `)}
            </ul>
          </details>`
        : null
    }
  </figure>`;
}

function plain(content: Content): string {
  return String(html`${content}`)
    .replace(/<[^>]*>/g, "")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, " ")
    .trim();
}
