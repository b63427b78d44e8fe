import {existsSync} from "node:fs";
import {readFile} from "node:fs/promises";
import {join} from "node:path";
import type {PublishedRun} from "../experiment/history/memory.ts";
import type {Readout, ReadoutIndex} from "../experiment/readout.ts";
import {hashOf} from "./hash.ts";

/**
 * Returns what an open page of an experiment asks for by names that stay: `run.json`, a few bytes that say which run is
 * published, and `runs.json`, what was published until now, the last run of each day. run.json is last.
 *
 * @param readouts folder of the published readouts
 */
export async function liveFiles(readouts: string, readout: Readout): Promise<[name: string, text: string][]> {
  const {id, runId, asOf, stale} = readout;
  const path = join(readouts, id, "runs.json");
  const runs: PublishedRun[] = existsSync(path) ? JSON.parse(await readFile(path, "utf8")) : [];
  const files: [string, unknown][] = [
    ["runs.json", runs.filter(({date}, i) => runs[i + 1]?.date !== date)],
    ["run.json", {runId, asOf, stale: stale?.reason ?? null}]
  ];
  return files.map(([name, value]) => [name, `${JSON.stringify(value)}\n`]);
}

/** Returns what open pages about all experiments ask for: the list, and last `run.json`, which changes when it does. */
export function liveIndexFiles(index: ReadoutIndex): [name: string, text: string][] {
  const text = JSON.stringify(index);
  return [
    ["index.json", `${text}\n`],
    ["run.json", `${JSON.stringify({runId: hashOf(text).slice(0, 32), asOf: index.asOf, stale: null})}\n`]
  ];
}
