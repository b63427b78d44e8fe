import {mkdir, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {z} from "zod";
import type {Readout, ReadoutIndex} from "../experiment/readout.ts";
import {reportIndexOf, reportIndexSchema, reportOf, reportSchema} from "../experiment/report.ts";

/**
 * Writes the report API into a built site: `api/experiments.json` and `api/experiments/<id>.json`, with
 * `api/experiments.schema.json` and `api/experiment.schema.json` beside them. All addresses in it are relative, so it
 * works under any base.
 */
export async function writeApi(
  folder: string,
  {index, readouts}: {index: ReadoutIndex; readouts: readonly Readout[]}
): Promise<void> {
  const api = join(folder, "api");
  await mkdir(join(api, "experiments"), {recursive: true});
  const write = (name: string, value: unknown): Promise<void> =>
    writeFile(join(api, name), `${JSON.stringify(value)}\n`);
  const present = new Set(readouts.map(({id}) => id));
  const listed = reportIndexOf(index);
  await write("experiments.json", {
    ...listed,
    experiments: listed.experiments.map((line) => (present.has(line.id) ? line : {...line, report: null}))
  });
  for (const readout of readouts) await write(join("experiments", `${readout.id}.json`), reportOf(readout));
  await write("experiments.schema.json", {title: "api/experiments.json", ...z.toJSONSchema(reportIndexSchema)});
  await write("experiment.schema.json", {title: "api/experiments/<id>.json", ...z.toJSONSchema(reportSchema)});
}
