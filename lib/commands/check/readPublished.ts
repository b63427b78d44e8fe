import {readFile} from "node:fs/promises";
import {join} from "node:path";
import {z} from "zod";
import type {AlertSource} from "../../experiment/alertsOf.ts";
import {guardrailResultSchema, healthCheckSchema, indexSchema, schemaVersion} from "../../experiment/readout.ts";
import type {IndexEntry} from "../../experiment/readout.ts";
import {UserError, systemCode} from "../errors.ts";

/** One published experiment: its line of the index and what the gate needs of its readout; null if that cannot be read. */
export interface Published {
  readonly entry: IndexEntry;
  readonly readout: AlertSource | null;
}

// Only what the gate looks at: to check a readout whole takes longer than to read it.
const gateSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  timezone: z.string(),
  health: z.object({checks: z.array(healthCheckSchema)}),
  metrics: z.array(z.object({key: z.string(), guardrail: z.array(guardrailResultSchema).nullable()}))
});

/**
 * Returns all published experiments of a folder, in the order of its index.json.
 *
 * @throws {UserError} if there is no index, or none that this version can read
 */
export async function readPublished(readoutsDir: string): Promise<Published[]> {
  const path = join(readoutsDir, "index.json");
  const {experiments} = parseIndex(await readIndex(path), path);
  return Promise.all(
    experiments.map(async (entry) => ({entry, readout: await readGate(join(readoutsDir, entry.id, "readout.json"))}))
  );
}

async function readIndex(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    throw new UserError(`missing readouts: ${path}; run readout build first`, {cause: error});
  }
}

function parseIndex(text: string, path: string): z.output<typeof indexSchema> {
  try {
    return indexSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(`invalid index; damaged, or of another version of readout: ${path}`, {cause: error});
  }
}

async function readGate(path: string): Promise<AlertSource | null> {
  try {
    const {timezone, health, metrics} = gateSchema.parse(JSON.parse(await readFile(path, "utf8")));
    return {timezone, metrics, health: {status: "ok", checks: health.checks}};
  } catch {
    return null;
  }
}
