/** What the reasons of excluded rows begin with where a summary table breaks a contract. */
export const contractPrefix = "contract: ";

/** One line of a summary table: the sums of one variant, per metric. */
export interface SummaryRow {
  readonly variant: string;
  /** Where the line stands, such as `line 3` or `2026-01-05`; default: its place in the list, from 1. */
  readonly where?: string;
  readonly users: number | null;
  readonly metrics: Readonly<Record<string, SummarySums>>;
}

/** The sums of one metric over a variant's users. */
export interface SummarySums {
  readonly sum: number | null;
  /** Sum of squares, where the table has one. */
  readonly squares?: number | null;
  /** Units behind the sum, where the table counts them apart; default: the row's users. */
  readonly count?: number | null;
  /** Whether units either convert or do not, so that 0 <= sum <= users. */
  readonly conversions: boolean;
}

/** What a table breaks: in words, and where. */
export interface Violation {
  readonly variant: string | null;
  readonly text: string;
}

/**
 * Returns what a summary table breaks, each in words; empty for a sound table. The contracts: a control arm and a
 * treatment; users > 0, a whole number; for conversions 0 <= sum <= users, a whole number; for sums of squares
 * n * squares >= sum² (up to rounding, 1e-9 of the larger side). Rows of variants that are not declared are not judged.
 *
 * @param control the control's key
 * @param variants all declared keys, the control among them
 */
export function summaryContracts(
  rows: readonly SummaryRow[],
  {control, variants}: {control: string; variants: readonly string[]}
): Violation[] {
  const violations: Violation[] = [];
  for (const variant of variants)
    if (!rows.some((row) => row.variant === variant))
      violations.push({
        variant,
        text: variant === control ? `missing control arm: ${variant}` : `missing treatment arm: ${variant}`
      });
  rows.forEach((row, i) => {
    const {variant, users, metrics} = row;
    if (!variants.includes(variant)) return;
    const at = `${variant}, ${row.where ?? `row ${i + 1}`}`;
    const add = (text: string): number => violations.push({variant, text: `${text} (${at})`});
    if (!isCount(users) || !(users > 0)) add(`users not a whole number above 0: ${show(users)}`);
    for (const [key, sums] of Object.entries(metrics)) for (const text of brokenBy(key, sums, users)) add(text);
  });
  return violations;
}

function brokenBy(key: string, {sum, squares, count, conversions}: SummarySums, users: number | null): string[] {
  if (sum === null || !Number.isFinite(sum)) return [`${key} not a number: ${show(sum)}`];
  const n = count === undefined ? users : count;
  if (count !== undefined && !(isCount(count) && count >= 0)) return [`units of ${key} not a count: ${show(count)}`];
  if (conversions) {
    if (!isCount(sum) || sum < 0) return [`${key} not a count of conversions: ${show(sum)}`];
    return n !== null && sum > n ? [`${key} above the number of users ${n}: ${sum}`] : [];
  }
  if (squares === undefined) return [];
  if (squares === null || !Number.isFinite(squares) || squares < 0)
    return [`sum of squares of ${key} not a number from 0 up: ${show(squares)}`];
  if (n === null || !Number.isFinite(n)) return [];
  const rounding = 1e-9 * Math.max(n * squares, sum * sum);
  return n * squares < sum * sum - rounding
    ? [`sum of squares of ${key} impossible; n * squares is below sum²: ${n} * ${squares} < ${sum}²`]
    : [];
}

function isCount(value: number | null): value is number {
  return value !== null && Number.isSafeInteger(value);
}

function show(value: number | null): string {
  return value === null ? "empty" : String(value);
}
