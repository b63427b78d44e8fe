import type {ReadoutIndex} from "../../lib/experiment/readout.ts";
import {formatPercent, formatPercentInterval, intervalDecimals} from "../../lib/experiment/format.ts";
import {normal} from "../../lib/stats/distributions.ts";
import {segmentShrinkage} from "../../lib/stats/segmentShrinkage.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {table} from "./table.ts";

/** What the shipped experiments of one metric add up to, as fractions. */
export type ShippedSum = {
  metric: string;
  shipped: number;
  experiments: number;
  plain: number;
  shrunk: number;
  interval: [number, number];
};

/**
 * Returns for each primary metric what its shipped experiments add up to. Only winners ship, so their plain sum is too
 * high; each effect is first drawn towards the mean of all experiments of that metric by the share of it that is noise.
 * Metrics with nothing shipped, or with fewer than three experiments to learn from, are left out.
 */
export function shippedSums({experiments}: ReadoutIndex): ShippedSum[] {
  const byMetric = new Map<string, {name: string; shipped: boolean; effect: number; error: number}[]>();
  for (const {primary, verdict} of experiments) {
    const [lower, upper] = primary?.relativeInterval ?? [null, null];
    if (!primary || primary.relativeDifference === null || lower === null || upper === null) continue;
    const error = (upper - lower) / (2 * normal.quantile((1 + primary.level) / 2));
    const rows = byMetric.get(primary.key) ?? [];
    rows.push({name: primary.name, shipped: verdict === "ship", effect: primary.relativeDifference, error});
    byMetric.set(primary.key, rows);
  }
  return [...byMetric.values()].flatMap((rows) => {
    const shipped = rows.filter((r) => r.shipped);
    if (shipped.length === 0 || rows.length < 3) return [];
    const {shrunk, shrunkStandardErrors} = segmentShrinkage(
      rows.map((r) => r.effect),
      rows.map((r) => r.error)
    );
    const taken = rows
      .map((r, i) => ({...r, shrunk: shrunk[i] ?? null, error: shrunkStandardErrors[i] ?? null}))
      .filter((r) => r.shipped);
    const sum = taken.reduce((total, r) => total + (r.shrunk ?? 0), 0);
    const error = Math.sqrt(taken.reduce((total, r) => total + (r.error ?? 0) ** 2, 0));
    const half = normal.quantile(0.975) * error;
    return [
      {
        metric: rows[0]?.name ?? "",
        shipped: shipped.length,
        experiments: rows.length,
        plain: shipped.reduce((total, r) => total + r.effect, 0),
        shrunk: sum,
        interval: [sum - half, sum + half]
      }
    ];
  });
}

/** Returns the sums as a table; nothing where there is nothing to add up. */
export function shipped(index: ReadoutIndex, root: string): Html | null {
  const sums = shippedSums(index);
  if (sums.length === 0) return null;
  return html`<section class="shipped" aria-labelledby="shipped-heading">
    <h2><span id="shipped-heading">What shipping adds up to</span></h2>
    <p class="lede">
      Only winners ship, so their effects as seen are too high. Each is
      <a href="${root}methods#shipped">drawn towards the mean</a> of all experiments of its metric before it is added.
    </p>
    ${table(
      "Sum of shipped effects by metric",
      [
        {head: "Metric"},
        {head: "Shipped", number: true},
        {head: "As seen", number: true, fold: true},
        {head: "Shrunken sum", number: true},
        {head: "95% interval", number: true}
      ],
      sums.map((s) => [
        name(s.metric),
        `${s.shipped} of ${s.experiments}`,
        formatPercent(s.plain, {signed: true, decimals: intervalDecimals(s.interval, {scale: 100})}),
        formatPercent(s.shrunk, {signed: true, decimals: intervalDecimals(s.interval, {scale: 100})}),
        formatPercentInterval(s.interval)
      ])
    )}
  </section>`;
}
