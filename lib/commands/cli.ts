import {readFile} from "node:fs/promises";
import {Command, CommanderError} from "commander";
import {describeError, exitCodeOf} from "./errors.ts";
import {exitCodes} from "./exitCodes.ts";

/** What a command's file exports: it adds its options, arguments and action to the command that it is given. */
interface CommandModule {
  register(command: Command): void;
}

/** The commands, in the order of --help. Each is loaded when it is asked for, so that --help and a typo answer at once. */
const commands: readonly {name: string; summary: string; load: () => Promise<CommandModule>}[] = [
  {name: "build", summary: "compute the readouts from the logs", load: () => import("./build.ts")},
  {name: "publish", summary: "build readouts and pages into dist/", load: () => import("./publish.ts")},
  {name: "dev", summary: "preview the site with live reload", load: () => import("./dev.ts")},
  {name: "check", summary: "say what is blocked or severe, for CI", load: () => import("./check.ts")},
  {name: "memo", summary: "write an experiment's memo", load: () => import("./memo.ts")},
  {name: "pdf", summary: "print an experiment's page", load: () => import("./pdf.ts")},
  {name: "watch", summary: "rebuild what changes, on a launch day", load: () => import("./watch.ts")},
  {name: "export", summary: "write the numbers as CSV, Parquet, JSON or to MLflow", load: () => import("./export.ts")},
  {name: "sql", summary: "print the query that makes a cube, for a warehouse", load: () => import("./sql.ts")},
  {name: "validate", summary: "check the definitions", load: () => import("./validate.ts")},
  {name: "schema", summary: "print JSON Schemas, so that editors complete the YAML", load: () => import("./schema.ts")},
  {name: "simulate", summary: "write the demo's logs, from the seeds in its YAML", load: () => import("./simulate.ts")}
];

/**
 * Runs the command line and sets the exit code; never throws.
 *
 * @param args what follows the program's name
 */
export async function run(args: readonly string[]): Promise<void> {
  // A reader such as head may close the pipe before all is written.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  // What escapes from a stream or a timer is printed without secrets too.
  process.on("uncaughtException", (error) => {
    process.stderr.write(`${describeError(error)}\n`);
    process.exit(exitCodeOf(error));
  });
  try {
    const program = await createProgram(args);
    await program.parseAsync(args.length === 0 ? ["--help"] : args, {from: "user"});
    if (args.length === 0) process.exitCode = exitCodes.unable;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its message already.
      process.exitCode = error.exitCode === 0 && args.length > 0 ? exitCodes.fine : exitCodes.unable;
      return;
    }
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command("readout")
    .description("Readouts of A/B tests as a static site: no server, no service, only files.")
    .usage("<command> [options]")
    .version(await version(), "-V, --version")
    .showHelpAfterError("(readout --help lists the commands; readout <command> --help its options)")
    .exitOverride();
  for (const {name, summary, load} of commands) {
    const command = program.command(name).description(summary).copyInheritedSettings(program);
    if (args.includes(name)) (await load()).register(command);
  }
  return program;
}

async function version(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  const {version}: {version: string} = JSON.parse(text);
  return version;
}
