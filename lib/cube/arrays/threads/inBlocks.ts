/** Rows or places of a block. */
const size = 2 ** 14;

/**
 * Calls back for blocks from one place to before another. A loop over millions that runs once is compiled while it runs,
 * and late where all processors are busy; a function that is called for each block is compiled after a few of them.
 */
export function inBlocks([from, to]: readonly [number, number], task: (from: number, to: number) => void): void {
  for (let at = from; at < to; at += size) task(at, Math.min(to, at + size));
}
