import type {Part} from "../sql/totals.ts";
import {addNumber} from "./exactRows.ts";
import type {UnitHits} from "./unitHits.ts";
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

/**
 * Returns for each part, by its column, how many units have a total, the largest and the sum of all, without their signs.
 *
 * @param running whether all units that count have one; else those with a hit that any part looks at
 */
export function largestUnits(
  hits: UnitHits,
  parts: readonly Part[],
  {asOf, running}: {asOf: number; running: boolean}
): Map<string, [n: number, most: number, total: number]> {
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
      return [column, [n, most, sum[1]! * 2 ** 26 + sum[0]!]];
    })
  );
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
