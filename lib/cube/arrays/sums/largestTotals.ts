import type {Part} from "../../sql/totals.ts";
import {addNumber} from "./exactRows.ts";
import type {UnitHits} from "../hits/unitHits.ts";
import {unitTotals} from "./unitTotals.ts";

/** Returns the largest absolute value; 0 without one. */
export function largestOf(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; ++i) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

/** Returns what `largestTotals` gives of one stream: the largest per-unit sum of |value| / 2^exponent, in 2^-20 rounded up. */
export function largestTotalOf({start}: UnitHits, values: Float64Array, exponent: number): number {
  const by = 2 ** (20 - exponent);
  let most = 0;
  for (let place = 0; place + 1 < start.length; ++place) {
    let sum = 0;
    for (let i = start[place]!; i < start[place + 1]!; ++i) sum += Math.ceil(Math.abs(values[i]!) * by);
    most = Math.max(most, sum);
  }
  return most;
}

/** Of totals without their signs: how many units have one, the largest, and the sum of all in two parts of 26 bits. */
export type LargestUnits = readonly [n: number, most: number, low: number, high: number];

/**
 * Returns for each part, by its column, the largest and the sum of the units' totals.
 *
 * @param running whether all units that count have one; else those with a hit that any part looks at
 */
export function largestUnits(
  hits: UnitHits,
  parts: readonly Part[],
  {asOf, running}: {asOf: number; running: boolean}
): Map<string, LargestUnits> {
  const {places, columns} = unitTotals(hits, parts, {asOf});
  const n = running ? hits.u.length : places.length;
  return new Map(
    [...columns].map(([column, totals]) => {
      const sum = new Float64Array(2);
      let most = 0;
      for (let i = 0; i < places.length; ++i) {
        const total = Math.abs(totals[places[i]!]!);
        most = Math.max(most, total);
        addNumber(sum, 0, total);
      }
      return [column, [n, most, sum[0]!, sum[1]!]];
    })
  );
}

/** Returns the same of several shards. */
export function mergeLargest(shards: readonly (LargestUnits | undefined)[]): [n: number, most: number, total: number] {
  const all = shards.flatMap((each) => (each === undefined ? [] : [each]));
  const sum = (at: 0 | 2 | 3): number => all.reduce((added, each) => added + each[at], 0);
  return [sum(0), Math.max(0, ...all.map(([, most]) => most)), sum(3) * 2 ** 26 + sum(2)];
}

/** Returns the variants with their units that have any hit since the entry. */
export function activeByVariant(
  {groups, start, day, since}: UnitHits,
  asOf: number
): [variant: number, units: number][] {
  const found = new Map<number, number>();
  for (const {variant, from, to} of groups) {
    let active = 0;
    for (let place = from; place < to; ++place)
      for (let i = start[place]!; i < start[place + 1]! && day[i]! <= asOf; ++i)
        if (since[i]! >= 0) {
          active++;
          break;
        }
    if (active > 0) found.set(variant, (found.get(variant) ?? 0) + active);
  }
  return [...found];
}
