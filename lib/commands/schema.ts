import {join} from "node:path";
import type {Command} from "commander";
import {Option} from "commander";
import type {SchemaName} from "../experiment/definition/jsonSchemas.ts";
import {jsonSchema, schemaNames} from "../experiment/definition/jsonSchemas.ts";
import {writeBeside} from "./atomic.ts";

const help = `
Editors complete and check the YAML when its first line names the schema. After
  readout schema --out .readout/schemas
write on top of data/experiments/<id>.yaml
  # yaml-language-server: $schema=../../.readout/schemas/experiment.json
and on top of data/metrics.yaml and data/sources.yaml
  # yaml-language-server: $schema=../.readout/schemas/metrics.json
  # yaml-language-server: $schema=../.readout/schemas/sources.json
Visual Studio Code needs its YAML extension for that. What takes the whole folder to know
(an unknown metric, weights that do not add up) is told by readout validate.`;

/** Adds the options and the action of `readout schema`. */
export function register(command: Command): void {
  command
    .addOption(new Option("--name <name>", "only this schema").choices(schemaNames))
    .option("--out <dir>", "write <name>.json files into this folder instead of printing")
    .addHelpText("after", help)
    .action(async ({name, out}: {name?: SchemaName; out?: string}) => {
      const names = name === undefined ? schemaNames : [name];
      if (out !== undefined) {
        for (const each of names) await writeBeside(join(out, `${each}.json`), print(jsonSchema(each)));
        process.stdout.write(names.map((each) => `${join(out, `${each}.json`)}\n`).join(""));
      } else if (name !== undefined) process.stdout.write(print(jsonSchema(name)));
      else process.stdout.write(print(Object.fromEntries(schemaNames.map((each) => [each, jsonSchema(each)]))));
    });
}

function print(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
