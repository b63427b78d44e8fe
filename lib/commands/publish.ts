import {join} from "node:path";
import type {Command} from "commander";
import {Option} from "commander";
import {buildReadouts} from "./build.ts";
import {buildSite} from "./buildSite.ts";
import {dataOption} from "./dataOption.ts";
import {pagesFolder, projectFolder} from "./framework.ts";
import type {Robots} from "./headersFile.ts";
import {robotsChoices} from "./headersFile.ts";
import {loadDefinitions} from "./loadDefinitions.ts";
import type {Packing} from "./packFiles.ts";
import {packings} from "./packFiles.ts";
import {createProgress} from "./progress.ts";
import {simulateExperiments} from "./simulateExperiments.ts";

interface Options {
  readonly data: string;
  readonly out: string;
  readonly only?: readonly string[];
  readonly base?: string;
  readonly robots: Robots;
  readonly pack: Packing;
}

/** Adds the options and action of `readout publish`: logs of the demo, readouts, pages. */
export function register(command: Command): void {
  command
    .addOption(dataOption())
    .option("--out <dir>", "folder of the site", "dist")
    .option("--only <id...>", "compute only these experiments; the others stay as they were built")
    .option("--base <path>", "path on the host that the site is served from, such as /readouts/, or its whole address")
    .addOption(
      new Option("--robots <choice>", "whether search engines may list the site")
        .choices(robotsChoices)
        .default("noindex")
        .env("READOUT_ROBOTS")
    )
    .addOption(
      new Option("--pack <how>", "what lies beside each text file, for hosts that serve it packed")
        .choices(packings)
        .default("gzip")
        .env("READOUT_PACK")
    )
    .addHelpText(
      "after",
      "\nMakes missing logs of the demo, computes every readout and builds the site, swapped in whole or not at all. An\n" +
        "experiment that fails keeps its last good page, marked stale.\n" +
        "Ends with 0 if all were built, 3 if some are stale or failed, 1 if none was built, 2 if it could not run."
    )
    .action(publish);
}

async function publish({data, out, only, base, robots, pack}: Options): Promise<void> {
  await makeDemoLogs(data, only);
  const outDir = join(projectFolder, pagesFolder, "readouts");
  const {exitCode} = await buildReadouts({dataDir: data, outDir, ...(only ? {only} : {})});
  const progress = createProgress(0);
  progress.start("building the pages");
  try {
    const built = await buildSite({data, out, robots, pack, ...(base === undefined ? {} : {base})});
    for (const warning of built.warnings) progress.note(warning);
    progress.done();
    process.stdout.write(`${built.pages} pages in ${out}\n`);
  } finally {
    progress.done();
  }
  process.exitCode = exitCode;
}

/** Makes the logs of experiments that simulate theirs, where they are not there yet. */
export async function makeDemoLogs(dataDir: string, only?: readonly string[]): Promise<void> {
  const definitions = await loadDefinitions(dataDir);
  const ids = definitions.experiments
    .filter((e) => e.simulate !== undefined && (only?.includes(e.id) ?? true))
    .map((e) => e.id);
  if (ids.length === 0) return;
  const progress = createProgress(ids.length);
  try {
    await simulateExperiments(definitions, {
      dataDir,
      ids,
      onStart: (id) => progress.start(`logs of ${id}`),
      onDone: ({id, skipped}) => progress.step(skipped ? undefined : `logs of ${id}`)
    });
  } finally {
    progress.done();
  }
}
