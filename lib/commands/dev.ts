import {watch} from "node:fs";
import {join, resolve} from "node:path";
import type {Command} from "commander";
import {buildReadouts} from "./build.ts";
import {dataOption} from "./dataOption.ts";
import {describeError} from "./errors.ts";
import {projectFolder, startFramework} from "./framework.ts";
import {makeDemoLogs} from "./publish.ts";

interface Options {
  readonly data: string;
  readonly port?: string;
  readonly host?: string;
  readonly open: boolean;
}

/** Adds the options and action of `readout dev`: a preview that follows the pages and the definitions. */
export function register(command: Command): void {
  command
    .addOption(dataOption())
    .option("--port <number>", "port of the preview; default: the first free one from 3000")
    .option("--host <name>", "address of the preview; default: 127.0.0.1")
    .option("--no-open", "do not open a browser")
    .addHelpText(
      "after",
      "\nComputes all readouts, then shows the site and follows changes of the pages and of the definitions."
    )
    .action(dev);
}

async function dev({data, port, host, open}: Options): Promise<void> {
  const outDir = join(projectFolder, "src", "readouts");
  const rebuild = async (only?: readonly string[]): Promise<void> => {
    try {
      await makeDemoLogs(data, only);
      await buildReadouts({dataDir: data, outDir, ...(only ? {only} : {})});
    } catch (error) {
      process.stderr.write(`${describeError(error)}\n`);
    }
  };
  await rebuild();
  const stop = watchDefinitions(data, rebuild);
  const child = startFramework(
    ["preview", ...(port ? ["--port", port] : []), ...(host ? ["--host", host] : []), ...(open ? [] : ["--no-open"])],
    {data},
    {stdio: "inherit"}
  );
  const end = () => child.kill();
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  process.exitCode = await new Promise<number>((done) => child.on("close", (code) => done(code ?? 0)));
  process.off("SIGINT", end);
  process.off("SIGTERM", end);
  stop();
}

/**
 * Calls `rebuild` with the experiments that a change under the data folder concerns, or with none for all of them: one
 * call at a time, and one for a burst of changes. Pages follow by themselves, since their files change.
 *
 * @param options.quiet milliseconds without another change before it starts
 * @returns what stops it
 */
export function watchDefinitions(
  dataDir: string,
  rebuild: (only?: readonly string[]) => Promise<void>,
  {quiet = 150}: {quiet?: number} = {}
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let changed = new Set<string>();
  let all = false;

  const start = () => {
    const only = all ? undefined : [...changed];
    changed = new Set();
    all = false;
    running = running.then(() => rebuild(only));
  };
  const watcher = watch(resolve(dataDir), {recursive: true}, (_event, file) => {
    const concerns = file === null ? "all" : concernsOf(String(file));
    if (concerns === null) return;
    if (concerns === "all") all = true;
    else changed.add(concerns);
    clearTimeout(timer);
    timer = setTimeout(start, quiet);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

/** Returns the experiment that a file of the data folder defines, `all` for shared definitions, null for everything else. */
export function concernsOf(file: string): string | null {
  const path = file.replaceAll("\\", "/");
  const experiment = /^experiments\/([A-Za-z0-9][\w-]*)\.ya?ml$/.exec(path)?.[1];
  if (experiment !== undefined) return experiment;
  return /^[^/.][^/]*\.ya?ml$/.test(path) ? "all" : null;
}
