import {describe, expect, it} from "vitest";
import {buildCube} from "../../lib/cube/buildCube.ts";
import type {BuildCubeOptions} from "../../lib/cube/buildCube.ts";
import {cubeTable} from "../../lib/cube/cubeTable.ts";
import {momentsAsOf} from "../../lib/cube/reader.ts";
import {define} from "./define.ts";
import type {Written} from "./define.ts";
import {csv, withFiles} from "./logs.ts";

type Rows = (string | number | null)[][];

/** Builds a cube of two small logs; facts and metrics as usual, unless said otherwise. */
async function build(
  exposures: Rows,
  events: Rows,
  {
    experiment = {},
    metrics,
    facts = {},
    options = {},
    files = {}
  }: Partial<Written> & {options?: Partial<BuildCubeOptions>; files?: Record<string, string>} = {}
) {
  const defined = define({
    experiment: {
      variants: {a: {role: "control", weight: 0.5}, b: {weight: 0.5}},
      metrics: {primary: Object.keys(metrics ?? {m: 0})},
      ...experiment
    },
    metrics: metrics ?? {m: {kind: "mean", fact: "events", value: "v"}},
    facts: {
      exposures: {
        shape: "exposures",
        path: "exposures.csv",
        unit: "u",
        variant: "g",
        timestamp: "t",
        dimensions: ["d"]
      },
      events: {shape: "events", path: "events.csv", unit: "u", timestamp: "t", event: "e", values: ["v"]},
      ...facts
    }
  });
  const texts = {
    "exposures.csv": csv([["u", "g", "t", "d"], ...exposures]),
    "events.csv": csv([["u", "t", "e", "v"], ...events]),
    ...files
  };
  return withFiles(texts, (dataDir) => buildCube(defined.experiment, defined.definitions, {dataDir, ...options}));
}

/** Date, variant, n and y of the rows of variants as a whole. */
function whole(cube: Awaited<ReturnType<typeof build>>) {
  return cube.path.flatMap(({cell, date, variant, n, y}) => (cell === null ? [[date, variant, n, y]] : []));
}

