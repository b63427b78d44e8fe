import type {Readout} from "./readout.ts";

/** One comparison of one metric of one experiment, flat: what a table program reads. */
export interface ExportRow {
  readonly experiment: string;
  readonly title: string;
  readonly status: string;
  readonly as_of: string | null;
  readonly run_id: string;
  readonly verdict: string;
  readonly health: string;
  readonly metric: string;
  readonly role: string;
  readonly kind: string;
  readonly unit: string | null;
  readonly variant: string;
  readonly baseline: string;
  readonly baseline_units: number | null;
  readonly variant_units: number | null;
  readonly baseline_mean: number | null;
  readonly variant_mean: number | null;
  readonly difference: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly relative_difference: number | null;
  readonly relative_lower: number | null;
  readonly relative_upper: number | null;
  readonly level: number;
  readonly p_value: number | null;
  readonly adjusted_p_value: number | null;
  readonly test: string;
}

/** The columns of the rows, in order, and which hold numbers. */
export const exportColumns: readonly {readonly name: keyof ExportRow; readonly number: boolean}[] = [
  ...(
    [
      "experiment",
      "title",
      "status",
      "as_of",
      "run_id",
      "verdict",
      "health",
      "metric",
      "role",
      "kind",
      "unit",
      "variant",
      "baseline"
    ] as const
  ).map((name) => ({name, number: false})),
  ...(
    [
      "baseline_units",
      "variant_units",
      "baseline_mean",
      "variant_mean",
      "difference",
      "lower",
      "upper",
      "relative_difference",
      "relative_lower",
      "relative_upper",
      "level",
      "p_value",
      "adjusted_p_value"
    ] as const
  ).map((name) => ({name, number: true})),
  {name: "test", number: false}
];

/** Returns one row for each comparison of each metric, as published; null bounds are open or not known. */
export function exportRows(readouts: readonly Readout[]): ExportRow[] {
  return readouts.flatMap((readout) =>
    readout.metrics.flatMap((metric) =>
      metric.comparisons.map((c): ExportRow => {
        const control = metric.arms.find(({variant}) => variant === c.baseline);
        const treatment = metric.arms.find(({variant}) => variant === c.variant);
        return {
          experiment: readout.id,
          title: readout.title,
          status: readout.status,
          as_of: readout.asOf,
          run_id: readout.runId,
          verdict: readout.decision.verdict,
          health: readout.health.status,
          metric: metric.key,
          role: metric.role,
          kind: metric.kind,
          unit: metric.unit,
          variant: c.variant,
          baseline: c.baseline,
          baseline_units: control?.n ?? null,
          variant_units: treatment?.n ?? null,
          baseline_mean: control?.mean ?? null,
          variant_mean: treatment?.mean ?? null,
          difference: c.difference,
          lower: c.interval?.[0] ?? null,
          upper: c.interval?.[1] ?? null,
          relative_difference: c.relativeDifference,
          relative_lower: c.relativeInterval?.[0] ?? null,
          relative_upper: c.relativeInterval?.[1] ?? null,
          level: c.level,
          p_value: c.pValue,
          adjusted_p_value: c.adjustedPValue,
          test: c.test
        };
      })
    )
  );
}

/**
 * Returns the rows as CSV (RFC 4180) with a header. A text that a spreadsheet would take for a formula is preceded by
 * an apostrophe.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function exportCsv(rows: readonly ExportRow[]): string {
  const lines = rows.map((row) => exportColumns.map(({name, number}) => cell(row[name], number)).join(","));
  return [exportColumns.map(({name}) => name).join(","), ...lines, ""].join("\r\n");
}

function cell(value: string | number | null, number: boolean): string {
  if (value === null) return "";
  if (number) return String(value);
  const text = /^[=+\-@\t\r]/.test(String(value)) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
