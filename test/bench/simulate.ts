import {mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {simulateExperiments} from "../../lib/commands/simulateExperiments.ts";
import {completeExperiment} from "../../lib/experiment/definition/completeExperiment.ts";
import {experimentSchema} from "../../lib/experiment/definition/definition.ts";

/** Returns the time that 10 million events of a million units take from a seed to logs on disk; at most 20 s each. */
export async function bench(): Promise<{name: string; value: number; unit: string; bound?: number}[]> {
  const written = experimentSchema.parse({
    title: "Ten million events",
    start: "2026-01-05",
    end: "2026-02-01",
    exposures: "exposures",
    variants: {control: {role: "control", weight: 0.5}, treatment: {weight: 0.5}},
    metrics: {primary: ["purchase"]},
    simulate: {
      seed: 1,
      units: 1_000_000,
      dimensions: {
        platform: {ios: 0.4, android: 0.35, web: 0.25},
        country: {values: ["US", "DE", "GB", "FR", "BR", "IN", "JP", "MX"]}
      },
      events: {
        click: {kind: "repeated", rate: 0.7, spread: 0.7, effect: {treatment: {lift: "5%"}}},
        purchase: {kind: "conversion", probability: 0.1, value: {column: "amount", mean: 50}}
      }
    }
  });
  const experiments = [completeExperiment("big", written)];
  const outDir = await mkdtemp(join(tmpdir(), "readout-bench-"));
  const rows = [];
  try {
    for (const format of ["csv", "parquet"] as const) {
      const start = performance.now();
      const [logs] = await simulateExperiments({experiments}, {outDir, format, force: true});
      const seconds = (performance.now() - start) / 1000;
      const perTenMillion = (seconds * 1e7) / (logs?.events ?? NaN);
      rows.push({name: `simulate 10 million events to ${format}`, value: perTenMillion, unit: "s", bound: 20});
    }
  } finally {
    await rm(outDir, {recursive: true, force: true});
  }
  return rows;
}
