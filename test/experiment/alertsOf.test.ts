import {describe, expect, it} from "vitest";
import {alertsOf, closesGate} from "../../lib/experiment/alertsOf.ts";
import {freshness} from "../../lib/experiment/freshness.ts";
import {indexEntryOf} from "../../lib/experiment/indexEntryOf.ts";
import type {IndexEntry, Readout} from "../../lib/experiment/readout.ts";
import {experimentWith, metricOf, readoutWith, share, sumsWith, trafficOf} from "./sums.ts";

const noon = (date: string) => Date.parse(`${date}T12:00:00Z`);

describe("freshness(entry, now)", () => {
  const entry = {status: "running", start: "2026-01-05", end: null, asOf: "2026-01-10", schedule: 1} as const;
  const at = (date: string, change: Partial<IndexEntry> = {}) => freshness({...entry, ...change}, noon(date));

  it("is fresh until the build of a night has been missed", () => {
    expect(at("2026-01-11")).toEqual({stale: false, daysBehind: 0});
    expect(at("2026-01-12")).toEqual({stale: false, daysBehind: 1});
    expect(at("2026-01-13")).toEqual({stale: true, daysBehind: 2});
  });

  it("waits as long as the schedule says", () => {
    expect(at("2026-01-18", {schedule: 7}).stale).toBe(false);
    expect(at("2026-01-19", {schedule: 7})).toEqual({stale: true, daysBehind: 8});
  });

  it("judges an experiment that has started and has no data", () => {
    expect(at("2026-01-06", {asOf: null})).toEqual({stale: false, daysBehind: 1});
    expect(at("2026-01-07", {asOf: null}).stale).toBe(true);
    expect(at("2026-01-02", {asOf: null})).toEqual({stale: false, daysBehind: 0});
  });

  it("does not judge what is not running, or whose planned end is in the data", () => {
    for (const status of ["draft", "paused", "stopped"] as const)
      expect(at("2026-06-01", {status})).toEqual({stale: false, daysBehind: null});
    expect(at("2026-06-01", {end: "2026-01-10"}).stale).toBe(false);
    expect(at("2026-06-01", {end: "2026-01-11"}).stale).toBe(true);
  });

  it("counts days in the experiment's timezone", () => {
    // 2026-01-12T23:30Z is the 13th in Tokyo and the 12th in New York.
    const now = Date.parse("2026-01-12T23:30:00Z");
    expect(freshness(entry, now, {timezone: "Asia/Tokyo"}).stale).toBe(true);
    expect(freshness(entry, now, {timezone: "America/New_York"}).stale).toBe(false);
  });

  it("is not behind where the clock is", () => {
    expect(at("2026-01-01")).toEqual({stale: false, daysBehind: 0});
  });
});

describe("alertsOf(entry, readout, now)", () => {
  const arms = {control: share(20_000, 200), treatment: share(20_000, 600)};
  const made = (change: Partial<Readout> = {}): Readout => ({
    ...readoutWith({
      experiment: experimentWith({
        end: "2026-02-01",
        metrics: {primary: ["purchase"], guardrails: [{metric: "errors", margin: "50%"}]}
      }),
      sums: sumsWith({
        traffic: trafficOf(...Array.from({length: 7}, () => ({control: 3000, treatment: 2500}))),
        metrics: {
          purchase: metricOf({control: share(20_000, 2000), treatment: share(20_000, 2010)}),
          errors: metricOf(arms)
        }
      })
    }),
    ...change
  });
  const alerts = (readout: Readout | null, entry: Partial<IndexEntry> = {}, now = noon("2026-01-12")) =>
    alertsOf({...indexEntryOf(made(), {schedule: 1}), ...entry}, readout, now);

  it("tells of blocked health, of severe guardrails by metric and variant, and of warnings, worst first", () => {
    const found = alerts(made());
    expect(found.map(({kind, key, level}) => [kind, key, level])).toEqual([
      ["guardrail", "errors/treatment", "severe"],
      ["health", "sample-ratio", "blocked"],
      ["health", "sample-ratio-chi-square", "warning"],
      ["health", "sample-ratio-by-day", "warning"]
    ]);
    expect(found.map(closesGate)).toEqual([true, true, false, false]);
    expect(found.every(({message, whatToDo}) => message.length > 0 && whatToDo.length > 0)).toBe(true);
  });

  it("tells of data that are stale by the clock", () => {
    const [found] = alerts(made(), {}, noon("2026-01-20")).filter(({kind}) => kind === "freshness");
    expect(found).toMatchObject({level: "warning", message: expect.stringContaining("8\u00a0days behind")});
  });

  it("tells of a build that failed: without a readout it blocks, with an older one it warns", () => {
    expect(alerts(null, {error: "no such table"})).toMatchObject([
      {kind: "build", level: "blocked", message: "There is no readout: no such table."}
    ]);
    expect(alerts(null)[0]!.message).toContain("cannot be read");
    expect(alerts(made(), {stale: "no such table"}).filter(({kind}) => kind === "build")).toMatchObject([
      {key: "stale", level: "warning"}
    ]);
  });

  it("has none for a sound experiment", () => {
    const sound = {...made(), health: {status: "ok" as const, checks: []}, metrics: []};
    expect(alerts(sound)).toEqual([]);
  });
});
