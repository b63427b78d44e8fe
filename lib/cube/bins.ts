/**
 * The one table of edges that all quantile sketches are cut by: each edge is 1.002 times the one before, found by
 * multiplying and dividing only, whose results are the same on every machine (a logarithm's are not). A value in a bin
 * is known to 0.2%. Bin 0 is zero itself; bin k > 0 holds values from edge k - 1 up to edge k, bin -k the same below 0.
 */
const edges = makeEdges();

/** Bins reach from about 1e-9 to 1e12; what is nearer to zero, or beyond, is in the last bin there. */
function makeEdges(): Float64Array {
  const below: number[] = [];
  for (let edge = 1; edge > 1e-9; edge /= 1.002) below.push(edge);
  const above: number[] = [];
  for (let edge = 1.002; edge < 1e12; edge *= 1.002) above.push(edge);
  return Float64Array.from([...below.reverse(), ...above]);
}

/** Returns the bin of a finite value. */
export function binOf(value: number): number {
  if (value === 0) return 0;
  const size = Math.abs(value);
  let low = 0;
  let high = edges.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? Infinity) > size) high = middle;
    else low = middle + 1;
  }
  const bin = low + 1;
  return value > 0 ? bin : -bin;
}

/** Returns the least value of a bin: its lower edge, where 0 is that of the smallest bin above zero. */
export function lowerEdge(bin: number): number {
  if (bin === 0) return 0;
  if (bin < 0) return -(edges[-bin - 1] ?? Infinity);
  return bin === 1 ? 0 : (edges[bin - 2] ?? Infinity);
}

/** Returns the upper edge of a bin; bin 0 is a single value. */
export function upperEdge(bin: number): number {
  if (bin === 0) return 0;
  return bin < 0 ? -lowerEdge(-bin) : (edges[bin - 1] ?? Infinity);
}

/** Bins in groups, each called by its first bin, in ascending order; a group ends where the next begins. */
export type BinGroups = readonly number[];

/** Returns at most about `count` groups of equal numbers of bins, from one bin to another. */
export function evenGroups(from: number, to: number, count: number): BinGroups {
  return focusedGroups({from, low: from, high: to, to}, count);
}

/**
 * Returns groups of bins that are finest from `low` to `high`, about `count` of them there, and twice as wide with each
 * step away, to cover everything from `from` to `to`. Zero is always a group of its own.
 */
export function focusedGroups(
  {from, low, high, to}: {from: number; low: number; high: number; to: number},
  count: number
): BinGroups {
  const step = Math.max(1, Math.ceil((high - low + 1) / count));
  const groups = new Set<number>();
  let above = low;
  for (; above <= high; above += step) groups.add(above);
  for (let width = 2 * step; above <= to; above += width, width *= 2) groups.add(above);
  for (let below = low, width = 2 * step; below > from; width *= 2) {
    below = Math.max(from, below - width);
    groups.add(below);
  }
  if (from <= 0 && 0 <= to) groups.add(0);
  if (from <= 0 && 1 <= to) groups.add(1);
  return [...groups].sort((a, b) => a - b);
}
