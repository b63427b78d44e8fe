import type {UnitHits} from "./unitHits.ts";

/** Hits of one fact that do not count, of units that do, and the first day of any hit. */
export interface Reached {
  /** Later than the last day. */
  readonly late: number;
  /** Of the others: earlier than any metric looks. */
  readonly early: number;
  /** Infinity without any hit. */
  readonly firstDay: number;
}

/**
 * Returns for each fact which hits count.
 *
 * @param facts how many there are
 * @param asOf the last day
 * @param before microseconds before the exposure that metrics look at
 */
export function reachedHits(
  {start, day, since, lead, fact}: UnitHits,
  {facts, asOf, before}: {facts: number; asOf: number; before: number}
): Reached[] {
  const [late, early] = [new Float64Array(facts), new Float64Array(facts)];
  const firstDay = new Float64Array(facts).fill(Infinity);
  for (let place = 0; place + 1 < start.length; ++place) {
    for (let i = start[place]!; i < start[place + 1]!; ++i) {
      const own = fact.length === 0 ? 0 : fact[i]!;
      if (day[i]! < firstDay[own]!) firstDay[own] = day[i]!;
      if (day[i]! > asOf) late[own]!++;
      else if (since[i]! < 0) {
        const earlier = lead[place]! - since[i]!;
        if (!(earlier > 0 && earlier <= before)) early[own]!++;
      }
    }
  }
  return Array.from({length: facts}, (_, i) => ({late: late[i]!, early: early[i]!, firstDay: firstDay[i]!}));
}

/** Returns the same of several shards. */
export function mergeReached(shards: readonly (readonly Reached[])[], fact: number): Reached {
  const own = shards.flatMap((each) => each[fact] ?? []);
  return {
    late: own.reduce((sum, each) => sum + each.late, 0),
    early: own.reduce((sum, each) => sum + each.early, 0),
    firstDay: Math.min(Infinity, ...own.map(({firstDay}) => firstDay))
  };
}
