import {mkdir, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {afterEach, describe, expect, it} from "vitest";
import {sqlText} from "../../lib/commands/sql.ts";
import {openDuckdb} from "../../lib/cube/engines/duckdb.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {createRandom} from "../random.ts";
import {csv} from "../cube/logs.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace;
afterEach(() => place.remove());

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);
const stamp = (time: number): string => new Date(time).toISOString().slice(0, 19).replace("T", " ");

const metrics = `bought: {kind: proportion, fact: events, event: buy, window: 2d, covariate: 3d, direction: increase}
spent: {kind: mean, fact: events, event: buy, value: amount, cap: p99, direction: increase}
looks: {kind: mean, fact: events, event: look, direction: increase}
per_look: {kind: ratio, numerator: {fact: events, event: buy, value: amount}, denominator: {fact: events, event: look}, direction: increase}
again: {kind: retention, fact: events, event: look, days: [1, 3], direction: increase}
hours: {kind: time-to-event, fact: events, event: buy, window: 2d, direction: decrease}
`;
const experiment = (title: string, exposures: string) => `title: ${title}
start: 2026-01-05
exposures: ${exposures}
variants: {a: {role: control, weight: 0.5}, b: {weight: 0.5}}
dimensions: [platform]
metrics: {primary: [bought], secondary: [spent, looks, per_look, again, hours]}
`;

/** Logs of 900 units in ten days, a few of them in both variants. */
function logs(): Record<string, string> {
  const random = createRandom(8);
  const exposures: (string | number)[][] = [["unit", "variant", "ts", "platform"]];
  const events: (string | number | null)[][] = [["unit", "ts", "event", "amount"]];
  for (let unit = 0; unit < 900; ++unit) {
    const entry = start + random.integer(7 * 24) * hour + random.integer(3600) * 1000;
    exposures.push([`u${unit}`, unit % 2 ? "b" : "a", stamp(entry), ["web", "ios", "tv"][random.integer(3)]!]);
    if (unit % 97 === 0) exposures.push([`u${unit}`, unit % 2 ? "a" : "b", stamp(entry + hour), "web"]);
    for (let i = random.integer(8); i > 0; --i) {
      const time = entry + (random.integer(10 * 24) - 3 * 24) * hour;
      const buys = random.integer(3) === 0;
      events.push([`u${unit}`, stamp(time), buys ? "buy" : "look", buys ? (random.integer(5000) + 1) / 100 : null]);
    }
  }
  return {"exposures.csv": csv(exposures), "events.csv": csv(events)};
}

/** The numbers of a metric, today and on each day, of variants and of segments. */
function numbersOf({metrics: found}: Readout): Record<string, unknown> {
  return Object.fromEntries(
    found.map(({key, arms, comparisons, path, segments}) => [
      key,
      {
        arms: arms.map(({variant, n, mean, standardDeviation}) => ({variant, n, mean, standardDeviation})),
        comparisons: comparisons.map(({difference, interval, pValue, relativeDifference}) => ({
          difference,
          interval,
          pValue,
          relativeDifference
        })),
        path: path.map(({date, comparisons: daily}) => [date, daily.map(({n, difference}) => [n, difference])]),
        segments: segments.map(({value, n, difference}) => [value, n, difference])
      }
    ])
  );
}

/** Equal but for the last digits of doubles. */
function expectClose(found: unknown, expected: unknown, at = ""): void {
  if (typeof expected === "number" && typeof found === "number") {
    const off = Math.abs(found - expected) / Math.max(1e-6, Math.abs(expected));
    if (!(off <= 1e-9)) expect.fail(`${at}: ${found} is not ${expected}`);
  } else if (typeof expected === "object" && expected !== null && typeof found === "object" && found !== null) {
    expect(Object.keys(found), at).toEqual(Object.keys(expected));
    for (const [key, value] of Object.entries(expected))
      expectClose((found as Record<string, unknown>)[key], value, `${at}/${key}`);
  } else expect(found, at).toEqual(expected);
}

describe("readout sql, and readout build from its result", () => {
  it("gives the numbers that a build from the logs gives, of every kind of metric, day and segment", async () => {
    place = await workplace({
      ...logs(),
      "metrics.yaml": metrics,
      "sources.yaml": `facts:
  exposures: {shape: exposures, path: exposures.csv, unit: unit, variant: variant, timestamp: ts, dimensions: [platform]}
  events: {shape: events, path: events.csv, unit: unit, timestamp: ts, event: event, values: [amount]}
`,
      "experiments/logs.yaml": experiment("From logs", "exposures")
    });
    expect((await place.build()).failed).toEqual([]);
    const direct = numbersOf(await place.readout("logs"));

    const engine = await openDuckdb({directory: place.dataDir});
    try {
      const sql = (await sqlText("logs", {data: place.dataDir, dialect: "duckdb"})).trim().replace(/;$/, "");
      await engine.run(`COPY (${sql}\n) TO '${join(place.dataDir, "cube.parquet")}' (FORMAT parquet)`);
    } finally {
      await engine.close();
    }
    await mkdir(join(place.dataDir, "experiments"), {recursive: true});
    await writeFile(join(place.dataDir, "experiments", "cube.yaml"), experiment("From its cube", "cube"));
    await writeFile(
      join(place.dataDir, "sources.yaml"),
      `facts:
  exposures: {shape: exposures, path: exposures.csv, unit: unit, variant: variant, timestamp: ts, dimensions: [platform]}
  events: {shape: events, path: events.csv, unit: unit, timestamp: ts, event: event, values: [amount]}
  cube: {shape: cube, path: cube.parquet}
`
    );
    expect((await place.build({only: ["cube"]})).failed).toEqual([]);
    const readout = await place.readout("cube");
    expect(Object.keys(direct)).toHaveLength(6);
    expectClose(numbersOf(readout), direct);
  });
});
