import {afterAll, beforeAll, describe, expect, it, vi} from "vitest";
import type {DuckdbEngine} from "../../../lib/cube/engines/duckdb.ts";
import {openDuckdb} from "../../../lib/cube/engines/duckdb.ts";
import {rowsOf} from "../../../lib/cube/engines/engine.ts";

let engine: DuckdbEngine;

beforeAll(async () => {
  engine = await openDuckdb({threads: 2});
  await engine.run(
    "CREATE TEMP TABLE rows AS SELECT CAST(i AS INTEGER) AS a, i / 4 AS b, hash(i) AS h FROM range(300000) AS t(i)"
  );
});
afterAll(() => engine.close());

const gather = async (select: string, rows: number) => (await engine.arrays?.gather(select, rows)) ?? [];

/** Returns sums of columns that tell whether any number is missing, comes twice, or has got among others. */
function checked([a, b, h]: Awaited<ReturnType<typeof gather>>) {
  if (!(a instanceof Int32Array && b instanceof Float64Array && h instanceof BigUint64Array)) return null;
  const seen = new Set(a);
  const together = a.every((number, i) => b[i] === number / 4);
  return {rows: a.length, distinct: seen.size, together, hash: h.reduce((all, each) => all ^ each, 0n)};
}

describe("numbers of many rows", () => {
  it.each([
    ["as many as were told", 300_000],
    ["more than were told", 10],
    ["fewer than were told", 5_000_000]
  ])("are all gathered, each row's together, in memory that threads share: %s", async (_, rows) => {
    const columns = await gather("SELECT a, b, h FROM rows", rows);
    const [xor] = await rowsOf(engine, "SELECT CAST(bit_xor(h) AS VARCHAR) FROM rows");
    expect(checked(columns)).toEqual({
      rows: 300_000,
      distinct: 300_000,
      together: true,
      hash: BigInt(String(xor?.[0]))
    });
    expect(columns.every(({buffer}) => buffer instanceof SharedArrayBuffer)).toBe(true);
  });

  it("are gathered where they are one number, and where there is none", async () => {
    const [a, b] = await gather("SELECT CAST(7 AS INTEGER), CAST(a % 2 AS DOUBLE) FROM rows", 300_000);
    expect([new Set<unknown>(a), new Set<unknown>(b), a?.length]).toEqual([new Set([7]), new Set([0, 1]), 300_000]);
    expect((await gather("SELECT a, b FROM rows WHERE a < 0", 10)).map(({length}) => length)).toEqual([0, 0]);
  });

  it("are gathered of several questions that are asked at once", async () => {
    const halves = ["a < 1000", "a >= 299000"].map((where) => gather(`SELECT a, b, h FROM rows WHERE ${where}`, 10));
    const found = await Promise.all(halves);
    expect(found.map(([a]) => [a?.length, Math.min(...Array.from(a ?? [], Number))])).toEqual([
      [1000, 0],
      [1000, 299_000]
    ]);
  });

  it("of a question that fails say why, and leave the next one alone", async () => {
    await expect(gather("SELECT CAST(error('no such row') AS INTEGER) FROM rows", 10)).rejects.toThrow("no such row");
    await expect(gather("SELECT a, CAST(b AS VARCHAR) FROM rows", 10)).rejects.toThrow(
      "invalid column; neither INTEGER, DOUBLE nor UBIGINT: VARCHAR"
    );
    expect((await gather("SELECT a FROM rows WHERE a < 3", 10))[0]?.length).toBe(3);
  });

  it("say so where there is no memory for them", async () => {
    const {SharedArrayBuffer: memory} = globalThis;
    let left = 2;
    vi.stubGlobal(
      "SharedArrayBuffer",
      class extends memory {
        constructor(bytes: number) {
          if (left-- <= 0) throw new RangeError("Array buffer allocation failed");
          super(bytes);
        }
      }
    );
    try {
      await expect(gather("SELECT a, b FROM rows", 10)).rejects.toThrow("Array buffer allocation failed");
    } finally {
      vi.unstubAllGlobals();
    }
    expect((await gather("SELECT a, b FROM rows", 10))[0]?.length).toBe(300_000);
  });
});
