import type {TenureSpans} from "../../experiment/novelty/tenureSums.ts";
import {daysBefore} from "../tenure/tenureSql.ts";
import type {ExactRows, ExactSum} from "./exactRows.ts";
import {addNumber, addProduct, exactRows} from "./exactRows.ts";
import type {TenureHits} from "./tenureHits.ts";
import type {UnitGroup} from "./placedUnits.ts";
import type {UnitHits} from "./unitHits.ts";
import {rounded} from "./unitHits.ts";

/** A sum of one column, or of the product of two, by their places. */
export type Pair = readonly [a: number, b: number | null];

/** Returns sums of single days by entry day, variant, tenure day and cell: of each pair of columns. */
export function dayRows(hits: UnitHits, tenure: TenureHits, pairs: readonly Pair[]): ExactRows {
  const {gather, k, values, lastDay} = tenure;
  const rows = exactRows(
    ["entry_day", "variant", "k", "cell"],
    sumsOf(pairs, tenure, {prefix: "a", rows: hits.day.length})
  );
  const {width} = rows;
  const add = adder(rows, pairs);
  const days = lastDay + daysBefore + 1;
  const sums = new Float64Array(days * width);
  const seen = new Uint8Array(days);
  const addUnit = (place: number): void => {
    const count = gather(place);
    for (let i = 0; i < count; ++i) {
      const day = k[i]! + daysBefore;
      seen[day] = 1;
      add(sums, day * width, values, i, i);
    }
  };
  for (const {entryDay, variant, cell, from, to} of hits.groups) {
    sums.fill(0);
    seen.fill(0);
    for (let place = from; place < to; ++place) addUnit(place);
    for (let day = 0; day < days; ++day)
      if (seen[day] === 1) rows.add([entryDay, variant, day - daysBefore, cell], sums, day * width);
  }
  return rows;
}

/** Returns sums over units of products of two of their days by entry day, variant and days `j` < `k`, from day `first` on. */
export function dayProducts(
  hits: UnitHits,
  tenure: TenureHits,
  {pairs, first}: {pairs: readonly Pair[]; first: number}
): ExactRows {
  const {gather, k, values, lastDay} = tenure;
  const rows = exactRows(
    ["entry_day", "variant", "j", "k"],
    sumsOf(pairs, tenure, {prefix: "p", rows: hits.day.length})
  );
  const {width} = rows;
  const add = adder(rows, pairs);
  const days = Math.max(0, lastDay - first + 1);
  const sums = new Float64Array(days * days * width);
  const seen = new Uint8Array(days * days);
  const addUnit = (place: number): void => {
    const count = gather(place);
    for (let i = 0; i < count; ++i) {
      if (k[i]! < first) continue;
      const row = (k[i]! - first) * days;
      for (let j = i + 1; j < count; ++j) {
        const at = row + k[j]! - first;
        seen[at] = 1;
        add(sums, at * width, values, i, j);
      }
    }
  };
  for (const {entryDay, variant, from, to} of runs(hits.groups)) {
    for (let place = from; place < to; ++place) addUnit(place);
    for (let at = 0; at < seen.length; ++at) {
      if (seen[at] === 0) continue;
      rows.add([entryDay, variant, first + Math.floor(at / days), first + (at % days)], sums, at * width);
      // Most pairs of days are never seen: only those that were begin anew.
      sums.fill(0, at * width, (at + 1) * width);
      seen[at] = 0;
    }
  }
  return rows;
}

/** What a unit did on some days, in steps: of the early or late span, or with the weights of a slope. */
export interface SpanLetter {
  readonly column: number;
  readonly of: "early" | "late" | "slope";
  /** What a day's value is divided by and rounded, 1 for none: slopes are sums of values times days. */
  readonly by: number;
}

/** What spans are summed with. */
export interface SpanOptions {
  readonly spans: TenureSpans;
  readonly letters: readonly SpanLetter[];
  readonly pairs: readonly Pair[];
  /** The cohort of an entry day; none for a day without one. */
  readonly cohortOf: ReadonlyMap<number, number>;
}

/**
 * Returns sums over units of what they did in spans of days, and of products of that, by cohort, variant and cell; a cell
 * may have several rows.
 */
export function spanRows(
  {groups}: UnitHits,
  {gather, k, values}: TenureHits,
  {spans: {early, late, trend}, letters, pairs, cohortOf}: SpanOptions
): ExactRows {
  const kinds = pairs.map(([, b], i): ExactSum => ({name: `a${i}`, of: b === null ? "numbers" : "products"}));
  const rows = exactRows(["cohort", "variant", "cell"], kinds);
  const add = adder(rows, pairs);
  const until = Math.max(late[1], trend[1]);
  const isWhole = (letter: SpanLetter, day: number): boolean => {
    const [from, to] = letter.of === "early" ? early : letter.of === "late" ? late : trend;
    return day >= from && day <= to;
  };
  // The weight of each letter's column on each day; with 2k - (from + to) a slope is a whole number over a constant.
  const weights = letters.map((letter) =>
    Float64Array.from({length: until + 1}, (_, day) => {
      if (!isWhole(letter, day)) return 0;
      return letter.of === "slope" ? 2 * day - trend[0] - trend[1] : 1;
    })
  );
  const columns = Int32Array.from(letters, ({column}) => column);
  const divisors = Float64Array.from(letters, ({by}) => by);
  const own = letters.map(() => new Float64Array(1));
  const sums = new Float64Array(rows.width);
  const addUnit = (place: number): void => {
    let any = false;
    const count = gather(place);
    for (let i = 0; i < count && k[i]! <= until; ++i) {
      const day = k[i]!;
      if (day < 0) continue;
      if (!any) for (let l = 0; l < own.length; ++l) own[l]![0] = 0;
      any = true;
      for (let l = 0; l < columns.length; ++l) {
        const number = values[columns[l]!]![i]!;
        const weight = weights[l]![day]!;
        if (number !== 0 && weight !== 0)
          own[l]![0]! += weight * (divisors[l] === 1 ? number : rounded(number / divisors[l]!));
      }
    }
    if (any) add(sums, 0, own, 0, 0);
  };
  for (const {entryDay, variant, cell, from, to} of groups) {
    const cohort = cohortOf.get(entryDay);
    if (cohort === undefined) continue;
    sums.fill(0);
    for (let place = from; place < to; ++place) addUnit(place);
    rows.add([cohort, variant, cell], sums, 0);
  }
  return rows;
}

