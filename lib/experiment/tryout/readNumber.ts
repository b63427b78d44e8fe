const words: Readonly<Record<string, number>> = {true: 1, yes: 1, false: 0, no: 0};
const grouped = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;
const plain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Returns the number that a cell of a table means, or null if it is empty or no number: `1,234.5`, `$3.40`, `12%` (0.12),
 * `true` and `yes` (1), `false` and `no` (0). Never NaN or Infinity.
 *
 * @param options.decimalComma whether `3,5` means 3.5; default false, then it is no number
 */
export function readNumber(value: unknown, {decimalComma = false}: {decimalComma?: boolean} = {}): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string") return null;
  const text = value
    .replace(/[\s\u00a0\u202f]/g, "")
    .replace(/\u2212/g, "-")
    .replace(/^([+-]?)[$\u20ac\u00a3\u00a5]/, "$1");
  const word = words[text.toLowerCase()];
  if (word !== undefined) return word;
  const share = text.endsWith("%");
  const digits = share ? text.slice(0, -1) : text;
  const point = decimalComma
    ? digits.replace(/\.(?=\d{3}(\D|$))/g, "").replace(",", ".")
    : grouped.test(digits)
      ? digits.replaceAll(",", "")
      : digits;
  if (!plain.test(point)) return null;
  const number = Number(point) / (share ? 100 : 1);
  return Number.isFinite(number) ? number : null;
}

/** Whether the cells of a column are written with a decimal comma: some are like `3,5`, and none has a point. */
export function hasDecimalComma(values: Iterable<unknown>): boolean {
  let found = false;
  for (const value of values) {
    if (typeof value !== "string") continue;
    const text = value.trim();
    if (/^[+-]?\d*\.\d*$/.test(text)) return false;
    if (/^[+-]?\d+,\d+%?$/.test(text) && !grouped.test(text)) found = true;
  }
  return found;
}
