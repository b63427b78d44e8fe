import type {EventRows} from "./eventRows.ts";
import {inBlocks} from "../threads/inBlocks.ts";
import type {Share} from "../threads/share.ts";
import {rangeOf} from "../threads/share.ts";

/** Rows of a bucket, about: few enough that all that is done with them stays in the processor's memory. */
const bucketRows = 16_384;

/** Hashes in buckets, in memory that threads share: a bucket has all rows with the same upper half of a hash, and with others. */
export interface HashBuckets {
  readonly hashes: BigUint64Array;
  readonly count: number;
  /** The lower half of each hash and its row, bucket by bucket once they are scattered. */
  readonly low: Uint32Array;
  readonly row: Int32Array;
}

/** Returns buckets for the hashes of rows, which are not in them yet. */
export function bucketsFor(hashes: BigUint64Array): HashBuckets {
  const {length} = hashes;
  const memory = new SharedArrayBuffer(8 * length);
  return {
    hashes,
    count: Math.min(2 ** 16, Math.max(1, Math.ceil(length / bucketRows))),
    low: new Uint32Array(memory, 0, length),
    row: new Int32Array(memory, 4 * length, length)
  };
}

/** Returns how many hashes of a share of the rows each bucket has. */
export function countHashes({hashes, count}: HashBuckets, share: Share): Int32Array {
  const words = wordsOf(hashes);
  const scale = count / 2 ** 32;
  const counts = new Int32Array(count);
  inBlocks(rangeOf(hashes.length, share), (from, to) => {
    for (let i = from; i < to; ++i) counts[Math.floor(words[2 * i + 1]! * scale)]!++;
  });
  return counts;
}

/** Brings a share of the rows to their buckets, where the rows of the share begin at a place of each (`starts`, by share). */
export function scatterHashes(
  {hashes, count, low, row}: HashBuckets,
  {starts}: {starts: readonly Int32Array[]},
  share: Share
): void {
  const words = wordsOf(hashes);
  const scale = count / 2 ** 32;
  const next = starts[share[0]]!.slice();
  inBlocks(rangeOf(hashes.length, share), (from, to) => {
    for (let i = from; i < to; ++i) {
      const at = next[Math.floor(words[2 * i + 1]! * scale)]!++;
      low[at] = words[2 * i]!;
      row[at] = i;
    }
  });
}

/**
 * Returns the rows of a share of the buckets that equal an earlier one, by their places: those with a hash that another row
 * has, and equal to it in all that is known of them. Rows that do not count are left out.
 *
 * @param start where each bucket begins, and after them where the last one ends
 */
export function equalRows(
  rows: EventRows,
  {hashes, low, row, start}: HashBuckets & {readonly start: Int32Array},
  share: Share
): number[] {
  const words = wordsOf(hashes);
  const [first, end] = rangeOf(start.length - 1, share);
  let largest = 0;
  for (let b = first; b < end; ++b) largest = Math.max(largest, start[b + 1]! - start[b]!);
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
        const a = row[other]!;
        const b = row[i]!;
        // Many rows that do not count may be alike: one of them is enough in the way of others.
        if (!doesCount(rows, b)) break;
        if (words[2 * a + 1] !== words[2 * b + 1] || !isEqual(rows, a, b)) continue;
        found.push(b);
        break;
      }
      if (slots[slot]! < 0) slots[slot] = i;
    }
  };
  for (let b = first; b < end; ++b) lookIn(start[b]!, start[b + 1]!);
  return found;
}

function wordsOf({buffer, byteOffset, length}: BigUint64Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, 2 * length);
}

function doesCount({u, t}: EventRows, row: number): boolean {
  return u[row]! >= 0 && t[row] === t[row];
}

function isEqual({u, t, bits, values}: EventRows, a: number, b: number): boolean {
  if (u[a] !== u[b] || t[a] !== t[b] || bits[a] !== bits[b]) return false;
  return [...values.values()].every((column) => Object.is(column[a], column[b]) || column[a] === column[b]);
}
