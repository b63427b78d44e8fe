import {describe, expect, it} from "vitest";
import {planSimulation, sumDays} from "../../lib/simulate/index.ts";
import {defaults, faultKeys, queryOf, settingsFrom} from "../../src/components/simulate/settings.ts";
import type {Settings} from "../../src/components/simulate/settings.ts";
import {simulationInput, summingOf} from "../../src/components/simulate/simulationInput.ts";
import {watchRun} from "../../src/components/simulate/watch.ts";

function run(chosen: Partial<Settings>) {
  const settings = {...defaults, units: 1000, ...chosen};
  const watcher = watchRun(settings);
  for (const sums of sumDays(planSimulation(simulationInput(settings)), summingOf(settings))) watcher.add(sums);
  return watcher.watched();
}
const keys = (watched: ReturnType<typeof run>) => watched.alerts.map(({key}) => key);

describe("watchRun(settings)", () => {
  it("warns of nothing when nothing goes wrong, looks once a day, and finds a large effect", () => {
    const watched = run({lift: 0.2});
    expect(keys(watched)).toEqual([]);
    expect(watched.mismatch.crossed).toBe(null);
    expect(watched.crossed?.side).toBe("efficacy");
    expect(watched.looks.at(-1)?.date).toBe(watched.crossed?.date);
    expect(watched.stop?.pValue).toBeLessThan(0.05);
    expect(watched.future.at(-1)?.fraction).toBe(1);
    expect(watched.moments).toHaveLength(31 * 4);
    expect(new Set(watched.looks.map(({date}) => date)).size).toBe(watched.looks.length);
  });

  it.each([
    ["split", "split"],
    ["lopsided", "split"],
    ["dropout", "traffic"],
    ["duplicates", "duplicates"],
    ["late", "late"],
    ["crossovers", "crossovers"],
    ["bots", "bots"]
  ] as const)("warns of %s and of nothing else", (fault, key) => {
    expect(keys(run({faults: [fault], units: 1500, lift: 0}))).toEqual([key]);
  });

  it("blocks by the split test, and never takes it back", () => {
    const {mismatch, alerts} = run({faults: ["split"], units: 1500});
    expect(alerts[0]?.tone).toBe("harm");
    expect(mismatch.pValue).toBeLessThan(0.005);
    expect(Number(mismatch.crossed)).toBe(alerts[0]?.time);
  });

  it("takes out noise by the two weeks before, where they say something", () => {
    const [plain, adjusted] = [false, true].map((cuped) =>
      run({outcome: "session", cuped, lift: 0.05, units: 400}).moments.at(-1)!
    );
    expect(plain!.varianceReduction).toBe(null);
    expect(adjusted!.varianceReduction).toBeGreaterThan(0.4);
    expect(adjusted!.comparison.standardError!).toBeLessThan(plain!.comparison.standardError! * 0.8);
  });

  it("ends with the last look when nothing crosses", () => {
    const {looks, crossed} = run({lift: 0, units: 300});
    if (crossed === null) expect(looks.at(-1)?.final).toBe(true);
    expect(looks.at(-1)?.alphaSpent).toBeLessThanOrEqual(0.05 + 1e-9);
  });
});

describe("settings in an address", () => {
  it("come back as they were", () => {
    const settings: Settings = {
      ...defaults,
      seed: 77,
      units: 300,
      lift: -0.04,
      outcome: "session",
      cuped: false,
      rate: 0.5,
      faults: faultKeys
    };
    expect(settingsFrom(queryOf(settings))).toEqual(settings);
    expect(queryOf(defaults)).toBe("seed=1");
    expect(settingsFrom("")).toEqual(defaults);
  });

  it("are as by default for nonsense, and within range", () => {
    expect(
      settingsFrom("seed=-5&units=1e9&lift=NaN&metric=__proto__&rate=Infinity&faults=toString,bots,,bots,<b>&cuped=1")
    ).toEqual({
      ...defaults,
      seed: 0,
      faults: ["bots"]
    });
    expect(settingsFrom("units=999999&lift=-99&seed=99999999999")).toMatchObject({
      units: 10_000,
      lift: -0.1,
      seed: 4294967295
    });
  });
});
