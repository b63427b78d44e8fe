import {readFile} from "node:fs/promises";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import type {Readout} from "../../lib/experiment/readout.ts";
import {expectedResults, hasSharedData, realDefinitions, sharedData, workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

const day = 86_400_000;

describe.skipIf(!hasSharedData)("GloBox by entry date and by days since it", () => {
  let place: Workplace;
  let readout: Readout;
  let expected: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- a foreign file's shape
  const entries = new Map<string, {group: string; day: number}>();
  const purchases = new Map<string, Set<number>>();

  beforeAll(async () => {
    expected = await expectedResults();
    const lines = async (name: string) =>
      (await readFile(join(sharedData, "globox", name), "utf8")).trim().split("\n").slice(1);
    for (const line of await lines("groups.csv")) {
      const [uid = "", group = "", date = ""] = line.trim().split(",");
      entries.set(uid, {group, day: Date.parse(date) / day});
    }
    for (const line of await lines("activity.csv")) {
      const [uid = "", date = ""] = line.trim().split(",");
      const own = purchases.get(uid) ?? new Set();
      purchases.set(uid, own.add(Date.parse(date) / day));
    }
    const files = realDefinitions();
    place = await workplace(files);
    const {failed} = await place.build({only: ["globox"]});
    expect(failed).toEqual([]);
    readout = await place.readout("globox");
  }, 120_000);
  afterAll(() => place?.remove());

  const novelty = () => readout.metrics.find(({key}) => key === "conversion")!.novelty![0]!;

  it("has every entry date's units, as expected.json counts them as of three days", () => {
    const first = [...new Map(novelty().triangle.map(({cohort, n}) => [cohort, n]))];
    const units = (date: string, group?: string) =>
      [...entries.values()].filter(
        (unit) => unit.day === Date.parse(date) / day && (group === undefined || unit.group === group)
      ).length;
    expect(first.length).toBeGreaterThan(5);
    for (const [date, n] of first) expect(n).toBe(units(date));
    for (const [asOf, arms] of Object.entries<Record<string, {n: number}>>(expected.globox.asOfEndOfDay)) {
      const until = readout.traffic.filter(({date}) => date <= asOf);
      for (const [group, {n}] of Object.entries(arms)) {
        const at = readout.variants.findIndex(({key}) => key === group);
        expect(until.reduce((sum, {units: list}) => sum + list[at]!, 0)).toBe(n);
      }
    }
  });
  it("has the effect on each day since the entry date that reading the two files gives; day 0 is partial and out", () => {
    const asOf = Date.parse(readout.asOf!) / day;
    const days = novelty().byTenure.filter(({day: k}) => k >= 0);
    expect(days[0]!.day).toBe(1);
    for (const {day: k, n, difference} of days) {
      const arm = (group: string) => {
        const lived = [...entries].filter(([, unit]) => unit.group === group && unit.day + k <= asOf);
        const bought = lived.filter(([uid, unit]) => purchases.get(uid)?.has(unit.day + k)).length;
        return {n: lived.length, share: bought / lived.length};
      };
      const [control, treatment] = [arm("A"), arm("B")];
      expect(n).toBe(control.n + treatment.n);
      expect(difference).toBeCloseTo(treatment.share - control.share, 12);
    }
  });
  it("does not claim to know whether an effect lasts where hardly anyone buys a week later", () => {
    expect(novelty().verdict).toBe("not-enough-days");
    expect(novelty().sentence).toMatch(/^Cannot tell/);
  });
});
