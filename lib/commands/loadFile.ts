import {mkdtemp, readFile, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join, resolve} from "node:path";
import {parseArgs} from "node:util";
import {historyOf} from "./build.ts";
import {buildOne} from "./buildOne.ts";
import {UserError, describeError} from "./errors.ts";
import {loadDefinitions} from "./loadDefinitions.ts";
import {readMemory, readPins} from "./memoryFiles.ts";

/**
 * Writes one published file of one experiment to stdout: what a data loader of the preview does. It computes what
 * `readout build` would have written, to the byte, and keeps nothing.
 *
 * @param name such as `path.parquet`
 * @param args command line: `--experiment=<id>`, as the preview calls loaders
 */
export async function loadFile(name: string, args: readonly string[] = process.argv.slice(2)): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "readout-"));
  try {
    const {values} = parseArgs({args: [...args], options: {experiment: {type: "string"}}, strict: false});
    const dataDir = process.env.READOUT_DATA ?? "data";
    const definitions = await loadDefinitions(dataDir);
    const experiment = definitions.experiments.find(({id}) => id === values.experiment);
    if (experiment === undefined) throw new UserError(`unknown experiment: ${String(values.experiment)}`);
    const historyDir = resolve(historyOf(dataDir, definitions));
    const memory = await readMemory(historyDir, experiment.id);
    const pins = await readPins(historyDir, experiment.id);
    await buildOne(experiment, definitions, {dataDir, folder, memory, pins});
    process.stdout.write(await readFile(join(folder, name)));
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = 1;
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}
