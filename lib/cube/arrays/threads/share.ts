/** One of several shares of the rows. */
export type Share = readonly [index: number, of: number];

/** Returns the rows of a share: from one to before another. */
export function rangeOf(rows: number, [index, of]: Share): [from: number, to: number] {
  return [Math.floor((rows * index) / of), Math.floor((rows * (index + 1)) / of)];
}
