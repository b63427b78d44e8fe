import {mkdir, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {z} from "zod";
import type {Readout, ReadoutIndex} from "../experiment/readout.ts";
import {apiVersion, reportIndexOf, reportIndexSchema, reportOf, reportSchema} from "../experiment/report.ts";

/**
 * Writes the report API into a built site: `api/experiments.json` and `api/experiments/<id>.json`, with
 * `api/experiments.schema.json` and `api/experiment.schema.json` beside them. All addresses in it are relative, so it
 * works under any base.
 */
export async function writeApi(folder: string, published: PublishedReadouts): Promise<void> {
  await mkdir(join(folder, "api", "experiments"), {recursive: true});
  for (const [name, text] of apiFiles(published)) await writeFile(join(folder, "api", name), text);
}

/** What the report API tells of. */
export interface PublishedReadouts {
  readonly index: ReadoutIndex;
  readonly readouts: readonly Readout[];
}

/**
 * Returns the files of the report API, names and texts.
 *
 * @param options.only experiments whose reports are wanted; default: all. The list of all comes first, reports last.
 */
export function apiFiles(
  {index, readouts}: PublishedReadouts,
  {only}: {only?: readonly string[]} = {}
): [name: string, text: string][] {
  const present = new Set(readouts.map(({id}) => id));
  const listed = reportIndexOf(index);
  const list = {
    ...listed,
    experiments: listed.experiments.map((line) => (present.has(line.id) ? line : {...line, report: null}))
  };
  const files: [string, unknown][] = [
    ["experiments.schema.json", schemaOf("api/experiments.json", reportIndexSchema)],
    ["experiment.schema.json", schemaOf("api/experiments/<id>.json", reportSchema)],
    ["experiments.json", list],
    ...readouts
      .filter(({id}) => only?.includes(id) ?? true)
      .map((readout): [string, unknown] => [join("experiments", `${readout.id}.json`), reportOf(readout)])
  ];
  return files.map(([name, value]) => [name, `${JSON.stringify(value)}\n`]);
}

/** The schema as JSON Schema. It lets fields be that it does not name: a later build may add some within a version. */
function schemaOf(title: string, schema: z.ZodType): object {
  const description = `Version ${apiVersion}. Within a version fields are added, never renamed, removed or given another meaning.`;
  return {title, description, ...z.toJSONSchema(schema, {io: "input"})};
}
