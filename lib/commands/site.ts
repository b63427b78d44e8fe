import {join} from "node:path";
import type {Command} from "commander";
import {Option} from "commander";
import {buildReadouts} from "./build.ts";
import {buildSite} from "./buildSite.ts";
import {dataOption} from "./dataOption.ts";
import {projectFolder} from "./framework.ts";
import type {Robots} from "./headersFile.ts";
import {robotsChoices} from "./headersFile.ts";
import {loadDefinitions} from "./loadDefinitions.ts";
import {createProgress} from "./progress.ts";
import {simulateExperiments} from "./simulateExperiments.ts";

interface Options {
  readonly data: string;
  readonly out: string;
  readonly only?: readonly string[];
  readonly base?: string;
  readonly robots: Robots;
}

/** Adds the options and action of `readout site`: logs of the demo, readouts, pages. */
export function register(command: Command): void {
  command
    .addOption(dataOption())
    .option("--out <dir>", "folder of the site", "dist")
    .option("--only <id...>", "compute only these experiments; the others stay as they were built")
    .option("--base <path>", "path on the host that the site is served from, such as /readouts/")
    .addOption(
      new Option("--robots <choice>", "whether search engines may list the site")
        .choices(robotsChoices)
        .default("noindex")
        .env("READOUT_ROBOTS")
    )
    .addHelpText(
      "after",
      "\nMakes missing logs of the demo, computes every readout and builds the site, swapped in whole."
    )
    .action(site);
}

async function site({data, out, only, base, robots}: Options): Promise<void> {
  await makeDemoLogs(data, only);
  const outDir = join(projectFolder, "src", "readouts");
  const {exitCode} = await buildReadouts({dataDir: data, outDir, ...(only ? {only} : {})});
  const progress = createProgress(0);
  progress.start("building the pages");
  try {
    const built = await buildSite({data, out, robots, ...(base === undefined ? {} : {base})});
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
