import {describe, expect, it} from "vitest";
import {buildCube} from "../../lib/cube/buildCube.ts";
import type {CubeRow} from "../../lib/cube/row.ts";
import {sums} from "../../lib/stats/moments.ts";
import {createRandom} from "../random.ts";
import {define} from "./define.ts";
import {differences} from "./engines/conformance.ts";
import {csv, stamp, withFiles} from "./logs.ts";
import {referenceCube, stateAt} from "./reference.ts";
import type {ReferenceEvent, ReferenceExposure, ReferenceMetric} from "./reference.ts";

const day = 86_400_000;
const asOf = "2026-04-03";

/** A log in whole half hours, so that many times are the same, around a change of clocks. */
function randomLog(seed: number) {
  const random = createRandom(seed);
  const first = Date.parse("2026-03-26T00:00:00Z");
  const moment = (from: number, days: number) => from + random.integer(days * 48) * 1_800_000;
  const exposures = Array.from({length: 45}, (_, i): ReferenceExposure => ({
    unit: `${9007199254740993n + BigInt(i)}`,
    variant: i % 3 === 0 ? "a" : "b",
    time: moment(first, 5),
    dimensions: [["ios", "web", "日本"][random.integer(3)] ?? ""],
    score: random.integer(100) / 8 - 4
  }));
  const seen = new Set<string>();
  const events = exposures.flatMap(({unit, time}) =>
    Array.from({length: random.integer(9)}, (): ReferenceEvent => {
      const at = random.integer(6) === 0 ? time : moment(first - 4 * day, 12);
      const event = random.integer(3) === 0 ? "view" : "buy";
      return {unit, time: at, event, value: random.integer(10) === 0 ? null : random.integer(200) / 16 - 2};
    })
  );
  const once = events.filter((event) => {
    const key = JSON.stringify(event);
    return seen.has(key) ? false : Boolean(seen.add(key));
  });
  return {exposures, events: once};
}

/** A metric of random kind with random options, and how it is written. */
function randomMetric(seed: number, key: string): {metric: ReferenceMetric; percentile: number | null} {
  const random = createRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)] as T;
  const kind = pick(["proportion", "mean", "mean", "mean", "ratio", "retention", "time-to-event"] as const);
  const summed = kind === "mean" || kind === "ratio";
  const window =
    kind === "time-to-event" ? pick([1, 2, 4]) : kind === "retention" ? undefined : pick([undefined, 1, 3]);
  const cap = summed ? pick([undefined, 4.25, "p60", "p90"]) : undefined;
  const from = random.integer(3);
  const above = pick([undefined, undefined, 1.5]);
  const covariate = pick([undefined, 1, 3, "score" as const]);
  const metric: ReferenceMetric = {
    key,
    kind,
    event: pick(["buy", "view"]),
    ...(kind === "ratio" && {denominator: "view"}),
    ...(summed && {sum: pick([true, true, false])}),
    ...(summed && {negative: pick([true, false])}),
    ...(window !== undefined && {window}),
    ...(window !== undefined && kind !== "time-to-event" && {mature: pick([true, false])}),
    ...(kind === "retention" && {days: [from, from + random.integer(2)] as [number, number]}),
    ...(above !== undefined && kind !== "ratio" && {above}),
    ...(covariate !== undefined && {covariate})
  };
  // Counts are capped at whole numbers.
  if (typeof cap === "number") metric.cap = metric.sum === true ? cap : Math.floor(cap);
  return {metric, percentile: typeof cap === "string" ? Number(cap.slice(1)) / 100 : null};
}

