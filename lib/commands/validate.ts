import type {Command} from "commander";
import {Option} from "commander";
import type {DefinitionError} from "../experiment/definition/definitionErrors.ts";
import {parseDefinitions} from "../experiment/definition/parseDefinitions.ts";
import {dataOption} from "./dataOption.ts";
import {DefinitionsError} from "./errors.ts";
import {exitCodes} from "./exitCodes.ts";
import {readDefinitionFiles} from "./readDefinitionFiles.ts";
import {rememberSecrets} from "./secrets.ts";

type Format = "text" | "json" | "github";

/** Adds the options and the action of `readout validate`. */
export function register(command: Command): void {
  command
    .addOption(dataOption())
    .addOption(
      new Option("--format <format>", "how to print errors").choices(["text", "json", "github"]).default("text")
    )
    .addHelpText(
      "after",
      "\nReads no data. Ends with 0 if all is well and with 2 if not; all errors of all files show at once."
    )
    .action(async ({data, format}: {data: string; format: Format}) => validate(data, format));
}

async function validate(dataDir: string, format: Format): Promise<void> {
  const {definitions, errors, secrets} = parseDefinitions(await readDefinitionFiles(dataDir), {
    environment: process.env
  });
  rememberSecrets(secrets);
  if (format === "json") process.stdout.write(`${JSON.stringify({errors}, null, 2)}\n`);
  if (format === "github") process.stdout.write(errors.map(annotation).join(""));
  if (errors.length > 0 && format !== "text") {
    process.exitCode = exitCodes.unable;
    return;
  }
  if (errors.length > 0) throw new DefinitionsError(errors);
  if (format === "json") return;
  const {experiments, metrics, sources} = definitions;
  const counts = [
    counted(experiments.length, "experiment"),
    counted(Object.keys(metrics).length, "metric"),
    counted(Object.keys(sources.facts).length, "fact")
  ];
  process.stdout.write(`${dataDir}: ${counts.join(", ")}; no errors\n`);
}

/** Returns an error as an annotation of a GitHub workflow. */
function annotation({file, line, column, message}: DefinitionError): string {
  const property = (text: string) => escaped(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
  return `::error file=${property(file)},line=${line},col=${column}::${escaped(message)}\n`;
}

function escaped(text: string): string {
  return text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
