import type {NumberColumn} from "../../engines/engine.ts";

/** A sum of whole numbers. */
export interface ExactSum {
  readonly name: string;
  /** Of what it is: whole numbers that surely add up to less than 2^53, those below 2^53, or products of two such. */
  readonly of: "small" | "numbers" | "products";
}

/** Rows of keys and exact sums, which are added up in parts of 26 bits, so that doubles do not round. */
export interface ExactRows {
  readonly keys: readonly string[];
  readonly sums: readonly ExactSum[];
  /** How many numbers the sums of a row take, and where each sum begins. */
  readonly width: number;
  readonly offsets: Int32Array;
  /** The columns of the table: each with the name of its sum. */
  readonly names: Readonly<Record<string, string>>;
  /** Adds a row: its keys, and the sums at a place of an array. */
  add(keys: readonly number[], from: Float64Array, at: number): void;
  /** Returns the rows as columns: the keys, then the parts of the sums. */
  columns(): Record<string, NumberColumn>;
}

/** Rows as they are handed from thread to thread: columns of keys, then of the parts of sums. */
export interface ExactTable extends Pick<ExactRows, "keys" | "sums" | "names"> {
  readonly columns: Readonly<Record<string, NumberColumn>>;
}

/** Returns rows as a table. */
export function tableOf({keys, sums, names, columns}: ExactRows): ExactTable {
  return {keys, sums, names, columns: columns()};
}

const half = 2 ** 26;
const parts = {small: 1, numbers: 2, products: 4} as const;

/** Returns no rows, in a table whose columns are the sums, or those of `names`. At most 2^25 numbers may be added to a sum, two for each unit: then no part leaves the whole numbers of a double. */
export function exactRows(
  keys: readonly string[],
  sums: readonly ExactSum[],
  {names = Object.fromEntries(sums.map(({name}) => [name, name]))}: Partial<Pick<ExactRows, "names">> = {}
): ExactRows {
  const offsets = new Int32Array(sums.length);
  let width = 0;
  sums.forEach(({of}, i) => {
    offsets[i] = width;
    width += parts[of];
  });
  const stride = keys.length + width;
  let rows = new Float64Array(1024 * stride);
  let count = 0;
  return {
    keys,
    sums,
    width,
    offsets,
    names,
    add(own, from, at) {
      const to = count++ * stride;
      if (to + stride > rows.length) {
        const larger = new Float64Array(2 * rows.length);
        larger.set(rows);
        rows = larger;
      }
      for (let i = 0; i < own.length; ++i) rows[to + i] = own[i]!;
      for (let i = 0; i < width; ++i) rows[to + keys.length + i] = from[at + i]!;
    },
    columns() {
      const all = [...keys, ...sums.flatMap(({name, of}) => partNames(name, of))];
      const column = (at: number): NumberColumn => {
        const found = at < keys.length ? new Int32Array(count) : new Float64Array(count);
        for (let i = 0; i < count; ++i) found[i] = rows[i * stride + at]!;
        return found;
      };
      return Object.fromEntries(all.map((name, at) => [name, column(at)]));
    }
  };
}

/** Returns SQL for a sum from the columns of its parts. */
export function sumOfParts({name, of}: ExactSum): string {
  const terms = partNames(name, of).map(
    (part, i) => `CAST(${part} AS HUGEINT)${i === 0 ? "" : ` * ${1n << BigInt(26 * i)}`}`
  );
  return terms.join(" + ");
}

function partNames(name: string, of: ExactSum["of"]): string[] {
  return Array.from({length: parts[of]}, (_, i) => `${name}_${i}`);
}

/** Adds a whole number below 2^53 to a sum of `numbers`. */
export function addNumber(sums: Float64Array, at: number, number: number): void {
  const high = Math.floor(number / half);
  sums[at]! += number - high * half;
  sums[at + 1]! += high;
}

/** Adds the product of two whole numbers, both below 2^53 and their product below 2^105, to a sum of `products`. */
export function addProduct(sums: Float64Array, at: number, a: number, b: number): void {
  const ah = Math.floor(a / half);
  const bh = Math.floor(b / half);
  const al = a - ah * half;
  const bl = b - bh * half;
  const low = al * bl;
  const lowHigh = Math.floor(low / half);
  sums[at]! += low - lowHigh * half;
  if (ah === 0 || bh === 0) {
    // One of them is small, as a count is; both may be.
    const middle = ah * bl + al * bh;
    const middleHigh = Math.floor(middle / half);
    sums[at + 1]! += lowHigh + (middle - middleHigh * half);
    sums[at + 2]! += middleHigh;
    return;
  }
  const first = al * bh;
  const second = ah * bl;
  const high = ah * bh;
  const firstHigh = Math.floor(first / half);
  const secondHigh = Math.floor(second / half);
  const highHigh = Math.floor(high / half);
  sums[at + 1]! += lowHigh + (first - firstHigh * half) + (second - secondHigh * half);
  sums[at + 2]! += firstHigh + secondHigh + (high - highHigh * half);
  sums[at + 3]! += highHigh;
}
