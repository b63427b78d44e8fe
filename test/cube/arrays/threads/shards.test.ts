import {afterEach, describe, expect, it} from "vitest";
import type {AllHits} from "../../../../lib/cube/arrays/hits/allHits.ts";
import {roomFor} from "../../../../lib/cube/arrays/hits/allHits.ts";
import {day} from "../../../../lib/cube/dialects/dialect.ts";
import type {Part} from "../../../../lib/cube/sql/totals.ts";
import {createShardThreads} from "../../../../lib/cube/arrays/threads/shards.ts";

/** Four units that entered on four days, with a hit each. */
function hits(): AllHits {
  const u = Int32Array.of(1, 2, 3, 4);
  const units = {
    groups: [...u].map((_, i) => ({entryDay: i, variant: i % 2, cell: 0, from: i, to: i + 1})),
    u,
    placeOf: Int32Array.of(-2, 0, 1, 2, 3),
    lead: new Float64Array(4),
    entry: Float64Array.of(0, 1, 2, 3).map((date) => date * day)
  };
  const all = roomFor(units, {
    calendar: false,
    offsets: [[{from: -Infinity, offset: 0}]],
    bit: new Map([["s0", 1]]),
    blocks: Int32Array.of(0, 4),
    summed: ["s0"],
    measured: [],
    spare: []
  });
  all.start.set([0, 1, 2, 3, 4]);
  all.day.set([0, 1, 2, 3]);
  all.streams.fill(1);
  all.values.get("s0")?.set([5, 7, -9, 3]);
  return all;
}

describe("shares of the units in threads", () => {
  const threads = createShardThreads();
  afterEach(() => threads.close());

  it("answer each for its own units", async () => {
    threads.start(2);
    const shards = await threads.open(hits());
    expect(await shards.ask("largest")).toEqual([{s0: 7}, {s0: 9}]);
    expect((await shards.ask("active", 10)).flat().reduce((sum, [, units]) => sum + units, 0)).toBe(4);
  });

  it("tell why one of them cannot answer", async () => {
    const others = createShardThreads();
    others.start(2);
    try {
      const shards = await others.open(hits());
      const side = {of: "stream", stream: {id: "s0"}, reduce: "values", from: 0, to: Infinity} as Part["side"];
      await expect(shards.ask("totals", [{column: "m0y", letter: "y", side}], {asOf: 9})).rejects.toThrow(
        "invalid part; not one number: s0"
      );
      expect(await shards.ask("largest")).toEqual([{s0: 7}, {s0: 9}]);
    } finally {
      await others.close();
    }
  });

  it("are this thread alone where none was started", async () => {
    const shards = await createShardThreads().open(hits());
    expect(await shards.ask("largest")).toEqual([{s0: 9}]);
  });
});
