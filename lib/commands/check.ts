import {appendFile} from "node:fs/promises";
import type {Command} from "commander";
import {InvalidArgumentError, Option} from "commander";
import type {Checked} from "./check/checked.ts";
import {checked} from "./check/checked.ts";
import {formatGithub, formatSummary} from "./check/formatGithub.ts";
import {formatJunit} from "./check/formatJunit.ts";
import {formatTable, line} from "./check/formatTable.ts";
import {readPublished} from "./check/readPublished.ts";
import {dataOption} from "./dataOption.ts";
import {UserError} from "./errors.ts";
import {exitCodes} from "./exitCodes.ts";
import {readoutsOption} from "./readoutsOption.ts";
import {redacted} from "./secrets.ts";

interface Flags {
  readonly data: string;
  readonly readouts: string;
  readonly format: "table" | "json" | "junit" | "github";
  readonly only?: readonly string[];
  readonly running?: boolean;
  readonly notify?: boolean;
  readonly history?: string;
  readonly now?: number;
}

/** Adds the options and the action of `readout check`. */
export function register(command: Command): void {
  command
    .addOption(readoutsOption())
    .addOption(
      new Option("--format <format>", "how to print what was found")
        .choices(["table", "json", "junit", "github"])
        .default("table")
    )
    .option("--only <id...>", "look at these experiments only")
    .option("--running", "look at running and paused experiments only")
    .option("--notify", "post alerts that are new to the webhooks of sources.yaml")
    .addOption(dataOption())
    .option(
      "--history <dir>",
      "folder that remembers what was posted (default: that of sources.yaml, else history/ beside the data)"
    )
    .addOption(
      new Option(
        "--now <time>",
        "the time by which data are stale, 2026-01-31 or 2026-01-31T06:00:00Z (default: now)"
      ).argParser(parseTime)
    )
    .addHelpText(
      "after",
      "\nReads what readout build wrote, and no data. Ends with 0 if nothing is blocked or severe, 1 if something is,\n" +
        "2 if it could not run. In a GitHub workflow --format github also writes the job's summary."
    )
    .action(check);
}

async function check(flags: Flags): Promise<void> {
  const now = flags.now ?? Date.now();
  const found = await find(flags, now);
  process.stdout.write(redacted(formatted(found, flags.format, now)));
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (flags.format === "github" && summary) await appendFile(summary, redacted(formatSummary(found)));
  process.exitCode = found.closed ? exitCodes.nothing : exitCodes.fine;
  if (flags.notify) await tell(found, flags, now);
}

async function find({readouts, only, running}: Flags, now: number): Promise<Checked> {
  const published = await readPublished(readouts);
  const unknown = (only ?? []).filter((id) => !published.some(({entry}) => entry.id === id));
  if (unknown.length > 0) throw new UserError(`unknown experiment: ${unknown.join(", ")}; not in ${readouts}`);
  return checked(
    published.filter(
      ({entry: {id, status}}) =>
        (only === undefined || only.includes(id)) && (!running || status === "running" || status === "paused")
    ),
    now
  );
}

function formatted(found: Checked, format: Flags["format"], now: number): string {
  switch (format) {
    case "table":
      return formatTable(found);
    case "junit":
      return formatJunit(found);
    case "github":
      return formatGithub(found);
    case "json":
      return `${JSON.stringify(
        {
          now: new Date(now).toISOString(),
          closed: found.closed,
          experiments: found.experiments.map(({entry, closed, alerts}) => ({
            id: entry.id,
            title: entry.title,
            status: entry.status,
            verdict: entry.verdict,
            asOf: entry.asOf,
            closed,
            alerts
          }))
        },
        null,
        2
      )}\n`;
  }
}

/** Posts news and says on stderr what became of it. Where nobody could be told, the command could not do its work. */
async function tell({alerts}: Checked, {data, history}: Flags, now: number): Promise<void> {
  // What only news need is loaded for them: definitions, and the build with its engine.
  const {loadDefinitions} = await import("./loadDefinitions.ts");
  const {historyOf} = await import("./build.ts");
  const {notify} = await import("./check/notify.ts");
  const definitions = await loadDefinitions(data);
  const {webhooks} = definitions.sources;
  if (Object.keys(webhooks).length === 0)
    throw new UserError("missing webhooks: --notify posts to those of sources.yaml, which names none");
  const notified = await notify(alerts, {
    webhooks,
    historyDir: history ?? historyOf(data, definitions),
    today: new Date(now).toISOString().slice(0, 10)
  });
  for (const {webhook, alerts: count, failure} of notified)
    process.stderr.write(
      redacted(
        failure === null
          ? `${webhook}: ${count === 0 ? "nothing new" : `told of ${count}`}\n`
          : `${webhook}: not told of ${count}: ${line(failure)}\n`
      )
    );
  if (notified.every(({failure}) => failure !== null) && process.exitCode === exitCodes.fine)
    process.exitCode = exitCodes.unable;
}

function parseTime(text: string): number {
  const time = Date.parse(text);
  if (!Number.isFinite(time)) throw new InvalidArgumentError("not a date such as 2026-01-31T06:00:00Z");
  return time;
}
