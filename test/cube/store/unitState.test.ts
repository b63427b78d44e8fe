import {createHash} from "node:crypto";
import {existsSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, it} from "vitest";
import {buildCube} from "../../../lib/cube/buildCube.ts";
import type {Cube} from "../../../lib/cube/row.ts";
import {openDuckdb} from "../../../lib/cube/engines/duckdb.ts";
import {openFactStore} from "../../../lib/cube/store/factStore.ts";
import {define} from "../define.ts";
import {withFiles} from "../logs.ts";

const metrics = {
  bought: {kind: "proportion", fact: "events", event: "buy", window: "3d", covariate: "4d"},
  spent: {kind: "mean", fact: "events", event: "buy", value: "amount", covariate: "4d", cap: 40},
  often: {kind: "mean", fact: "events", event: "view"},
  each: {
    kind: "ratio",
    numerator: {fact: "events", event: "buy", value: "amount"},
    denominator: {fact: "events", event: "view"}
  },
  again: {kind: "retention", fact: "events", event: "view", days: [1, 4]},
  soon: {kind: "time-to-event", fact: "events", event: "buy", window: "2d"}
};

const start = Date.parse("2026-03-20");
const day = 86_400_000;

/** The same numbers for the same seed (mulberry32). */
function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Row {
  readonly arrives: number;
  readonly line: string;
}

/** A log with late rows, units seen in a second variant on a later day, rows twice, rows before an exposure, blanks. */
function log(seed: number, {days, calendar, again}: {days: number; calendar: boolean; again: number}) {
  const next = random(seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!;
  const time = (at: number): string => {
    const text = new Date(at).toISOString();
    return calendar ? text.slice(0, 10) : text;
  };
  const exposures: Row[] = [];
  const events: Row[] = [];
  const arrival = (at: number): number =>
    Math.floor((at - start) / day) + (next() < 0.002 ? Math.floor(next() * 5) : 0);
  for (let i = 0; i < 150; ++i) {
    const entry = start + Math.floor(next() * days * day);
    const variant = pick(["control", "green"]);
    const platform = pick(["web", "ios", "android", "tv", ""]);
    const exposed = (at: number, of: string): void => {
      exposures.push({arrives: arrival(at), line: `u${i},${of},${time(at)},${platform}`});
    };
    exposed(entry, variant);
    if (next() < 0.2 * again) exposed(entry + next() * 4 * day, variant);
    if (next() < 0.06 * again) exposed(entry + next() * 8 * day, variant === "green" ? "control" : "green");
    for (let at = entry - 6 * day + next() * day; at < start + days * day; at += next() * 2 * day) {
      const amount = pick(["1.25", "7.5", "33", "0.1", "x", "", "55.55"]);
      const line = `u${i},${time(at)},${pick(["buy", "view", "view", "search"])},${amount}`;
      const arrives = arrival(at);
      events.push({arrives, line});
      if (next() < 0.03) events.push({arrives, line});
    }
    if (i % 10 === 0) events.push({arrives: i % days, line: `nobody${i},${time(start + (i % days) * day)},buy,5`});
  }
  const text = (head: string, rows: readonly Row[], night: number): string =>
    [head, ...rows.filter(({arrives}) => arrives <= night).map(({line}) => line), ""].join("\n");
  return {
    exposures: (night: number) => text("user,variant,ts,platform", exposures, night),
    events: (night: number) => text("user,ts,event,amount", events, night)
  };
}

const sha = (path: string): string =>
  existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex") : "missing";

describe("the state of units", () => {
  const total = {used: 0, gone: 0, later: 0, weeks: 0, anew: 0};

  it.each([
    [1, "UTC", false, 1],
    [2, "America/New_York", false, 1],
    [3, "Europe/Berlin", false, 1],
    [4, "UTC", true, 1],
    [5, "Asia/Tokyo", false, 1],
    [6, "UTC", false, 0],
    [7, "Europe/Berlin", true, 0]
  ])(
    "gives the cube of a build from nothing on every night, seed %i, %s, dates only: %s, exposed again: %s",
    async (seed, timezone, calendar, again) => {
      const days = 24;
      const {exposures, events} = log(seed, {days, calendar, again});
      const {experiment, definitions} = define({
        experiment: {
          start: "2026-03-20",
          timezone,
          minimumUnits: 2,
          variants: {control: {role: "control", weight: 0.5}, green: {weight: 0.5}},
          dimensions: {platform: {column: "platform", top: 2}},
          metrics: {primary: ["bought", "spent"], secondary: ["often", "each", "again", "soon"]}
        },
        metrics,
        facts: {
          exposures: {
            shape: "exposures",
            path: "exposures.csv",
            unit: "user",
            variant: "variant",
            timestamp: "ts",
            lateness: "2d"
          },
          events: {
            shape: "events",
            path: "events.csv",
            unit: "user",
            timestamp: "ts",
            event: "event",
            values: ["amount"],
            lateness: "2d"
          }
        }
      });
      await withFiles({"exposures.csv": exposures(0), "events.csv": events(0)}, async (dataDir) => {
        const engine = await openDuckdb({threads: 2});
        const record = join(dataDir, "store", "state", experiment.id, "state.json");
        let [gone, used, later, weeks, anew] = [0, 0, 0, 0, 0];
        let pins: Cube["pins"] | undefined;
        try {
          for (let night = 7; night < days; ++night) {
            writeFileSync(join(dataDir, "exposures.csv"), exposures(night));
            writeFileSync(join(dataDir, "events.csv"), events(night));
            let goesOn = false;
            const watched = {
              ...engine,
              async table(name: string, select: string) {
                if (name === "hits_0_since") ++used;
                if (name === "unit_later") ++later;
                if (name === "weekday_entry_sums" && select.includes("read_parquet")) ++weeks;
                if (name === "hits_0" && goesOn) ++anew;
                if (name === "hits_0_since") goesOn = true;
                if (name === "gone_totals") ++gone;
                await engine.table(name, select);
              }
            };
            const store = openFactStore({
              folder: join(dataDir, "store", "facts"),
              engine: watched,
              definitions,
              dataDir,
              code: "1",
              hashOf: async (path) => sha(path),
              identityOf: async () => null,
              write: async (path, bytes) => writeFileSync(path, bytes),
              state: {folder: join(dataDir, "store", "state"), code: "1", least: 0}
            });
            const options = {dataDir, ...(pins === undefined ? {} : {pins})};
            const kept = await buildCube(experiment, definitions, {...options, engine: watched, store});
            const direct = await buildCube(experiment, definitions, {...options, engine});
            expect(JSON.stringify(kept), `night ${night}`).toBe(JSON.stringify(direct));
            pins = direct.pins;
          }
          expect(existsSync(record)).toBe(true);
          total.used += used;
          total.gone += gone;
          total.later += later;
          total.weeks += weeks;
          total.anew += anew;
        } finally {
          await engine.close();
        }
      });
    },
    600_000
  );

  it("goes on from what was kept, units that changed sides since included, and seldom in vain", () => {
    expect(total.used).toBeGreaterThan(40);
    expect(total.gone).toBeGreaterThan(20);
    // Values are added up in coarser steps once the largest total has grown.
    expect(total.anew).toBeLessThan(total.used / 10);
  });

  it("looks only at units exposed since, where earlier exposures are as they were, and at the weeks that ended", () => {
    expect(total.later).toBeGreaterThan(30);
    expect(total.weeks).toBeGreaterThan(10);
  });
});
