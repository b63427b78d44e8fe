import type {EventRows} from "./eventRows.ts";
import type {Share} from "./share.ts";
import {inBlocks} from "./inBlocks.ts";

/** Rows of a bucket, about: few enough that all that is done with them stays in the processor's memory. */
const bucketRows = 16_384;

/**
 * Returns the rows that equal an earlier one, by their places: those with a hash that another row has, and equal to it in
 * all that is known of them. Rows that do not count are left out. A share is of the hashes: equal rows are in one.
 *
 * @param scratch memory that all shares need meanwhile (`scratchBytes`)
 */
export function equalRows(
  rows: EventRows,
  {hashes, scratch}: {hashes: BigUint64Array; scratch: SharedArrayBuffer},
  [index, of]: Share
): number[] {
  const {length} = hashes;
  const words = new Uint32Array(hashes.buffer, hashes.byteOffset, 2 * length);
  const buckets = Math.min(2 ** 15, Math.max(1, Math.ceil(length / of / bucketRows)));
  // The upper half of a hash as a share of all, times the buckets of all shares.
  const scale = (of * buckets) / 2 ** 32;
  const first = index * buckets;
  const start = new Int32Array(buckets + 1);
  inBlocks([0, length], (from, to) => {
    for (let i = from; i < to; ++i) {
      const bucket = Math.floor(words[2 * i + 1]! * scale) - first;
      if (bucket >= 0 && bucket < buckets) start[bucket + 1]!++;
    }
  });
  let largest = 0;
  for (let b = 0; b + 1 < start.length; ++b) {
    largest = Math.max(largest, start[b + 1]!);
    start[b + 1]! += start[b]!;
  }
  const size = start.at(-1) ?? 0;
  // Memory that is given back at once: what a thread takes itself it seldom does.
  const most = Math.floor(scratch.byteLength / 8 / of);
  const [own, begin] = size <= most ? [scratch, 8 * index * most] : [new ArrayBuffer(8 * size), 0];
  const [low, row] = [new Uint32Array(own, begin, size), new Int32Array(own, begin + 4 * size, size)];
  const next = start.slice();
  inBlocks([0, length], (from, to) => {
    for (let i = from; i < to; ++i) {
      const bucket = Math.floor(words[2 * i + 1]! * scale) - first;
      if (!(bucket >= 0 && bucket < buckets)) continue;
      const at = next[bucket]!++;
      low[at] = words[2 * i]!;
      row[at] = i;
    }
  });
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * largest + 2)));
  const mask = slots.length - 1;
  const found: number[] = [];
  const lookIn = (from: number, to: number): void => {
    slots.fill(-1);
    for (let i = from; i < to; ++i) {
      let slot = low[i]! & mask;
      for (; slots[slot]! >= 0; slot = (slot + 1) & mask) {
        const other = slots[slot]!;
        if (low[other] !== low[i]) continue;
        const [a, b] = [row[other]!, row[i]!];
        // Many rows that do not count may be alike: one of them is enough in the way of others.
        if (!doesCount(rows, b)) break;
        if (words[2 * a + 1] !== words[2 * b + 1] || !isEqual(rows, a, b)) continue;
        found.push(b);
        break;
      }
      if (slots[slot]! < 0) slots[slot] = i;
    }
  };
  for (let b = 0; b + 1 < start.length; ++b) lookIn(start[b]!, start[b + 1]!);
  return found;
}

/** Returns how much memory the shares of so many rows need, with a reserve for hashes that are not spread evenly. */
export function scratchBytes(rows: number): number {
  return 8 * Math.ceil(1.05 * rows + 1000);
}

function doesCount({u, t}: EventRows, row: number): boolean {
  return u[row]! >= 0 && t[row] === t[row];
}

function isEqual({u, t, bits, values}: EventRows, a: number, b: number): boolean {
  if (u[a] !== u[b] || t[a] !== t[b] || bits[a] !== bits[b]) return false;
  return [...values.values()].every((column) => Object.is(column[a], column[b]) || column[a] === column[b]);
}