describe("what counts", () => {
  it("is an event at the very moment of the exposure, and none before it on the same day", async () => {
    const cube = await build(
      [["1", "a", "2026-01-01 10:00:00", ""]],
      [
        ["1", "2026-01-01 10:00:00", "x", 1],
        ["1", "2026-01-01 09:59:59.999999", "x", 2],
        ["1", "2026-01-01 23:00:00", "x", 4]
      ]
    );
    expect(whole(cube)).toEqual([["2026-01-01", "a", 1, 5]]);
    expect(cube.excluded).toEqual([{reason: "before-exposure", fact: "events", rows: 1, units: null}]);
  });

  it("is on the exposure's own day too where there are dates only", async () => {
    const cube = await build(
      [["1", "a", "2026-01-01", ""]],
      [
        ["1", "2026-01-01", "x", 1],
        ["1", "2025-12-31", "x", 2]
      ]
    );
    expect(whole(cube)).toEqual([["2026-01-01", "a", 1, 1]]);
  });

  it("is the first exposure: its dimension, its day; of two at once the smaller value", async () => {
    const exposures = [
      ["1", "a", "2026-01-02 00:00:00", "late"],
      ["1", "a", "2026-01-01 09:00:00", "z"],
      ["1", "a", "2026-01-01 09:00:00", "b"]
    ];
    for (const rows of [exposures, [...exposures].reverse()]) {
      const cube = await build(rows, [], {experiment: {dimensions: ["d"]}});
      expect(cube.path.map(({date, cell, n}) => [date, cell, n])).toEqual([
        ["2026-01-01", null, 1],
        ["2026-01-01", ["b"], 1]
      ]);
    }
  });

  it("is a unit in one variant only; one in two is out on every day, and counted by variant", async () => {
    const cube = await build(
      [
        ["1", "a", "2026-01-01 01:00:00", ""],
        ["1", "b", "2026-01-03 01:00:00", ""],
        ["2", "b", "2026-01-02 01:00:00", ""]
      ],
      [["1", "2026-01-01 02:00:00", "x", 1]]
    );
    expect(whole(cube)).toEqual([["2026-01-02", "b", 1, 0]]);
    expect(cube.excluded).toEqual([
      {reason: "two-variants", fact: "exposures", rows: 2, units: 1, byVariant: {a: 1, b: 1}},
      {reason: "excluded-unit", fact: "events", rows: 1, units: null}
    ]);
  });

  it("is a unit whose activation event followed; it counts from then on", async () => {
    const cube = await build(
      [
        ["1", "a", "2026-01-01 10:00:00", ""],
        ["2", "a", "2026-01-01 10:00:00", ""],
        ["3", "b", "2026-01-01 10:00:00", ""]
      ],
      [
        ["1", "2026-01-01 09:00:00", "open", 0],
        ["1", "2026-01-02 10:00:00", "open", 0],
        ["1", "2026-01-01 12:00:00", "x", 1],
        ["1", "2026-01-03 12:00:00", "x", 2],
        ["2", "2026-01-01 09:00:00", "open", 0],
        ["3", "2026-01-01 10:00:00", "open", 0]
      ],
      {
        experiment: {activation: {fact: "events", event: "open"}},
        metrics: {m: {kind: "mean", fact: "events", event: "x", value: "v", covariate: "7d"}}
      }
    );
    expect(whole(cube)).toEqual([
      ["2026-01-01", "b", 1, 0],
      ["2026-01-02", "a", 1, 0],
      ["2026-01-03", "a", 0, 2]
    ]);
    expect(cube.excluded).toContainEqual({reason: "not-activated", fact: "exposures", rows: 1, units: 1});
    expect(cube.path.every(({x}) => x === 0)).toBe(true);
  });

  it("is a row once where timestamps have a time of day, unless the fact keeps duplicates; twice with dates only", async () => {
    const exposures = [["1", "a", "2026-01-01 10:00:00", ""]];
    const twice = (time: string) => [
      ["1", time, "x", 2],
      ["1", time, "x", 2],
      ["1", time, "x", 3]
    ];
    const timed = await build(exposures, twice("2026-01-02 10:00:00"));
    expect(whole(timed).at(-1)).toEqual(["2026-01-02", "a", 0, 5]);
    expect(timed.excluded).toEqual([{reason: "duplicated-row", fact: "events", rows: 1, units: null}]);
    const dated = await build(exposures, twice("2026-01-02"));
    expect(whole(dated).at(-1)).toEqual(["2026-01-02", "a", 0, 7]);
    expect(dated.excluded).toEqual([{reason: "duplicated-row-kept", fact: "events", rows: 1, units: null}]);
    const kept = await build(exposures, twice("2026-01-02 10:00:00"), {
      facts: {
        events: {shape: "events", path: "events.csv", unit: "u", timestamp: "t", values: ["v"], duplicates: "keep"}
      }
    });
    expect(whole(kept).at(-1)).toEqual(["2026-01-02", "a", 0, 7]);
  });

  it("is what the condition says, with values as numbers", async () => {
    const cube = await build(
      [["1", "a", "2026-01-01 10:00:00", ""]],
      [
        ["1", "2026-01-01 11:00:00", "x", 3],
        ["1", "2026-01-01 12:00:00", "x", 10],
        ["1", "2026-01-01 13:00:00", "y", 30]
      ],
      {metrics: {m: {kind: "mean", fact: "events", value: "v", where: "v >= 10 AND e <> 'y' -- of those"}}}
    );
    expect(whole(cube)).toEqual([["2026-01-01", "a", 1, 10]]);
  });

  it("is a negative value where the metric keeps them", async () => {
    const cube = await build(
      [["1", "a", "2026-01-01 10:00:00", ""]],
      [
        ["1", "2026-01-01 11:00:00", "x", -3],
        ["1", "2026-01-01 12:00:00", "x", 1]
      ],
      {metrics: {m: {kind: "mean", fact: "events", value: "v", negative: "keep"}}}
    );
    expect(whole(cube)).toEqual([["2026-01-01", "a", 1, -2]]);
    expect(cube.excluded).toEqual([]);
  });
});

