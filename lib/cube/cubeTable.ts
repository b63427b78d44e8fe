import type {Origin, Sum} from "../stats/moments.ts";
import {sums} from "../stats/moments.ts";
import type {PublishedRow} from "./row.ts";

/** A text column as codes into its distinct values; -1 is null. */
export interface Coded {
  readonly values: readonly string[];
  readonly codes: Int32Array;
}

/** Published rows in columns, ordered by date: quick to filter and add up. `dates` are coded in ascending order. */
export interface CubeTable {
  readonly length: number;
  readonly dates: Coded;
  readonly variants: Coded;
  readonly metrics: Coded;
  /** By dimension; null in rows of a variant as a whole. */
  readonly dimensions: ReadonlyMap<string, Coded>;
  /** The bin of a quantile's sketch, or `noBin`. */
  readonly bins: Int32Array;
  /** The edges of the bin's values; NaN without a bin. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly n: Float64Array;
  readonly sums: Readonly<Record<Sum, Float64Array>>;
  /** The sums that are not 0 throughout. */
  readonly present: readonly Sum[];
  readonly origins: Readonly<Record<string, Origin>>;
}

/** Columns as a Parquet file gives them, by name. */
export type Columns = Readonly<Record<string, ArrayLike<unknown>>>;

export interface CubeTableOptions {
  dimensions: readonly string[];
  origins?: Readonly<Record<string, Origin>>;
}

/** Stands for a row without a bin; bins are numbers around zero. */
export const noBin = -(2 ** 31);

const reserved = new Set<string>([
  "lower",
  "upper",
  "date",
  "variant",
  "metric",
  "bin",
  "n",
  "hour",
  "units",
  "touched",
  ...sums
]);

/** Returns the Parquet column of a dimension: its name, with a `_` after it where that is taken by a column of its own. */
export function dimensionColumn(name: string): string {
  return reserved.has(name.replace(/_+$/, "").toLowerCase()) ? `${name}_` : name;
}

/** Returns the table of published rows. */
export function cubeTable(rows: readonly PublishedRow[], {dimensions, origins = {}}: CubeTableOptions): CubeTable {
  const columns: Record<string, unknown[]> = {
    date: rows.map((row) => row.date),
    variant: rows.map((row) => row.variant),
    metric: rows.map((row) => row.metric),
    bin: rows.map((row) => row.bin),
    lower: rows.map((row) => row.lower ?? null),
    upper: rows.map((row) => row.upper ?? null),
    n: rows.map((row) => row.n)
  };
  dimensions.forEach((name, i) => (columns[dimensionColumn(name)] = rows.map(({cell}) => cell?.[i] ?? null)));
  for (const sum of sums) columns[sum] = rows.map((row) => row[sum]);
  return cubeTableFromColumns(columns, {dimensions, origins});
}

/**
 * Returns the table of columns read from a published Parquet file; a sum whose column is absent is 0.
 *
 * @throws {TypeError} if a column that a row cannot be without is absent
 */
export function cubeTableFromColumns(columns: Columns, {dimensions, origins = {}}: CubeTableOptions): CubeTable {
  const column = (name: string): ArrayLike<unknown> => {
    const found = columns[name];
    if (found === undefined) throw new TypeError(`missing column of the cube: ${name}`);
    return found;
  };
  const date = Array.from(column("date"), dateText);
  const length = date.length;
  const dates = [...new Set(date)].sort();
  const asRead = Uint32Array.from({length}, (_, i) => i);
  const {codes: dateCodes} = coded(date, asRead, dates);
  const order = inOrder(dateCodes, dates.length);
  const numbers = (name: string) => {
    const values = columns[name];
    return Float64Array.from(order, (i) => Number(values?.[i] ?? 0));
  };
  const texts = (name: string, known: readonly string[] = []) => coded(column(name), order, known);
  const bins = columns["bin"];
  const summed = Object.fromEntries(sums.map((sum) => [sum, numbers(sum)])) as Record<Sum, Float64Array>;
  return {
    length,
    dates: {values: dates, codes: Int32Array.from(order, (i) => dateCodes[i] ?? -1)},
    variants: texts("variant"),
    metrics: texts("metric"),
    dimensions: new Map(dimensions.map((name) => [name, texts(dimensionColumn(name))])),
    bins: Int32Array.from(order, (i) => Number(bins?.[i] ?? noBin)),
    lower: Float64Array.from(order, (i) => Number(columns["lower"]?.[i] ?? NaN)),
    upper: Float64Array.from(order, (i) => Number(columns["upper"]?.[i] ?? NaN)),
    n: numbers("n"),
    sums: summed,
    present: sums.filter((sum) => summed[sum].some((value) => value !== 0)),
    origins
  };
}

/** Returns the places of codes from 0 up to `count` in ascending order, equal ones as they stand. */
function inOrder(codes: Int32Array, count: number): Uint32Array {
  const next = new Uint32Array(count + 1);
  for (const code of codes) ++next[code + 1]!;
  for (let code = 0; code < count; ++code) next[code + 1]! += next[code]!;
  const order = new Uint32Array(codes.length);
  codes.forEach((code, i) => (order[next[code]!++] = i));
  return order;
}

function coded(column: ArrayLike<unknown>, order: Uint32Array, known: readonly string[]): Coded {
  const values = [...known];
  const codes = new Map(values.map((value, i) => [value, i]));
  return {
    values,
    codes: Int32Array.from(order, (i) => {
      const value = column[i];
      if (value === null || value === undefined) return -1;
      const text = String(value);
      const code = codes.get(text);
      if (code !== undefined) return code;
      codes.set(text, values.length);
      values.push(text);
      return values.length - 1;
    })
  };
}

function dateText(value: unknown): string {
  return value instanceof Date ? value.toISOString().slice(0, 10) : String(value);
}
