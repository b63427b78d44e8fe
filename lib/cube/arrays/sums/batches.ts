/** Units at most that are gathered together: enough that a loop is worth beginning, and so few that what they did stays in the processor's memory. */
export const gatheredUnits = 256;

/** What is gathered of units, at most `gatheredUnits` at a time, in several lists: a unit's own beside each other in each. */
export interface Batches {
  /** Gathers units one after another, from one place to before another, and calls back with how many there are each time. */
  gather(from: number, to: number, task: (units: number) => void): void;
  /** Of the units gathered last where what is of each begins, by list; that of the last one ends at the next place. */
  readonly start: readonly Int32Array[];
}

/**
 * Returns what goes through units in batches.
 *
 * @param counts how long each list is
 * @param gatherUnit adds what is of the unit at a place, the place of it in its batch beside it, to the lists
 */
export function batches(counts: Int32Array, gatherUnit: (place: number, unit: number) => void): Batches {
  const start = Array.from(counts, () => new Int32Array(gatheredUnits + 1));
  return {
    start,
    gather(from, to, task) {
      for (let at = from; at < to; at += gatheredUnits) {
        const units = Math.min(gatheredUnits, to - at);
        counts.fill(0);
        for (let u = 0; u < units; ++u) {
          for (let l = 0; l < counts.length; ++l) start[l]![u] = counts[l]!;
          gatherUnit(at + u, u);
        }
        for (let l = 0; l < counts.length; ++l) start[l]![units] = counts[l]!;
        task(units);
      }
    }
  };
}

/** Returns the most hits that units have which are gathered together. */
export function largestBatch(start: Int32Array): number {
  let most = 0;
  for (let from = 0; from < start.length; ++from)
    most = Math.max(most, start[Math.min(from + gatheredUnits, start.length - 1)]! - start[from]!);
  return most;
}

/** Returns the most hits of a unit; 1 at least. */
export function longestRun(start: Int32Array): number {
  let longest = 1;
  for (let place = 0; place + 1 < start.length; ++place) longest = Math.max(longest, start[place + 1]! - start[place]!);
  return longest;
}
