/**
 * Returns where the rows of each share begin in each block, if the rows of a share follow those of the one before it.
 *
 * @param begin where each block begins; what is left of it is where it ends after these shares
 * @param counts how many rows of each share are in each block
 */
export function startsOf(begin: Int32Array, counts: readonly Int32Array[]): Int32Array[] {
  return counts.map((own) => {
    const start = begin.slice();
    for (let block = 0; block < own.length; ++block) begin[block]! += own[block]!;
    return start;
  });
}

/** Returns where each block begins, and after them where the last one ends. */
export function beginsOf(counts: readonly Int32Array[]): Int32Array {
  const size = counts[0]?.length ?? 0;
  const begins = new Int32Array(new SharedArrayBuffer(4 * (size + 1)));
  for (let block = 0; block < size; ++block)
    begins[block + 1] = counts.reduce((sum, own) => sum + own[block]!, begins[block]!);
  return begins;
}
