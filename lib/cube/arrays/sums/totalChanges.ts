import type {Batches} from "./batches.ts";
import {batches, largestBatch} from "./batches.ts";
import {placesByMask} from "./placesByMask.ts";
import type {UnitHits} from "../hits/unitHits.ts";
import type {Look} from "./unitTotals.ts";

/** How the running totals of units changed from day to day, some units at a time, by part. */
export interface TotalChanges extends Batches {
  /** The day of each change; a unit's own ascending. */
  readonly day: readonly Int32Array[];
  /** The total before that day, and after it. */
  readonly before: readonly Float64Array[];
  readonly after: readonly Float64Array[];
}

/** Returns the changes of what parts look at until a day: totals of counts and sums, and of days on which there was any. */
export function totalChanges(hits: UnitHits, looks: readonly Look[], asOf: number): TotalChanges {
  const {start, day, since, streams} = hits;
  const looksOf = placesByMask(looks.map(({bit}) => bit));
  const reduces = Int32Array.from(looks, ({reduce}) => (reduce === "sum" ? 2 : reduce === "count" ? 1 : 0));
  const reachFrom = Float64Array.from(looks, (look) => look.from);
  const reachTo = Float64Array.from(looks, (look) => look.to);
  const numbers = looks.map(({values}) => values);
  const size = largestBatch(start);
  const counts = new Int32Array(looks.length);
  const all = batches(counts, gatherUnit);
  const {start: first} = all;
  const days = looks.map(() => new Int32Array(size));
  const [before, after] = [looks.map(() => new Float64Array(size)), looks.map(() => new Float64Array(size))];
  return {
    ...all,
    day: days,
    before,
    after
  };

  function gatherUnit(place: number, u: number): void {
    const end = start[place + 1]!;
    for (let i = start[place]!; i < end && day[i]! <= asOf; ++i) {
      const own = looksOf(streams[i]!);
      const time = since[i]!;
      for (let o = 0; o < own.length; ++o) {
        const p = own[o]!;
        if (!(time >= reachFrom[p]! && time < reachTo[p]!)) continue;
        const dates = days[p]!;
        const totals = after[p]!;
        let row = counts[p]! - 1;
        const isFirst = row < first[p]![u]!;
        if (isFirst || dates[row] !== day[i]) {
          before[p]![row + 1] = totals[row + 1] = isFirst ? 0 : totals[row]!;
          dates[++row] = day[i]!;
          counts[p] = row + 1;
          if (reduces[p] === 0) totals[row]!++;
        }
        if (reduces[p] === 2) totals[row]! += numbers[p]![i]!;
        else if (reduces[p] === 1) totals[row]!++;
      }
    }
  }
}
