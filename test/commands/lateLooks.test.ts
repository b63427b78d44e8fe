import {appendFile, readFile} from "node:fs/promises";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import type {LedgerLook} from "../../lib/experiment/history/memory.ts";
import type {Readout, SequentialComparison} from "../../lib/experiment/readout.ts";
import {smallDefinitions, smallExperiment, smallLog} from "./nightly.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

/** Nights on which a build ran; the others were missed. */
const nights = [5, 6, 9, 10];
const day = (night: number): string => `2026-01-${String(4 + night).padStart(2, "0")}`;

describe("looks on a log whose first day's purchases in control arrive on the tenth night", () => {
  let place: Workplace;
  const mornings = new Map<string, Readout>();
  const ledger = new Map<string, LedgerLook[]>();
  const comparison = (id: string, night: number): SequentialComparison =>
    mornings.get(`${id} ${night}`)!.metrics[0]!.sequential!.comparisons[0]!;

  beforeAll(async () => {
    const design = "design: {method: always-valid, plannedUnits: 4000}";
    const always = smallExperiment("always").replace(/design: .*/, design);
    const group = smallExperiment("group").replace("plannedUnits: 400", "plannedUnits: 4000");
    place = await workplace({
      ...smallDefinitions([]),
      "experiments/always.yaml": always,
      "experiments/group.yaml": group
    });
    for (const night of nights) {
      await smallLog({units: 4000}).write(place.dataDir, night);
      if (night === 10) {
        const late = Array.from({length: 140}, (_, i) => `u${2 * i},2026-01-05T20:00:00Z,buy,4\n`);
        await appendFile(join(place.dataDir, "events.csv"), late.join(""));
      }
      await place.build();
      for (const id of ["always", "group"]) mornings.set(`${id} ${night}`, await place.readout(id));
    }
    for (const id of ["always", "group"]) {
      const text = await readFile(join(place.folder, "history", `${id}.looks.jsonl`), "utf8");
      ledger.set(
        id,
        text
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
      );
    }
  }, 180_000);
  afterAll(() => place?.remove());

  it.each(["always", "group"])("are filled in by the first build, and taken on nights with a build only: %s", (id) => {
    const looks = ledger.get(id)!;
    const asOf = mornings.get(`${id} 5`)!.asOf!;
    const first = looks.filter(({date}) => date <= asOf);
    expect(first.length).toBeGreaterThan(1);
    expect(first.map(({reconstructed}) => reconstructed)).toEqual(first.map(({date}) => date !== asOf));
    const later = looks.filter(({date}) => date > asOf);
    expect(later.map(({date}) => date)).toEqual([6, 9, 10].map((night) => mornings.get(`${id} ${night}`)!.asOf));
    expect(later.every(({reconstructed}) => !reconstructed)).toBe(true);
    expect(looks.map(({date}) => date)).not.toContain(day(7));
  });

  it("keep their always-valid p-value, and show beside it what today's data say", () => {
    const before = comparison("always", 9);
    const after = comparison("always", 10);
    expect(before.crossed).toBe(null);
    expect(before.path.every((each) => each.recomputedPValue === undefined)).toBe(true);
    for (const {date, pValue} of before.path)
      expect(after.path.find((each) => each.date === date)?.pValue).toBe(pValue);
    const moved = after.path.filter((each) => each.recomputedPValue !== undefined);
    expect(moved.length).toBeGreaterThan(3);
    // By today's data the first days would have crossed; nobody saw that then.
    expect(Math.min(...moved.map((each) => each.recomputedPValue!))).toBeLessThan(0.05);
    expect(after.crossed).toBe(null);
  });

  it("keep z and bound, and show beside them what today's data say", () => {
    const before = comparison("group", 9).looks;
    const after = comparison("group", 10).looks;
    expect(after.slice(0, before.length)).toMatchObject(before.map(({date, z, bound}) => ({date, z, bound})));
    expect(after.filter((look) => look.recomputedZ !== undefined).length).toBe(before.length);
  });
});
