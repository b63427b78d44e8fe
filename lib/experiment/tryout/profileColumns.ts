import {hasDecimalComma, readNumber} from "./readNumber.ts";

/** A file as columns by name, all of one length, in the file's order. */
export interface TryTable {
  readonly length: number;
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
}

/** What a column seems to hold. */
export interface ColumnProfile {
  readonly name: string;
  /** Cells that are not empty. */
  readonly filled: number;
  /** Whether every filled cell is a number (truth values count); false for an empty column. */
  readonly numeric: boolean;
  /** Whether it is numeric and holds nothing but 0 and 1. */
  readonly binary: boolean;
  readonly integer: boolean;
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** Whether every filled cell is a date, or begins with one such as 2026-01-31. */
  readonly dates: boolean;
  /** Different cells as text, most frequent first; null for more than 50. */
  readonly values: readonly string[] | null;
  /** Whether no two filled cells are the same. */
  readonly unique: boolean;
  readonly decimalComma: boolean;
}

const listed = 50;

/** Returns what each column of a table seems to hold, in the table's order. */
export function profileColumns({columns}: TryTable): ColumnProfile[] {
  return Object.entries(columns).map(([name, values]) => profileColumn(name, values));
}

function profileColumn(name: string, values: readonly unknown[]): ColumnProfile {
  const decimalComma = hasDecimalComma(values);
  const counts = new Map<string, number>();
  let [filled, numeric, integer, binary, dates] = [0, true, true, true, true];
  let [minimum, maximum] = [Infinity, -Infinity];
  for (const value of values) {
    const text = textOf(value);
    if (text === "") continue;
    filled++;
    counts.set(text, (counts.get(text) ?? 0) + 1);
    dates &&= dayOf(value) !== null;
    if (!numeric) continue;
    const number = readNumber(value, {decimalComma});
    if (number === null) {
      numeric = false;
      continue;
    }
    integer &&= Number.isInteger(number);
    binary &&= number === 0 || number === 1;
    minimum = Math.min(minimum, number);
    maximum = Math.max(maximum, number);
  }
  numeric &&= filled > 0;
  return {
    name,
    filled,
    numeric,
    binary: numeric && binary,
    integer: numeric && integer,
    minimum: numeric ? minimum : null,
    maximum: numeric ? maximum : null,
    dates: dates && filled > 0,
    values: counts.size > listed ? null : [...counts].sort((a, b) => b[1] - a[1]).map(([text]) => text),
    unique: counts.size === filled,
    decimalComma
  };
}

/** Returns a cell as text without the space around it; an empty cell is the empty text. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return value instanceof Date ? value.toISOString().slice(0, 10) : String(value).trim();
}

/** Returns the day of a cell, or null if it is none. */
export function dayOf(value: unknown): string | null {
  if (value instanceof Date) return Number.isNaN(+value) ? null : value.toISOString().slice(0, 10);
  if (typeof value !== "string") return null;
  const day = /^(\d{4}-\d{2}-\d{2})([T ]|$)/.exec(value.trim())?.[1];
  const time = day === undefined ? NaN : Date.parse(day);
  return Number.isNaN(time) || day === undefined || new Date(time).toISOString().slice(0, 10) !== day ? null : day;
}
