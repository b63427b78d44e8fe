import {closesGate} from "../../experiment/alertsOf.ts";
import {formatDate, plural} from "../../experiment/format.ts";
import {escapeMarkdown} from "../../experiment/memo/memoMarkdown.ts";
import type {Checked} from "./checked.ts";
import {line} from "./formatTable.ts";

/**
 * Returns the alerts as annotations of a GitHub workflow, one a line: an error where the gate closes, else a warning.
 *
 * @see https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
export function formatGithub({alerts}: Checked): string {
  return alerts
    .map((alert) => {
      const {experiment, level, message, whatToDo} = alert;
      const command = closesGate(alert) ? "error" : "warning";
      return `::${command} title=${property(`${experiment}: ${level}`)}::${data(`${message} ${whatToDo}`)}\n`;
    })
    .join("");
}

/** Returns the gate's answer as the Markdown of a job summary: a table of experiments, then the alerts. */
export function formatSummary({experiments, alerts, closed}: Checked): string {
  const cell = (text: string): string => escapeMarkdown(line(text));
  const rows = experiments.map(
    ({entry, closed, alerts}) =>
      `| ${cell(entry.title)} | ${cell(entry.label ?? "not built")} | ${closed ? "**closed**" : "open"} | ${alerts.length} | ${cell(formatDate(entry.asOf))} |`
  );
  const list = alerts.map(
    ({level, title, message, whatToDo}) => `- **${level}**, ${cell(title)}: ${cell(message)} ${cell(whatToDo)}`
  );
  return [
    "## Readout check",
    "",
    `${plural(experiments.length, "experiment")}, ${plural(alerts.length, "alert")}; ${closed ? "something is blocked or severe" : "nothing is blocked or severe"}.`,
    "",
    "| Experiment | Verdict | Gate | Alerts | Data to |",
    "|---|---|---|---|---|",
    ...rows,
    "",
    ...list,
    ""
  ].join("\n");
}

function data(text: string): string {
  return line(text).replace(/%/g, "%25");
}

function property(text: string): string {
  return data(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
}
