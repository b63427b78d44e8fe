import {mkdir, readFile, rm, stat, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {experimentSums} from "../../lib/cube/experimentSums.ts";
import {writePublication} from "../../lib/cube/parquet.ts";
import type {Publication, PublishedRow} from "../../lib/cube/row.ts";
import {indexEntryOf} from "../../lib/experiment/indexEntryOf.ts";
import {emptyMemory} from "../../lib/experiment/history/memory.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {readoutOf} from "../../lib/experiment/readoutOf.ts";
import {emptyMoments} from "../../lib/stats/moments.ts";
import {define} from "../cube/define.ts";
import {createRandom} from "../random.ts";

/** An invented experiment whose cube and readout belong together, as those of a build do. */
export type CubeSpec = {
  id?: string;
  title?: string;
  /** Treatments besides the control; default one. */
  treatments?: readonly string[];
  /** Values by dimension; default two dimensions. */
  dimensions?: Readonly<Record<string, readonly string[]>>;
  days?: number;
  /** Units that enter per day, variant and cell, on average. */
  units?: number;
  /** How many metrics; the kinds take turns: proportion, mean, ratio. */
  metrics?: number;
  correction?: string;
};

/** The published rows with the readout that the library makes of them. */
export type CubeFixture = {publication: Publication; readout: Readout};

const start = "2026-01-05";
const kinds = ["proportion", "mean", "ratio"] as const;
const names = ["purchase", "revenue", "order_value"];

/** Returns published rows that no logs are behind, and their readout, computed as the build does. */
export function makeCube({
  id = "cube",
  title = "An invented cube",
  treatments = ["green"],
  dimensions = {platform: ["ios", "android", "web"], country: ["US", "DE", "FR", "JP"]},
  days = 14,
  units = 40,
  metrics = 3,
  correction = "holm"
}: CubeSpec = {}): CubeFixture {
  const random = createRandom(7, days * metrics);
  const variants = ["control", ...treatments];
  const cells = Object.values(dimensions).reduce<string[][]>(
    (all, values) => all.flatMap((cell) => values.map((value) => [...cell, value])),
    [[]]
  );
  const keys = Array.from({length: metrics}, (_, i) => names[i] ?? `metric_${i}`);
  const rows: PublishedRow[] = [];
  const traffic: Publication["traffic"][number][] = [];
  for (let k = 0; k < days; ++k) {
    const date = dayAfter(start, k);
    variants.forEach((variant, v) => {
      const whole = keys.map((metric) => ({...row(metric, null), n: 0}));
      for (const [c, cell] of cells.entries()) {
        // Later cells are smaller, down to a few units in all.
        const n = Math.max(1, Math.round((units / (1 + c / 3)) * (0.8 + 0.4 * random.uniform())));
        keys.forEach((metric, i) => {
          const made = sumsOf(kinds[i % 3] ?? "mean", n, v * 0.08 + (c % 3) * 0.01 * v);
          const added = {...row(metric, cell), n, ...made};
          rows.push(added);
          const total = whole[i];
          if (total)
            for (const key of ["n", "y", "yy", "x", "xx", "xy", "w", "ww", "yw"] as const) total[key] += added[key];
        });
      }
      rows.push(...whole);
      traffic.push({hour: `${date}T12:00`, variant, units: whole[0]?.n ?? 0});

      function row(metric: string, cell: readonly string[] | null) {
        const {n, origin: _, ...sums} = emptyMoments();
        return {date, variant, cell, metric, bin: null, n, ...sums};
      }
    });
  }
  const published = Object.keys(dimensions).length === 0 ? rows.filter((r) => r.cell === null) : rows;
  const publication: Publication = {
    dimensions: Object.keys(dimensions),
    asOf: dayAfter(start, days - 1),
    path: published,
    entries: published,
    traffic,
    tenure: {},
    origins: Object.fromEntries(keys.map((key, i) => [key, i % 3 === 1 ? {y: 20} : {}])),
    carried: [],
    coarser: []
  };
  const weight = 1 / variants.length;
  const {experiment, definitions} = define({
    id,
    experiment: {
      title,
      start,
      end: dayAfter(start, days - 1),
      status: "stopped",
      correction,
      variants: Object.fromEntries(
        variants.map((key, i) => [key, {weight, ...(i === 0 ? {role: "control"} : {role: "treatment"})}])
      ),
      dimensions: Object.keys(dimensions),
      metrics: {primary: keys.slice(0, 1), secondary: keys.slice(1)}
    },
    metrics: Object.fromEntries(
      keys.map((key, i) => [
        key,
        {
          kind: kinds[i % 3],
          fact: "events",
          event: "purchase",
          ...(i % 3 === 0 ? {covariate: "14d"} : {}),
          ...(i % 3 === 1 ? {unit: "USD"} : {}),
          ...(i % 3 === 2 ? {numerator: {event: "purchase"}, denominator: {event: "purchase"}} : {})
        }
      ])
    ),
    facts: {
      exposures: {shape: "exposures", path: "x.csv", unit: "u", variant: "v", timestamp: "t"},
      events: {shape: "events", path: "y.csv", unit: "u", timestamp: "t", event: "e"}
    }
  });
  const sums = experimentSums(
    experiment,
    {excluded: [], rows: 1000, sql: "", activeUnits: null, largestShare: {}},
    publication,
    {
      hash: "invented"
    }
  );
  const {readout} = readoutOf({
    experiment,
    metrics: definitions.metrics,
    sums,
    memory: emptyMemory,
    runId: "invented",
    definition: {date: start, hash: "invented", parts: {}, text: "title: invented\n"}
  });
  return {publication, readout};

  function sumsOf(kind: (typeof kinds)[number], n: number, effect: number) {
    const none = {y: 0, yy: 0, x: 0, xx: 0, xy: 0, w: 0, ww: 0, yw: 0};
    if (kind === "proportion") {
      const x = random.binomial(n, 0.3);
      const both = random.binomial(x, 0.35 * (1 + effect));
      const y = both + random.binomial(n - x, 0.12 * (1 + effect));
      return {...none, y, yy: y, x, xx: x, xy: both};
    }
    const mean = 20 * effect + (12 * random.normal()) / Math.sqrt(n);
    const spread = (n - 1) * 144 * (0.9 + 0.2 * random.uniform());
    // About the origin 20.
    if (kind === "mean") return {...none, y: n * mean, yy: spread + n * mean * mean};
    const w = n * (1.2 + (0.6 * random.normal()) / Math.sqrt(n) / 4);
    const ww = (w * w) / n + (n - 1) * 0.36;
    const y = 25 * (1 + effect) * w;
    return {...none, w, ww, y, yy: (25 * (1 + effect)) ** 2 * ww + spread, yw: 25 * (1 + effect) * ww};
  }
}

/** Writes a cube and its readout as a build does, `readout.json` naming the files. */
export async function writeCube(readouts: string, {publication, readout}: CubeFixture): Promise<void> {
  const folder = join(readouts, readout.id);
  await mkdir(folder, {recursive: true});
  await writePublication(folder, publication);
  const files = await Promise.all(
    ["path.parquet", "entries.parquet", "traffic.parquet"].map(async (name) => ({
      name,
      bytes: (await stat(join(folder, name))).size,
      rows: null
    }))
  );
  await writeFile(join(folder, "readout.json"), JSON.stringify({...readout, files}));
}

/** Values that a log may hold and a page must bear. */
export const hostileValues = [
  `<img src=x onerror="document.title='hit'">`,
  `it's "quoted" \\ ; DROP TABLE path; --`,
  "\u05e9\u05dc\u05d5\u05dd \u202ertl",
  "\ud83d\ude00 emoji & co",
  "x".repeat(200),
  "=1+1"
];

/** The experiments of the site that explores: sound ones, one with hostile text, and three that cannot be read. */
export function cubeFixtures(): CubeFixture[] {
  return [
    makeCube({id: "plain", title: "One treatment"}),
    makeCube({
      id: "three",
      title: "Two treatments",
      treatments: ["green", "blue"],
      dimensions: {
        platform: ["ios", "android", "web"],
        country: ["US", "DE", "FR"],
        customer: ["new", "returning"]
      }
    }),
    makeCube({
      id: "hostile",
      title: `<b>"Hostile"</b> & 'text'`,
      dimensions: {"select <from>": hostileValues, bin: ["a", "b"]}
    }),
    makeCube({id: "without", title: "No dimension at all", dimensions: {}}),
    makeCube({
      id: "many",
      title: "Twelve variants in hundreds of segments",
      treatments: Array.from({length: 11}, (_, i) => `treatment ${i + 1}`),
      dimensions: {store: Array.from({length: 320}, (_, i) => `store ${i + 1}`)},
      days: 3,
      metrics: 1
    }),
    makeCube({id: "damaged", title: "A cube cut short", days: 3}),
    makeCube({id: "newer", title: "Of a newer version", days: 3}),
    makeCube({id: "no-entries", title: "No entries", days: 3})
  ];
}

/** Writes the folder of readouts of the site that explores. */
export async function writeCubes(readouts: string): Promise<void> {
  const fixtures = cubeFixtures();
  for (const fixture of fixtures) await writeCube(readouts, fixture);
  const cut = join(readouts, "damaged", "path.parquet");
  const bytes = await readFile(cut);
  await writeFile(cut, Buffer.concat([bytes.subarray(0, bytes.length >> 1), Buffer.from("PAR1")]));
  const newer = join(readouts, "newer", "readout.json");
  await writeFile(newer, (await readFile(newer, "utf8")).replace('"schemaVersion":1', '"schemaVersion":2'));
  await rm(join(readouts, "no-entries", "entries.parquet"));
  await writeFile(
    join(readouts, "index.json"),
    JSON.stringify({
      schemaVersion: 1,
      asOf: fixtures[0]?.readout.asOf ?? null,
      experiments: fixtures.map(({readout}) => indexEntryOf(readout, {schedule: 1}))
    })
  );
}

function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}
