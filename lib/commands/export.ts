import {mkdir} from "node:fs/promises";
import {dirname, join, resolve} from "node:path";
import type {Command} from "commander";
import {Option} from "commander";
import {withWriter} from "../cube/parquet.ts";
import type {ExportRow} from "../experiment/exportRows.ts";
import {exportColumns, exportCsv, exportRows} from "../experiment/exportRows.ts";
import type {Readout} from "../experiment/readout.ts";
import {writeBeside} from "./atomic.ts";
import {readReadout} from "./build.ts";
import {readPublished} from "./check/readPublished.ts";
import {UserError} from "./errors.ts";
import {sendToMlflow} from "./mlflow.ts";
import {readoutsOption} from "./readoutsOption.ts";

interface Flags {
  readonly readouts: string;
  readonly format: "csv" | "parquet" | "json" | "mlflow";
  readonly out?: string;
  readonly only?: readonly string[];
  readonly url?: string;
}

/** Adds the options and the action of `readout export`. */
export function register(command: Command): void {
  command
    .addOption(readoutsOption())
    .addOption(
      new Option("--format <format>", "what to write").choices(["csv", "parquet", "json", "mlflow"]).default("csv")
    )
    .option("--out <file>", "file to write; default: stdout (parquet needs a file)")
    .option("--only <id...>", "these experiments only")
    .addOption(new Option("--url <url>", "the MLflow server").env("MLFLOW_TRACKING_URI"))
    .addHelpText(
      "after",
      "\nOne row for each comparison of each metric, as published. With --format mlflow each readout becomes a run of an\n" +
        "experiment of MLflow, once; MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and _PASSWORD, open the server."
    )
    .action(run);
}

async function run({readouts: folder, format, out, only, url}: Flags): Promise<void> {
  const readouts = await readAll(folder, only);
  if (format === "mlflow") {
    if (url === undefined) throw new UserError("missing address of MLflow; give --url or set MLFLOW_TRACKING_URI");
    const {sent, known} = await sendToMlflow(readouts, {url});
    process.stdout.write(`${sent} sent, ${known} there already\n`);
    return;
  }
  const rows = exportRows(readouts);
  if (format === "parquet") {
    if (out === undefined) throw new UserError("missing file for parquet; give --out FILE");
    await writeParquet(resolve(out), rows);
    return;
  }
  const text = format === "csv" ? exportCsv(rows) : `${JSON.stringify(rows, null, 2)}\n`;
  if (out === undefined) process.stdout.write(text);
  else await writeBeside(resolve(out), text);
}

async function readAll(folder: string, only: readonly string[] | undefined): Promise<Readout[]> {
  const ids = (await readPublished(folder)).map(({entry}) => entry.id);
  const unknown = (only ?? []).filter((id) => !ids.includes(id));
  if (unknown.length > 0) throw new UserError(`unknown experiment: ${unknown.join(", ")}; not in ${folder}`);
  const read = await Promise.all((only ?? ids).map((id) => readReadout(folder, id)));
  return read.filter((readout): readout is Readout => readout !== null);
}

async function writeParquet(file: string, rows: readonly ExportRow[]): Promise<void> {
  await mkdir(dirname(file), {recursive: true});
  const columns = exportColumns.map(({name, number}) => ({name, type: number ? "DOUBLE" : "VARCHAR"}) as const);
  await withWriter((write) =>
    write(
      join(file),
      columns,
      rows.map((row) => exportColumns.map(({name}) => row[name]))
    )
  );
}
