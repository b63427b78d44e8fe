import {existsSync} from "node:fs";
import {readFile, readdir} from "node:fs/promises";
import {join} from "node:path";
import type {Command} from "commander";
import {idPattern} from "../experiment/definition/definition.ts";
import {memoCsv} from "../experiment/memo/memoCsv.ts";
import {memoHtml} from "../experiment/memo/memoHtml.ts";
import {memoMarkdown} from "../experiment/memo/memoMarkdown.ts";
import {nearestName} from "../experiment/definition/nearestName.ts";
import {readoutSchema} from "../experiment/readout.ts";
import type {Readout} from "../experiment/readout.ts";
import {writeBeside} from "./atomic.ts";
import {dataOption} from "./dataOption.ts";
import {UserError} from "./errors.ts";
import {loadDefinitions} from "./loadDefinitions.ts";
import {readoutsOption} from "./readoutsOption.ts";

interface Flags {
  readonly data: string;
  readonly readouts: string;
  readonly out?: string;
}

/** Adds the argument, options and action of `readout memo`. */
export function register(command: Command): void {
  command
    .argument("<id>", "the experiment")
    .addOption(readoutsOption())
    .option("--out <dir>", "folder of the memo (default: beside the readout)")
    .addOption(dataOption())
    .addHelpText(
      "after",
      "\nWrites memo.md, memo.html (one file, nothing fetched) and memo.csv from the readout as it was built."
    )
    .action(async (id: string, {data, readouts, out}: Flags) => {
      const readout = await readReadout(id, {data, readouts});
      const paths = await writeMemo(readout, out ?? join(readouts, id));
      process.stdout.write(paths.map((path) => `${path}\n`).join(""));
    });
}

/** Writes a readout's memo in its three forms into a folder, each whole or not at all; returns their paths. */
export async function writeMemo(readout: Readout, folder: string): Promise<string[]> {
  const files = {"memo.md": memoMarkdown(readout), "memo.html": memoHtml(readout), "memo.csv": memoCsv(readout)};
  const paths = [];
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await writeBeside(path, text);
    paths.push(path);
  }
  return paths;
}

async function readReadout(id: string, {data, readouts}: {data: string; readouts: string}): Promise<Readout> {
  const path = join(readouts, id, "readout.json");
  if (!idPattern.test(id) || !existsSync(path)) throw await missing(id, {data, readouts});
  try {
    return readoutSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    throw new UserError(`invalid readout; damaged, or of another version of readout: ${path}`, {cause: error});
  }
}

/** Tells an experiment that was not built from a name that there is none of. */
async function missing(id: string, {data, readouts}: {data: string; readouts: string}): Promise<UserError> {
  const built = existsSync(readouts) ? await readdir(readouts) : [];
  const defined = await loadDefinitions(data).then(
    ({experiments}) => experiments.map((experiment) => experiment.id),
    (): string[] => []
  );
  if (defined.includes(id))
    return new UserError(`missing readout of ${id} in ${readouts}; run readout build --only ${id}`);
  const nearest = nearestName(id, [...new Set([...built.filter((name) => idPattern.test(name)), ...defined])]);
  return new UserError(`unknown experiment: ${id}${nearest === null ? "" : `; did you mean ${nearest}?`}`);
}
