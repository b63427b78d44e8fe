import {afterEach, describe, expect, it} from "vitest";
import type {RawHits} from "../../../lib/cube/arrays/rawHits.ts";
import {day} from "../../../lib/cube/dialects/dialect.ts";
import {createShardThreads} from "../../../lib/cube/arrays/shards.ts";

/** Four units that entered on four days, with a hit each. */
function raw(): RawHits {
  const u = Int32Array.of(1, 2, 3, 4);
  const placeOf = Int32Array.of(-2, 0, 1, 2, 3);
  const hits = {
    place: Int32Array.of(0, 1, 2, 3),
    t: Float64Array.of(0, 1, 2, 3).map((date) => date * day),
    streams: Int32Array.of(1, 1, 1, 1),
    values: new Map([["s0", Float64Array.of(5, 7, -9, 3)]]),
    offsets: [{from: -Infinity, offset: 0}]
  };
  return {
    groups: [...u].map((_, i) => ({entryDay: i, variant: i % 2, cell: 0, from: i, to: i + 1})),
    u,
    placeOf,
    lead: new Float64Array(4),
    entry: hits.t.slice(),
    hits: [hits],
    calendar: false,
    together: Int32Array.of(4),
    bits: [["s0", 1]],
    summed: ["s0"],
    measured: []
  };
}

describe("shares of the units in threads", () => {
  const threads = createShardThreads();
  afterEach(() => threads.close());

  it("answer each for its own units", async () => {
    threads.start(2);
    const shards = await threads.open(raw());
    expect(await shards.ask("largest")).toEqual([{s0: 7}, {s0: 9}]);
    expect((await shards.ask("active", 10)).flat().reduce((sum, [, units]) => sum + units, 0)).toBe(4);
  });

  it("tell why one of them cannot answer", async () => {
    const others = createShardThreads();
    others.start(2);
    try {
      const shards = await others.open(raw());
      await expect(shards.ask("tenureDays", [])).rejects.toThrow("missing tenure hits by k");
      expect(await shards.ask("largest")).toEqual([{s0: 7}, {s0: 9}]);
    } finally {
      await others.close();
    }
  });

  it("are this thread alone where none was started", async () => {
    const shards = await createShardThreads().open(raw());
    expect(await shards.ask("largest")).toEqual([{s0: 9}]);
  });
});
