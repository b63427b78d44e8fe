import {daysBefore} from "../../tenure/tenureSql.ts";
import {exactRows} from "./exactRows.ts";
import type {Pair, UnitSums} from "./pairSums.ts";
import {addToEach, kindsOf, sumsOfPairs} from "./pairSums.ts";
import type {TenureHits} from "./tenureHits.ts";
import {gatheredUnits} from "./batches.ts";

/**
 * Returns sums of single days by entry day, variant, tenure day and cell: of each pair of columns.
 *
 * @param size how many days units have, all together, at most
 */
export function sumDays(
  {start, unit, k, values, most, lastDay}: TenureHits,
  pairs: readonly Pair[],
  size: number
): UnitSums {
  const rows = exactRows(["entry_day", "variant", "k", "cell"], sumsOfPairs(pairs, most, {prefix: "a", rows: size}));
  const {width, offsets} = rows;
  const kinds = kindsOf(rows);
  const days = lastDay + daysBefore + 1;
  const sums = new Float64Array(days * width);
  const seen = new Uint8Array(days);
  const places = k.map(({length}) => new Int32Array(length));
  // What each unit did of one column on each day, while it is multiplied by another.
  const byUnit = new Float64Array(days * gatheredUnits);
  const factors = new Float64Array(k[0]?.length ?? 0);
  const addOne = (p: number, units: number, [a, b]: Pair): void => {
    const other = b === null ? null : b === a ? values[a]! : sameDays(a, b, units);
    const own = sums.subarray(offsets[p]!);
    addToEach(kinds[p]!, own, places[a]!, [values[a]!, other], start[a]![units]!);
  };
  /** Says where the sums of a column's days are. */
  const fillPlaces = (a: number, units: number): void => {
    const [own, to, end] = [k[a]!, places[a]!, start[a]![units]!];
    for (let i = 0; i < end; ++i) {
      seen[own[i]! + daysBefore] = 1;
      to[i] = (own[i]! + daysBefore) * width;
    }
  };
  /** What units did of another column on the days of one. */
  const sameDays = (a: number, b: number, units: number): Float64Array => {
    const [own, owner, end] = [k[a]!, unit[a]!, start[a]![units]!];
    const [other, otherOwner, column, otherEnd] = [k[b]!, unit[b]!, values[b]!, start[b]![units]!];
    for (let j = 0; j < otherEnd; ++j) byUnit[otherOwner[j]! * days + other[j]! + daysBefore] = column[j]!;
    for (let i = 0; i < end; ++i) factors[i] = byUnit[owner[i]! * days + own[i]! + daysBefore]!;
    for (let j = 0; j < otherEnd; ++j) byUnit[otherOwner[j]! * days + other[j]! + daysBefore] = 0;
    return factors;
  };
  return {
    rows,
    add(units) {
      for (let a = 0; a < places.length; ++a) fillPlaces(a, units);
      for (let p = 0; p < pairs.length; ++p) addOne(p, units, pairs[p]!);
    },
    end({entryDay, variant, cell}) {
      for (let day = 0; day < days; ++day)
        if (seen[day] === 1) rows.add([entryDay, variant, day - daysBefore, cell], sums, day * width);
      sums.fill(0);
      seen.fill(0);
    }
  };
}