describe("days", () => {
  it("begin in the experiment's timezone; offsets in the log are honoured, naive times are the fact's", async () => {
    const rows = [
      ["1", "a", "2026-01-01 23:30:00", ""],
      ["2", "a", "2026-01-02T00:30:00+05:00", ""],
      ["3", "a", "2026-01-01T12:00:00Z", ""]
    ];
    const utc = await build(rows, []);
    expect(whole(utc)).toEqual([["2026-01-01", "a", 3, 0]]);
    const tokyo = await build(rows, [], {experiment: {timezone: "Asia/Tokyo"}, options: {asOf: "2026-01-05"}});
    expect(whole(tokyo)).toEqual([
      ["2026-01-01", "a", 1, 0],
      ["2026-01-02", "a", 2, 0]
    ]);
    const fact = {
      shape: "exposures",
      path: "exposures.csv",
      unit: "u",
      variant: "g",
      timestamp: "t",
      timezone: "America/New_York"
    };
    const york = await build(rows, [], {facts: {exposures: fact}, options: {asOf: "2026-01-05"}});
    expect(whole(york)).toEqual([
      ["2026-01-01", "a", 2, 0],
      ["2026-01-02", "a", 1, 0]
    ]);
  });

  it("end with the last complete one, and rows after it do not count", async () => {
    const cube = await build(
      [
        ["1", "a", "2026-01-01 10:00:00", ""],
        ["2", "b", "2026-01-03 10:00:00", ""]
      ],
      [["1", "2026-01-03 11:00:00", "x", 1]],
      {options: {asOf: "2026-01-02"}}
    );
    expect(cube.asOf).toBe("2026-01-02");
    expect(whole(cube)).toEqual([["2026-01-01", "a", 1, 0]]);
    expect(cube.excluded.map(({reason}) => reason)).toEqual(["after-as-of", "after-as-of"]);
  });

  it("of mature units are those on which the window has passed, 168 hours after the exposure", async () => {
    const metrics = {m: {kind: "mean", fact: "events", value: "v", window: "7d"}};
    const exposures = [
      ["1", "a", "2026-01-01 10:00:00", ""],
      ["2", "a", "2026-01-01 00:00:00", ""],
      ["3", "a", "2026-01-03 10:00:00", ""]
    ];
    const events = [
      ["1", "2026-01-08 09:59:59", "x", 1],
      ["1", "2026-01-08 10:00:00", "x", 2],
      ["2", "2026-01-09 00:00:00", "x", 4]
    ];
    expect(whole(await build(exposures, events, {metrics}))).toEqual([
      ["2026-01-07", "a", 1, 0],
      ["2026-01-08", "a", 1, 1]
    ]);
  });
});

describe("dimensions", () => {
  const exposures = ["x", "x", "x", "y", "y", "z", ""].map((d, i) => [`${i}`, "a", "2026-01-01 10:00:00", d]);
  const values = (cube: Awaited<ReturnType<typeof build>>) =>
    Object.fromEntries(cube.path.flatMap(({cell, n}) => (cell === null ? [] : [[cell.join("/"), n]])));

  it("keep their most frequent values; the rest is other, a blank is unknown", async () => {
    const cube = await build(exposures, [], {experiment: {dimensions: {d: {column: "d", top: 2}}}});
    expect(values(cube)).toEqual({x: 3, y: 2, other: 1, unknown: 1});
    expect(cube.pins.tops).toEqual({d: ["x", "y"]});
    const pinned = await build(exposures, [], {
      experiment: {dimensions: {d: {column: "d", top: 2}}},
      options: {pins: {tops: {d: ["z"]}}}
    });
    expect(values(pinned)).toEqual({other: 5, z: 1, unknown: 1});
  });

  it("may be an expression, or a column of a table of units", async () => {
    const cube = await build(exposures, [], {
      experiment: {dimensions: {early: {expression: "d < 'y'"}, size: {fact: "units", column: "size"}}},
      facts: {units: {shape: "units", path: "units.csv", unit: "id"}},
      files: {"units.csv": "id,size\n0,big\n1,small\n99,big\n"}
    });
    expect(values(cube)).toEqual({
      "true/big": 1,
      "true/small": 1,
      "true/unknown": 1,
      "false/unknown": 3,
      "unknown/unknown": 1
    });
  });

  it("have the phase of exposure beside them where weights change", async () => {
    const cube = await build(
      [
        ["1", "a", "2026-01-01 10:00:00", ""],
        ["2", "a", "2026-01-03 10:00:00", ""]
      ],
      [],
      {
        experiment: {phases: [{start: "2026-01-03", weights: {a: 0.9, b: 0.1}, name: "ramp"}]}
      }
    );
    expect(cube.dimensions).toEqual(["phase"]);
    expect(cube.path.flatMap(({cell, date}) => (cell === null ? [] : [[date, ...cell]]))).toEqual([
      ["2026-01-01", "start"],
      ["2026-01-03", "ramp"]
    ]);
  });
});

