import type {MetricResult, Readout} from "./readout.ts";

/** What there is much of: results by segment and by tenure. */
const detail: readonly (keyof MetricResult)[] = ["novelty", "segments", "segmentSummaries"];

/**
 * Returns a readout as it is published, one line of JSON. Results by segment, by tenure and of earlier days have eleven
 * significant digits, five parts in 10^11 from what was computed; the sums, the results of the last day and the looks
 * have all.
 */
export function readoutText(readout: Readout): string {
  const metrics = readout.metrics.map((metric) => ({
    ...metric,
    path: metric.path.map((row, i) => (i === metric.path.length - 1 ? row : rounded(row))),
    ...Object.fromEntries(detail.map((key) => [key, rounded(metric[key])]))
  }));
  return `${JSON.stringify({...readout, metrics})}\n`;
}

function rounded(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? value : Number(value.toPrecision(11));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, rounded(own)]));
}
