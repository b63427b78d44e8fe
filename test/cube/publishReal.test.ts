import {existsSync, readFileSync} from "node:fs";
import {resolve} from "node:path";
import {describe, expect, it} from "vitest";
import {buildCube} from "../../lib/cube/buildCube.ts";
import {publishable} from "../../lib/cube/publish.ts";
import type {Publication, PublishedRow} from "../../lib/cube/row.ts";
import {createRandom} from "../random.ts";
import {define} from "./define.ts";

const folder = resolve(process.env["READOUT_SHARED_DATA"] ?? "../shared/data", "globox");
const present = existsSync(folder);
if (!present) console.log(`skipped: the real logs of ${folder} are absent`);

const minimumUnits = 10;
const table = (name: string) =>
  readFileSync(resolve(folder, name), "utf8")
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(","));

/** A change of one unit's state on one date: what every published row is a sum of. */
interface Atom {
  unit: number;
  entry: string;
  date: string;
  cell: string;
}

/** Changes of the units of one variant, from the raw log: the entry, and every later purchase day (or only the first). */
function atomsOf(group: string, firstOnly: boolean): Atom[] {
  const countries = new Map(table("users.csv").map(([id, country]) => [id, country]));
  const days = new Map<string, Set<string>>();
  for (const [unit = "", date = ""] of table("activity.csv")) days.set(unit, (days.get(unit) ?? new Set()).add(date));
  return table("groups.csv").flatMap(([id = "", of, entry = "", device], unit) => {
    if (of !== group) return [];
    const cell = JSON.stringify([device || "unknown", countries.get(id) || "unknown"]);
    const bought = [...(days.get(id) ?? [])].filter((date) => date >= entry).sort();
    const dates = new Set([entry, ...(firstOnly ? bought.slice(0, 1) : bought)]);
    return [...dates].map((date) => ({unit, entry, date, cell}));
  });
}

describe.skipIf(!present)("publishable on GloBox, against its log", () => {
  it("stands for enough units in every row, and in every difference that was tried", {timeout: 240_000}, async () => {
    const {experiment, definitions} = define({
      experiment: {
        start: "2023-01-25",
        exposures: "groups",
        variants: {A: {role: "control", weight: 0.5}, B: {weight: 0.5}},
        dimensions: {device: {column: "device"}, country: {fact: "users", column: "country"}},
        metrics: {primary: ["conversion"], secondary: ["spend"]}
      },
      metrics: {
        conversion: {kind: "proportion", fact: "activity"},
        spend: {kind: "mean", fact: "activity", value: "spent"}
      },
      facts: {
        groups: {shape: "exposures", path: "groups.csv", unit: "uid", variant: "group", timestamp: "join_dt"},
        activity: {shape: "events", path: "activity.csv", unit: "uid", timestamp: "dt", values: ["spent"]},
        users: {shape: "units", path: "users.csv", unit: "id"}
      }
    });
    const cube = await buildCube(experiment, definitions, {dataDir: folder});
    const single = cube.path.filter(({cell, touched}) => cell !== null && touched === 1);
    expect(single.length).toBeGreaterThan(cube.path.length / 10);
    const published = publishable(cube, {minimumUnits});
    expect(published.path.length).toBeGreaterThan(400);
    expect(differences(published, cube.tenure).some((units) => units > 0 && units < minimumUnits)).toBe(true);
    expect(differences(published, published.tenure).filter((units) => units > 0 && units < minimumUnits)).toEqual([]);
    for (const variant of ["A", "B"])
      for (const metric of ["conversion", "spend"]) {
        const atoms = atomsOf(variant, metric === "conversion");
        const mine = (rows: readonly PublishedRow[]) =>
          rows.filter((row) => row.variant === variant && row.metric === metric);
        attack(atoms, {
          path: mine(published.path).map((row) => membership(atoms, row, {table: "path", published})),
          entries: mine(published.entries).map((row) => membership(atoms, row, {table: "entries", published}))
        });
      }
  });
});