function written({
  kind,
  event,
  denominator,
  sum,
  negative,
  window,
  mature,
  days,
  above,
  covariate,
  cap
}: ReferenceMetric) {
  const part = {event, ...(sum && {value: "amount"}), ...(above !== undefined && {where: `amount > ${above}`})};
  return {
    kind,
    fact: "events",
    ...(kind === "ratio" ? {numerator: part, denominator: {event: denominator}} : part),
    ...(negative && {negative: "keep"}),
    ...(window !== undefined && {window: `${window}d`}),
    ...(mature !== undefined && {mature}),
    ...(days && {days}),
    ...(covariate !== undefined && {covariate: covariate === "score" ? {column: "score"} : `${covariate}d`}),
    ...(cap !== undefined && {cap})
  };
}

function byKey(rows: readonly CubeRow[]) {
  return Object.fromEntries(
    rows.map((row) => [
      [row.date, row.variant, row.cell, row.metric].join(" | "),
      [row.touched, row.n, ...sums.map((sum) => row[sum])]
    ])
  );
}

describe("every option of every kind of metric, drawn at random", () => {
  it.each([1, 2, 3, 4, 5])("equals brute force, seed %i", {timeout: 60_000}, async (seed) => {
    const timezone =
      ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"][seed % 5] ?? "UTC";
    const {exposures, events} = randomLog(seed);
    const drawn = Array.from({length: 12}, (_, i) => randomMetric(100 * seed + i, `m${i}`));
    const {experiment, definitions} = define({
      experiment: {
        start: "2026-03-20",
        timezone,
        variants: {a: {role: "control", weight: 0.4}, b: {weight: 0.6}},
        dimensions: ["platform"],
        metrics: {primary: ["m0"], secondary: drawn.slice(1).map(({metric}) => metric.key)}
      },
      metrics: Object.fromEntries(
        drawn.map(({metric, percentile}) => [
          metric.key,
          {...written(metric), ...(percentile !== null && {cap: `p${percentile * 100}`})}
        ])
      ),
      facts: {
        exposures: {shape: "exposures", path: "exposures.csv", unit: "u", variant: "g", timestamp: "t"},
        events: {shape: "events", path: "events.csv", unit: "u", timestamp: "t", event: "e", values: ["amount"]}
      }
    });
    const files = {
      "exposures.csv": csv([
        ["u", "g", "t", "platform", "score"],
        ...exposures.map(({unit, variant, time, dimensions, score}) => [
          unit,
          variant,
          stamp(time),
          dimensions[0] ?? "",
          score ?? null
        ])
      ]),
      "events.csv": csv([
        ["u", "t", "e", "amount"],
        ...events.map(({unit, time, event, value}) => [unit, stamp(time), event, value])
      ])
    };
    const [cube, fromArrays] = await withFiles(files, async (dataDir) => [
      await buildCube(experiment, definitions, {dataDir, asOf}),
      await buildCube(experiment, definitions, {dataDir, asOf, leastHits: 0})
    ]);
    expect(fromArrays).toEqual(cube);
    const metrics = drawn.map(({metric, percentile}): ReferenceMetric => {
      if (percentile === null) return metric;
      // The percentile is of all units, whatever they have lived through: the least total that so many do not exceed.
      const totals = exposures.map((exposure) => {
        const own = events.filter(({unit}) => unit === exposure.unit);
        return stateAt({...metric, mature: false}, exposure, own, {date: asOf, timezone, calendar: false})?.y ?? 0;
      });
      totals.sort((a, b) => a - b);
      const cap = totals[Math.ceil(percentile * totals.length - 1e-9) - 1] ?? NaN;
      expect(cube.pins.caps[metric.key]).toBeCloseTo(cap, 9);
      return {...metric, cap};
    });
    const reference = referenceCube(exposures, events, metrics, {timezone, first: "2026-03-20", asOf});
    const centred = new Set(
      Object.entries(cube.origins).flatMap(([key, origin]) => (Object.keys(origin).length > 0 ? [key] : []))
    );
    expect([...centred]).toEqual([]);
    expect(differences(byKey(cube.path), byKey(reference.path)).slice(0, 6)).toEqual([]);
    expect(differences(byKey(cube.entries), byKey(reference.entries)).slice(0, 6)).toEqual([]);
  });
});