/** What weekdays are summed with. */
export interface WeekdayOptions {
  /** Whole weeks that each cohort has lived through. */
  readonly weeks: readonly number[];
  /** The cohort of an entry day; none for a day without one. */
  readonly cohortOf: ReadonlyMap<number, number>;
}

/**
 * Returns sums of what each unit did on a weekday (1 is Monday) of its whole weeks, the entry day not among them, by cohort
 * and variant; and sums of products of two weekdays `j` <= `k`. A cohort may have several rows.
 *
 * @param dates what units did by date
 */
export function weekdayRows(
  {groups}: UnitHits,
  {gather, k, values}: TenureHits,
  {weeks, cohortOf}: WeekdayOptions
): {sums: ExactRows; products: ExactRows} {
  const [single, double] = [values.map((_, c): Pair => [c, null]), values.map((_, c): Pair => [c, c])];
  const kinds = (of: ExactSum["of"]) => values.map((_, i): ExactSum => ({name: `a${i}`, of}));
  const sums = exactRows(["cohort", "variant", "k"], kinds("numbers"));
  const products = exactRows(["cohort", "variant", "j", "k"], kinds("products"));
  const [addSum, addProducts] = [adder(sums, single), adder(products, double)];
  const ofDays = new Float64Array(7 * sums.width);
  const ofPairs = new Float64Array(49 * products.width);
  const own = values.map(() => new Float64Array(7));
  for (const {entryDay, variant, from, to} of runs(groups)) {
    const cohort = cohortOf.get(entryDay);
    const until = entryDay + 7 * Math.max(0, weeks[cohort ?? -1] ?? 0);
    if (cohort === undefined || until === entryDay) continue;
    ofDays.fill(0);
    ofPairs.fill(0);
    const addUnit = (place: number): void => {
      let any = 0;
      const count = gather(place);
      for (let i = 0; i < count; ++i) {
        const date = k[i]!;
        if (date <= entryDay || date > until) continue;
        // 1970-01-01 was a Thursday: 3 after Monday.
        const weekday = (date + 3) % 7;
        any |= 1 << weekday;
        for (let c = 0; c < own.length; ++c) own[c]![weekday]! += values[c]![i]!;
      }
      for (let a = 0; a < 7; ++a) {
        if ((any & (1 << a)) === 0) continue;
        addSum(ofDays, a * sums.width, own, a, a);
        for (let b = a; b < 7; ++b)
          if ((any & (1 << b)) !== 0) addProducts(ofPairs, (7 * a + b) * products.width, own, a, b);
      }
      if (any !== 0) for (const column of own) column.fill(0);
    };
    for (let place = from; place < to; ++place) addUnit(place);
    for (let a = 0; a < 7; ++a) {
      sums.add([cohort, variant, a + 1], ofDays, a * sums.width);
      for (let b = a; b < 7; ++b) products.add([cohort, variant, a + 1, b + 1], ofPairs, (7 * a + b) * products.width);
    }
  }
  return {sums, products};
}

/** Runs of groups of one entry day and variant, whatever their cells. */
function runs(groups: readonly UnitGroup[]): UnitGroup[] {
  const found: UnitGroup[] = [];
  for (const group of groups) {
    const last = found.at(-1);
    if (last?.entryDay === group.entryDay && last.variant === group.variant)
      found[found.length - 1] = {...last, to: group.to};
    else found.push(group);
  }
  return found;
}

type Adder = (to: Float64Array, at: number, values: readonly Float64Array[], i: number, j: number) => void;

/** Returns what adds each pair of row `i` and row `j` to sums that begin at a place. */
function adder({sums, offsets}: ExactRows, pairs: readonly Pair[]): Adder {
  const left = Int32Array.from(pairs, ([a]) => a);
  const right = Int32Array.from(pairs, ([, b]) => b ?? -1);
  const kinds = Int32Array.from(sums, ({of}) => (of === "small" ? 0 : of === "numbers" ? 1 : 2));
  return (to, at, values, i, j) => {
    for (let p = 0; p < left.length; ++p) {
      const a = values[left[p]!]![i]!;
      if (a === 0) continue;
      const b = right[p]! < 0 ? 1 : values[right[p]!]![j]!;
      if (b === 0) continue;
      const place = at + offsets[p]!;
      if (kinds[p] === 0) to[place]! += a * b;
      else if (kinds[p] === 1) addNumber(to, place, a);
      else addProduct(to, place, a, b);
    }
  };
}

/** The sums of pairs of columns, to none of which more than so many rows are added. */
function sumsOf(
  pairs: readonly Pair[],
  {most}: TenureHits,
  {prefix, rows}: {prefix: string; rows: number}
): ExactSum[] {
  return pairs.map(([a, b], i): ExactSum => {
    const bound = (most[a] ?? 0) * (b === null ? 1 : (most[b] ?? 0)) * (rows + 1);
    return {name: `${prefix}${i}`, of: bound < 2 ** 53 ? "small" : b === null ? "numbers" : "products"};
  });
}
