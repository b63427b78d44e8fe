import {describe, expect, it} from "vitest";
import {bucketsFor, countHashes, equalRows, scatterHashes} from "../../../../lib/cube/arrays/rows/equalRows.ts";
import type {EventRows} from "../../../../lib/cube/arrays/rows/eventRows.ts";
import {beginsOf, startsOf} from "../../../../lib/cube/arrays/hits/startsOf.ts";
import {createRandom} from "../../../random.ts";

/** Rows of few units, moments and values, some of no unit and some of no moment, and a hash that tells all but a few apart. */
function draw(seed: number, size: number, hash: (key: string) => bigint) {
  const random = createRandom(seed);
  const rows = Array.from({length: size}, () => ({
    u: random.integer(40) - 1,
    t: random.integer(30) === 0 ? NaN : random.integer(50),
    bits: random.integer(2),
    value: random.integer(3)
  }));
  const read: EventRows = {
    u: Int32Array.from(rows, ({u}) => u),
    t: Float64Array.from(rows, ({t}) => t),
    bits: Int32Array.from(rows, ({bits}) => bits),
    values: new Map([["s0", Float64Array.from(rows, ({value}) => value)]])
  };
  const keys = rows.map((row) => JSON.stringify(row));
  const known = new Set<string>();
  const expected = rows.flatMap(({u, t}, i) => {
    if (u < 0 || Number.isNaN(t)) return [];
    if (known.has(keys[i]!)) return [i];
    known.add(keys[i]!);
    return [];
  });
  return {read, hashes: BigUint64Array.from(keys, hash), expected};
}

/** Finds equal rows as so many threads would, one after another. */
function found(rows: EventRows, hashes: BigUint64Array, of: number): number[] {
  const shares = Array.from({length: of}, (_, i): [number, number] => [i, of]);
  const buckets = bucketsFor(hashes);
  const counts = shares.map((share) => countHashes(buckets, share));
  const start = beginsOf(counts);
  const starts = startsOf(start.slice(0, -1), counts);
  for (const share of shares.toReversed()) scatterHashes(buckets, {starts}, share);
  return shares.flatMap((share) => equalRows(rows, {...buckets, start}, share));
}

describe("equal rows", () => {
  it.each([0, 1, 7, 3000, 60_000])("are found among %d: all but the first of each", (size) => {
    const numbers = new Map<string, bigint>();
    const {read, hashes, expected} = draw(size, size, (key) => {
      const hash = numbers.get(key) ?? BigInt.asUintN(64, BigInt(numbers.size + 1) * 0x9e3779b97f4a7c15n);
      numbers.set(key, hash);
      return hash;
    });
    for (const of of [1, 3]) expect(found(read, hashes, of).toSorted((a, b) => a - b)).toEqual(expected);
  });

  it("are found beside many rows that do not count and are all alike", () => {
    const size = 200_000;
    const rows: EventRows = {
      u: Int32Array.from({length: size}, (_, i) => (i % 1000 === 0 ? 5 : -1)),
      t: new Float64Array(size).fill(3),
      bits: new Int32Array(size),
      values: new Map()
    };
    expect(found(rows, new BigUint64Array(size).fill(9n), 1)).toEqual(
      Array.from({length: 199}, (_, i) => 1000 * (i + 1))
    );
  });

  it("are not told by their hash alone", () => {
    const {read, hashes, expected} = draw(3, 500, (key) => BigInt(key.length));
    expect(found(read, hashes, 1).toSorted((a, b) => a - b)).toEqual(expected);
  });
});