/** Of every metric, variant and value of a dimension: units by the tenure rows less units by the path's cells. */
function differences({path, dimensions}: Publication, tenure: Publication["tenure"]): number[] {
  return Object.entries(tenure).flatMap(([metric, {segments = []}]) =>
    segments.flatMap(({dimension, value, cohorts}) =>
      Object.keys(cohorts[0]?.units ?? {}).map((variant) => {
        const at = dimensions.indexOf(dimension);
        const mine = path.filter((row) => row.metric === metric && row.variant === variant && row.cell?.[at] === value);
        const units = cohorts.reduce((sum, cohort) => sum + (cohort.units[variant] ?? 0), 0);
        return Math.abs(units - mine.reduce((sum, {n}) => sum + n, 0));
      })
    )
  );
}

interface Member {
  row: PublishedRow;
  atoms: Int8Array;
}

/** Which changes a published row adds up, from its keys and what is said to be carried to it. */
function membership(
  atoms: readonly Atom[],
  row: PublishedRow,
  {table: from, published}: {table: "path" | "entries"; published: Publication}
): Member {
  const named = new Set(
    published[from].flatMap(({cell, metric}) => (cell === null || metric !== row.metric ? [] : [JSON.stringify(cell)]))
  );
  const cell = row.cell === null ? null : JSON.stringify(row.cell);
  const other = JSON.stringify(["other", "other"]);
  const carried = published.carried.filter(
    (line) =>
      line.table === from &&
      line.metric === row.metric &&
      line.variant === row.variant &&
      JSON.stringify(line.cell) === JSON.stringify(row.cell)
  );
  const until = new Map(carried.flatMap((line) => line.dates.map((date) => [date, line.until])));
  return {
    row,
    atoms: Int8Array.from(atoms, (atom) => {
      if (cell !== null && cell !== (named.has(atom.cell) ? atom.cell : other)) return 0;
      const date = from === "path" ? atom.date : atom.entry;
      return (until.get(date) ?? date) === row.date ? 1 : 0;
    })
  };
}

/** Tries rows, totals less cells, spans of dates, path less entries, pairs, and sums at random. */
function attack(atoms: readonly Atom[], {path, entries}: {path: Member[]; entries: Member[]}) {
  const combine = (what: string, parts: readonly (readonly [Member, number])[]) => {
    const sum = new Int16Array(atoms.length);
    for (const [{atoms: member}, factor] of parts) for (let i = 0; i < sum.length; ++i) sum[i]! += factor * member[i]!;
    const units = new Set<number>();
    for (let i = 0; i < sum.length && units.size < minimumUnits; ++i) if (sum[i] !== 0) units.add(atoms[i]!.unit);
    if (units.size > 0 && units.size < minimumUnits) expect.fail(`${what}: ${units.size} units`);
  };
  const all = [...path, ...entries];
  for (const member of all) combine(`row ${JSON.stringify([member.row.date, member.row.cell])}`, [[member, 1]]);
  const signed = (members: readonly Member[], sign = 1) =>
    members.map((member) => [member, (member.row.cell === null ? 1 : -1) * sign] as const);
  const cells = [...new Set(all.map(({row}) => JSON.stringify(row.cell)))];
  for (const [name, members] of [
    ["path", path],
    ["entries", entries]
  ] as const)
    for (const date of new Set(members.map(({row}) => row.date))) {
      combine(`${name} total less cells on ${date}`, signed(members.filter(({row}) => row.date === date)));
      combine(`${name} total less cells until ${date}`, signed(members.filter(({row}) => row.date <= date)));
      for (const cell of cells) {
        const of = (from: readonly Member[]) =>
          from.filter(({row}) => JSON.stringify(row.cell) === cell && row.date <= date);
        const plus = of(path).map((member) => [member, 1] as const);
        const minus = of(entries).map((member) => [member, -1] as const);
        combine(`${cell} path less entries until ${date}`, [...plus, ...minus]);
      }
    }
  const random = createRandom(5);
  for (let i = 0; i < 800; ++i) {
    const size = 2 + random.integer(6);
    const parts = Array.from(
      {length: size},
      () => [all[random.integer(all.length)]!, random.integer(2) * 2 - 1] as const
    );
    combine(`random ${i}`, parts);
  }
}
