/** Units at most that are gathered together: enough that a loop is worth beginning, and so few that what they did stays in the processor's memory. */
export const gatheredUnits = 256;

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
