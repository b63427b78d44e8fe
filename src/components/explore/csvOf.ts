/** What a cell of a result may hold. */
export type Value = string | number | boolean | null;

/**
 * Returns rows as CSV (RFC 4180, full precision). A text cell that a spreadsheet would run as a formula (it starts with
 * = + - @, also full-width or after spaces, a tab or a return) gets an apostrophe before it; null is empty.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvOf(columns: readonly string[], rows: readonly (readonly Value[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(value: Value): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const safe = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
