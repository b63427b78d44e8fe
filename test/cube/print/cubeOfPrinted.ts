import type {PrintedCube} from "../../../lib/cube/print/printCube.ts";
import {buildCube} from "../../../lib/cube/buildCube.ts";
import type {Engine, Value} from "../../../lib/cube/engines/engine.ts";
import type {Cube} from "../../../lib/cube/row.ts";
import {sums} from "../../../lib/stats/moments.ts";
import type {Case} from "../engines/cases.ts";
import {csv, withFiles} from "../logs.ts";

/** Runs a printed query as it stands, saves its result as CSV, and reads that back as a fact of shape cube. */
export async function cubeOfPrinted(
  {statements}: PrintedCube,
  engine: Pick<Engine, "query">,
  {defined}: Case
): Promise<Cube> {
  const {experiment, definitions} = defined((table) => ({path: `${table}.csv`}));
  const rows: (readonly Value[])[] = [];
  for (const sql of statements) {
    rows.length = 0;
    for await (const batch of engine.query(sql)) rows.push(...batch);
  }
  const names = [...Object.keys(experiment.dimensions), ...(experiment.phases.length > 0 ? ["phase"] : [])];
  const header = ["date", "variant", ...names, "metric", "touched", "n", ...sums];
  const text = csv([header, ...rows.map((row) => row.map((value) => (value === null ? null : String(value))))]);
  const ready = structuredClone(experiment);
  ready.dimensions = Object.fromEntries(names.map((name) => [name, {column: name, top: 20}]));
  ready.activation = undefined;
  const facts = {
    ...definitions.sources.facts,
    exposures: {
      ...definitions.sources.facts.exposures!,
      shape: "cube" as const,
      path: "cube.csv",
      variant: "variant",
      timestamp: "date",
      experiment: undefined
    }
  };
  const sources = {...definitions.sources, facts};
  return withFiles({"cube.csv": text}, (dataDir) => buildCube(ready, {...definitions, sources}, {dataDir}));
}

/** The sums of each variant as a whole, about 0: what a readout's numbers are made of. */
export function wholeSums(cube: Cube): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (const row of cube.path) {
    if (row.cell !== null || row.bin !== null || cube.quantiles?.[row.metric] !== undefined) continue;
    const o = {y: 0, w: 0, x: 0, v: 0, ...cube.origins[row.metric]};
    const about0 = sums.map((sum) => {
      const [a, b] = [...sum] as ("y" | "w" | "x" | "v")[];
      if (a === undefined) return 0;
      if (b === undefined) return row[a] + o[a] * row.n;
      return row[sum] + o[a] * row[b] + o[b] * row[a] + o[a] * o[b] * row.n;
    });
    found[`${row.date} ${row.variant} ${row.metric}`] = [row.n, ...about0];
  }
  return found;
}
