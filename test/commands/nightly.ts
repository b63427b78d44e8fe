import {writeFile} from "node:fs/promises";
import {readFile, readdir} from "node:fs/promises";
import {join} from "node:path";
import {hashOf} from "../../lib/commands/hash.ts";

/** A small log that grows: rows of exposures and events with times, so that any night is the rows until then. */
export function smallLog({units = 400, days = 14, start = "2026-01-05"} = {}) {
  const midnight = Date.parse(start);
  const exposures: {at: number; line: string}[] = [];
  const events: {at: number; line: string}[] = [];
  for (let i = 0; i < units; ++i) {
    const at = midnight + Math.floor((i * days * 86_400_000) / units) + 1234;
    const treated = (i * 7919) % 2 === 1;
    exposures.push({at, line: `u${i},${treated ? "b" : "a"},${iso(at)}`});
    if ((i * 31) % 10 < (treated ? 5 : 4)) {
      const bought = at + 3_600_000 * (1 + (i % 40));
      events.push({at: bought, line: `u${i},${iso(bought)},buy,${1 + (i % 9)}`});
    }
  }
  const text = (header: string, rows: readonly {at: number; line: string}[], until: number): string =>
    `${header}\n${rows
      .filter(({at}) => at < until)
      .map(({line}) => `${line}\n`)
      .join("")}`;
  return {
    /** Writes the rows of the first `nights` days. */
    async write(dataDir: string, nights = days): Promise<void> {
      const until = midnight + nights * 86_400_000;
      await writeFile(join(dataDir, "exposures.csv"), text("user,arm,at", exposures, until));
      await writeFile(join(dataDir, "events.csv"), text("user,at,event,amount", events, until));
    }
  };
}

/** Definitions of experiments on the small log, one file each. */
export function smallDefinitions(
  ids: readonly string[] = ["one"],
  {more = "", sources = ""}: {more?: string; sources?: string} = {}
): Record<string, string> {
  return {
    "sources.yaml": `${sources}facts:
  exposed: {shape: exposures, path: exposures.csv, unit: user, variant: arm, timestamp: at}
  events: {shape: events, path: events.csv, unit: user, timestamp: at, event: event, values: [amount]}
`,
    "metrics.yaml": `bought: {kind: proportion, fact: events, event: buy, window: 2d, direction: increase}
spent: {kind: mean, fact: events, event: buy, value: amount, direction: increase}
`,
    ...Object.fromEntries(ids.map((id) => [`experiments/${id}.yaml`, smallExperiment(id, more)]))
  };
}

/** The text of one experiment on the small log. */
export function smallExperiment(id: string, more = ""): string {
  return `title: Experiment ${id}
start: 2026-01-05
end: 2026-01-18
exposures: exposed
minimumUnits: 2
variants: {a: {role: control, weight: 0.5}, b: {weight: 0.5}}
metrics: {primary: [bought], secondary: [spent]}
design: {method: group-sequential, plannedUnits: 400}
${more}`;
}

/** Returns the hash of each file under folders, by its path: what "the same bytes" means. */
export async function bytesOf(...folders: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const folder of folders)
    for (const entry of await readdir(folder, {recursive: true, withFileTypes: true})) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      found[path.slice(join(folder, "..").length)] = hashOf(await readFile(path));
    }
  return found;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
