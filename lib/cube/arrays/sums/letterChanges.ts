import {gatheredUnits} from "./batches.ts";
import type {TotalChanges} from "./totalChanges.ts";

/** How one letter of a metric changed from day to day, of the units gathered last: a running total, no more than a cap. */
export interface LetterChanges {
  /** Takes the changes of these units over. */
  fill(units: number): void;
  /** Where the changes of each unit begin; those of the last one end at the next place. */
  readonly start: Int32Array;
  /** The unit of each change, from 0 on, and the day. */
  readonly unit: Int32Array;
  readonly day: Int32Array;
  /** The letter before that day and after it, their sum and their difference. */
  readonly then: Float64Array;
  readonly now: Float64Array;
  readonly sum: Float64Array;
  readonly change: Float64Array;
}

/** Returns the changes of a letter that is the total of a part. */
export function letterChanges({start, day, before, after}: TotalChanges, part: number, cap: number): LetterChanges {
  const {length} = day[part]!;
  const [from, dates, earlier, later] = [start[part]!, day[part]!, before[part]!, after[part]!];
  const own = {
    start: new Int32Array(gatheredUnits + 1),
    unit: new Int32Array(length),
    day: new Int32Array(length),
    then: new Float64Array(length),
    now: new Float64Array(length),
    sum: new Float64Array(length),
    change: new Float64Array(length)
  };
  return {
    ...own,
    fill(units) {
      let count = 0;
      for (let u = 0; u < units; ++u) {
        own.start[u] = count;
        for (let i = from[u]!; i < from[u + 1]!; ++i) {
          const then = Math.min(earlier[i]!, cap);
          const now = Math.min(later[i]!, cap);
          if (then === now) continue;
          own.unit[count] = u;
          own.day[count] = dates[i]!;
          own.then[count] = then;
          own.now[count] = now;
          own.sum[count] = now + then;
          own.change[count++] = now - then;
        }
      }
      own.start[units] = count;
    }
  };
}
