import type {Readout} from "../readout.ts";

/**
 * Returns the main table as CSV (RFC 4180, full precision): one line per metric and treatment. A text cell that a
 * spreadsheet would run as a formula (it starts with = + - @, also full-width or after spaces, a tab or a return) gets an
 * apostrophe before it.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function memoCsv({metrics}: Readout): string {
  const lines: (string | number | null)[][] = [
    [
      "metric",
      "role",
      "kind",
      "unit",
      "variant",
      "baseline",
      "control_n",
      "control_mean",
      "treatment_n",
      "treatment_mean",
      "difference",
      "standard_error",
      "lower",
      "upper",
      "relative_difference",
      "relative_lower",
      "relative_upper",
      "level",
      "p_value",
      "adjusted_p_value",
      "test"
    ]
  ];
  for (const {key, role, kind, unit, arms, comparisons} of metrics)
    for (const comparison of comparisons) {
      const control = arms.find(({variant}) => variant === comparison.baseline);
      const treatment = arms.find(({variant}) => variant === comparison.variant);
      lines.push([
        key,
        role,
        kind,
        unit,
        comparison.variant,
        comparison.baseline,
        control?.n ?? null,
        control?.mean ?? null,
        treatment?.n ?? null,
        treatment?.mean ?? null,
        comparison.difference,
        comparison.standardError,
        ...(comparison.interval ?? [null, null]),
        comparison.relativeDifference,
        ...(comparison.relativeInterval ?? [null, null]),
        comparison.level,
        comparison.pValue,
        comparison.adjustedPValue,
        comparison.test
      ]);
    }
  return lines.map((line) => line.map(csvCell).join(",") + "\r\n").join("");
}

/** Returns one cell of CSV: numbers bare, null empty, text quoted where it must be and never a formula. */
export function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]|^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
