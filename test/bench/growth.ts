import {mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {buildCube} from "../../lib/cube/buildCube.ts";
import {openDuckdb} from "../../lib/cube/engines/duckdb.ts";
import {logDefinitions, writeLogs} from "./logs.ts";
import type {Measured} from "./measured.ts";

/**
 * Measures the cube of five metrics and three dimensions of logs of 1 to 50 million events in Parquet, ten events to a
 * unit: the seconds of each, and how much longer an event takes in the largest log than in the one of 10 million.
 */
export async function bench({millions = [1, 5, 10, 50]} = {}): Promise<Measured[]> {
  const rows: Measured[] = [];
  const perMillion = new Map<number, number>();
  for (const size of millions) {
    const folder = await mkdtemp(join(tmpdir(), "readout-bench-"));
    const engine = await openDuckdb({directory: folder});
    try {
      await writeLogs(engine, folder, {events: size * 1_000_000, units: size * 100_000, format: "parquet"});
      const {experiment, definitions} = logDefinitions({last: "retention", format: "parquet"});
      const start = performance.now();
      await buildCube(experiment, definitions, {dataDir: folder, engine});
      const seconds = (performance.now() - start) / 1000;
      perMillion.set(size, seconds / size);
      rows.push({name: `cube of ${size} million events, five metrics, from Parquet`, value: seconds, unit: "s"});
    } finally {
      await engine.close();
      await rm(folder, {recursive: true, force: true});
    }
  }
  const [largest = 0, usual = 0] = [perMillion.get(millions.at(-1) ?? 0), perMillion.get(10)];
  return [
    ...rows,
    {
      name: `time of an event, at ${millions.at(-1)} million / at 10 million`,
      value: largest / usual,
      unit: "x",
      bound: 1.5
    },
    {name: "peak memory of the process", value: process.resourceUsage().maxRSS / 1024 / 1024, unit: "GB", bound: 4}
  ];
}