describe("numbers", () => {
  it("keep a standard deviation of 1e-8 of the mean, about an origin", async () => {
    const base = 123_456_789;
    const units = Array.from({length: 40}, (_, i) => ({id: `${i}`, value: base + ((i % 5) - 2) * 1.25}));
    const cube = await build([], [], {
      experiment: {exposures: "units"},
      metrics: {m: {kind: "mean", value: "v"}},
      facts: {units: {shape: "units", path: "units.csv", unit: "id", variant: "g", values: ["v"]}},
      files: {"units.csv": csv([["id", "g", "v"], ...units.map(({id, value}) => [id, "a", value])])}
    });
    const [arm] = momentsAsOf(cubeTable(cube.path, cube), {metric: "m"});
    const {n, y, yy, origin} = arm?.moments ?? {n: 0, y: NaN, yy: NaN, origin: {}};
    expect((origin.y ?? 0) + y / n).toBe(base);
    // Of -2.5, -1.25, 0, 1.25, 2.5, each eight times: 8 * 15.625.
    expect(yy - (y * y) / n).toBeCloseTo(125, 9);
  });

  it("are capped at a percentile of all units, which stays what it was pinned to", async () => {
    const exposures = Array.from({length: 100}, (_, i) => [`${i}`, "a", "2026-01-01 10:00:00", ""]);
    const events = Array.from({length: 20}, (_, i) => [`${i}`, "2026-01-01 11:00:00", "x", i + 1]);
    const metrics = {m: {kind: "mean", fact: "events", value: "v", cap: "p90"}};
    const cube = await build(exposures, events, {metrics});
    // 80 units have 0; the 90th of 100 has 10.
    expect(cube.pins.caps).toEqual({m: 10});
    expect(whole(cube)).toEqual([["2026-01-01", "a", 100, 55 + 100]]);
    const pinned = await build(exposures, events, {metrics, options: {pins: {caps: {m: 3}}}});
    expect(whole(pinned)).toEqual([["2026-01-01", "a", 100, 3 + 3 * 18]]);
  });

  it("that a unit lacks leave it out of that metric only", async () => {
    const cube = await build([], [], {
      experiment: {exposures: "units", metrics: {primary: ["m"], secondary: ["won"]}},
      metrics: {m: {kind: "mean", value: "v"}, won: {kind: "proportion", value: "w"}},
      facts: {units: {shape: "units", path: "units.csv", unit: "id", variant: "g"}},
      files: {"units.csv": "id,g,v,w\n1,a,2,TRUE\n2,a,,false\n3,a,much,1\n4,a,4,0\n4,a,4,0\n5,a,1,\n5,b,1,\n"}
    });
    const arms = cube.path.map(({metric, n, y}) => [metric, n, y]);
    expect(arms).toEqual([
      ["m", 2, 6],
      ["won", 4, 2]
    ]);
    expect(cube.excluded.map(({reason, rows}) => [reason, rows])).toEqual([
      ["duplicated-row", 1],
      ["two-variants", 2],
      ["repeated-unit", 1]
    ]);
  });
});

describe("traffic", () => {
  it("is exposures per hour of the experiment's timezone", async () => {
    const rows = [
      ["1", "a", "2026-01-01 10:20:00", ""],
      ["2", "a", "2026-01-01 10:50:00", ""],
      ["3", "b", "2026-01-01 23:10:00", ""]
    ];
    const cube = await build(rows, [], {experiment: {timezone: "Asia/Kolkata"}, options: {asOf: "2026-01-03"}});
    expect(cube.traffic).toEqual([
      {hour: "2026-01-01T15:00", variant: "a", units: 1},
      {hour: "2026-01-01T16:00", variant: "a", units: 1},
      {hour: "2026-01-02T04:00", variant: "b", units: 1}
    ]);
  });
});
