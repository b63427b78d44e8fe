import type {EventRows} from "./eventRows.ts";

/** Rows of a bucket, about: few enough that all that is done with them stays in the processor's memory. */
const bucketRows = 16_384;

/**
 * Returns the rows that equal an earlier one, by their places: those with a hash that another row has, and equal to it in
 * all that is known of them. Rows that do not count are left out.
 */
export function equalRows(rows: EventRows, hashes: BigUint64Array): number[] {
  const {u, t} = rows;
  const words = new Uint32Array(hashes.buffer, hashes.byteOffset, 2 * hashes.length);
  const bits = Math.min(16, Math.max(0, Math.ceil(Math.log2(hashes.length / bucketRows))));
  const bucketOf = (high: number): number => (bits === 0 ? 0 : high >>> (32 - bits));
  const start = new Int32Array(2 ** bits + 1);
  for (let i = 0; i < u.length; ++i) if (u[i]! >= 0 && t[i] === t[i]) start[bucketOf(words[2 * i + 1]!) + 1]!++;
  let largest = 0;
  for (let b = 0; b + 1 < start.length; ++b) {
    largest = Math.max(largest, start[b + 1]!);
    start[b + 1]! += start[b]!;
  }
  const size = start.at(-1) ?? 0;
  const [low, high, row] = [new Uint32Array(size), new Uint32Array(size), new Int32Array(size)];
  const next = start.slice();
  for (let i = 0; i < u.length; ++i) {
    if (!(u[i]! >= 0 && t[i] === t[i])) continue;
    const at = next[bucketOf(words[2 * i + 1]!)]!++;
    low[at] = words[2 * i]!;
    high[at] = words[2 * i + 1]!;
    row[at] = i;
  }
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * largest + 2)));
  const mask = slots.length - 1;
  const found: number[] = [];
  for (let b = 0; b + 1 < start.length; ++b) {
    slots.fill(-1);
    for (let i = start[b]!; i < start[b + 1]!; ++i) {
      let slot = low[i]! & mask;
      for (; slots[slot]! >= 0; slot = (slot + 1) & mask) {
        const other = slots[slot]!;
        if (low[other] !== low[i] || high[other] !== high[i] || !isEqual(rows, row[other]!, row[i]!)) continue;
        found.push(row[i]!);
        break;
      }
      if (slots[slot]! < 0) slots[slot] = i;
    }
  }
  return found;
}

function isEqual({u, t, bits, values}: EventRows, a: number, b: number): boolean {
  if (u[a] !== u[b] || t[a] !== t[b] || bits[a] !== bits[b]) return false;
  return [...values.values()].every((column) => Object.is(column[a], column[b]) || column[a] === column[b]);
}
