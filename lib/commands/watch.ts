import {join, resolve} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import type {Command} from "commander";
import {InvalidArgumentError, Option} from "commander";
import {buildReadouts} from "./build.ts";
import {dataOption} from "./dataOption.ts";
import {describeError} from "./errors.ts";
import {projectFolder} from "./framework.ts";
import {createProgress} from "./progress.ts";
import {refreshSite} from "./refreshSite.ts";

interface Flags {
  readonly data: string;
  readonly out: string;
  readonly site: string;
  readonly every: number;
  readonly only?: string[];
}

/** Adds the options and the action of `readout watch`. */
export function register(command: Command): void {
  command
    .addOption(dataOption())
    .addOption(
      new Option("--every <duration>", "how often to look, such as 30s or 5m")
        .argParser(parseEvery)
        .default(30_000, "30s")
    )
    .option("--out <dir>", "folder of the published readouts", join(projectFolder, "src", "readouts"))
    .option("--site <dir>", "folder of the built site", "dist")
    .option("--only <id...>", "watch these experiments only")
    .addHelpText(
      "after",
      "\nComputes what changed and refreshes the numbers of the built site in place, until it is interrupted. What did\n" +
        "not change costs nothing. Build the site once before, and again for the pages' own words."
    )
    .action(async ({data, out, site, every, only}: Flags) => {
      const stop = new AbortController();
      const end = (): void => stop.abort();
      process.once("SIGINT", end);
      process.once("SIGTERM", end);
      await watchReadouts({dataDir: data, outDir: out, site, every, signal: stop.signal, ...(only ? {only} : {})});
      process.off("SIGINT", end);
      process.off("SIGTERM", end);
    });
}

/** What is watched, and how often. */
export interface WatchOptions {
  readonly dataDir: string;
  readonly outDir: string;
  readonly site: string;
  /** Milliseconds from one start to the next; a round that takes longer is followed at once. */
  readonly every: number;
  readonly only?: readonly string[];
  /** Ends it after the round that is running. */
  readonly signal?: AbortSignal;
  readonly say?: (text: string) => void;
}

/**
 * Builds again and again what changed, and refreshes the numbers of the built site. A round that fails is told of and
 * the next one tries again. Resolves when the signal says so.
 */
export async function watchReadouts({
  dataDir,
  outDir,
  site,
  every,
  only,
  signal,
  say = (text) => void process.stdout.write(`${text}\n`)
}: WatchOptions): Promise<void> {
  const silent = {...createProgress(0, {stream: {write: () => true}, interactive: false}), note: say};
  while (!signal?.aborted) {
    const started = Date.now();
    try {
      const {built, unchanged} = await buildReadouts({
        dataDir,
        outDir,
        progress: silent,
        ...(only ? {only} : {})
      });
      const computed = built.filter((id) => !unchanged.includes(id));
      const ids = await refreshSite(resolve(site), {readouts: resolve(outDir), ids: computed});
      if (ids.length > 0) say(`refreshed ${ids.join(", ")}`);
    } catch (error) {
      say(describeError(error));
    }
    const left = every - (Date.now() - started);
    if (left > 0) await sleep(left, undefined, signal ? {signal} : {}).catch(() => {});
  }
}

/** Returns a duration such as 30s, 5m or 1h in milliseconds. */
export function parseEvery(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+)(s|m|h)$/.exec(text) ?? [];
  const every = Number(digits) * ({s: 1000, m: 60_000, h: 3_600_000}[unit] ?? NaN);
  if (!(every >= 1000)) throw new InvalidArgumentError("expected a duration of at least 1s, such as 30s, 5m or 1h");
  return every;
}
