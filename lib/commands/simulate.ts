import type {Command} from "commander";
import {Option} from "commander";
import {dataOption} from "./dataOption.ts";
import {loadDefinitions} from "./loadDefinitions.ts";
import {createProgress} from "./progress.ts";
import {simulateExperiments} from "./simulateExperiments.ts";
import type {LogFormat} from "./simulateExperiments.ts";

interface Options {
  readonly data: string;
  readonly out?: string;
  readonly format?: LogFormat;
  readonly force?: boolean;
}

/** Adds the arguments, options and action of `readout simulate`. */
export function register(command: Command): void {
  command
    .argument("[id...]", "only these experiments; default: all that have a simulate: block")
    .addOption(dataOption())
    .option("--out <dir>", "folder of the logs, one folder for each experiment; default: demo in the data folder")
    .addOption(
      new Option("--format <format>", "of the events; default: as sources.yaml reads them").choices(["csv", "parquet"])
    )
    .option("--force", "make logs again that are there already")
    .addHelpText(
      "after",
      "\nWrites exposures.csv and the events, the same bytes for the same block. Logs that are there and were made" +
        "\nfrom the same block are left as they are."
    )
    .action(simulate);
}

async function simulate(ids: readonly string[], {data, out, format, force = false}: Options): Promise<void> {
  const definitions = await loadDefinitions(data);
  const total = ids.length || definitions.experiments.filter((each) => each.simulate !== undefined).length;
  const progress = createProgress(total);
  try {
    const logs = await simulateExperiments(definitions, {
      dataDir: data,
      ...(out === undefined ? {} : {outDir: out}),
      ids,
      force,
      format,
      onStart: (id) => progress.start(id),
      onDone: ({id, skipped, exposures, events}) =>
        progress.step(`${id}: ${skipped ? "there already" : `${exposures} exposures, ${events} events`}`)
    });
    progress.done();
    if (logs.length === 0) process.stdout.write(`no experiment of ${data} has a simulate: block\n`);
  } finally {
    progress.done();
  }
}
