import {stripVTControlCharacters} from "node:util";
import {plural} from "../../experiment/format.ts";
import {plainText} from "../../experiment/memo/plainText.ts";
import type {Checked} from "./checked.ts";

/** Returns the gate's answer as a table for a terminal: an experiment a line, then its alerts with what to do. */
export function formatTable({experiments, alerts}: Checked): string {
  const rows = experiments.map(({entry, closed, alerts}) => [
    line(entry.id),
    line(entry.label ?? "not built"),
    closed ? "closed" : "open",
    alerts.length === 0 ? "" : alerts.map(({level}) => level).reduce(counted, new Map<string, number>()),
    entry.asOf ?? "no data"
  ]);
  const head = ["experiment", "verdict", "gate", "alerts", "data to"];
  const cells = [head, ...rows].map((row) => row.map((cell) => (typeof cell === "string" ? cell : sayCounts(cell))));
  const widths = head.map((_, i) => Math.max(...cells.map((row) => [...(row[i] ?? "")].length)));
  const table = cells.map((row) =>
    row
      .map((cell, i) => cell + " ".repeat((widths[i] ?? 0) - [...cell].length))
      .join("  ")
      .trimEnd()
  );
  const list = alerts.map(
    ({level, experiment, message, whatToDo}) => `${level}  ${line(experiment)}: ${line(message)}\n  ${line(whatToDo)}`
  );
  const closed = experiments.filter((each) => each.closed).length;
  const sum = `${plural(experiments.length, "experiment")}, ${plural(alerts.length, "alert")}; ${
    closed === 0 ? "nothing is blocked or severe" : `${closed} blocked or severe`
  }`;
  return `${[...table, ...(list.length > 0 ? ["", ...list] : []), "", sum].join("\n")}\n`;
}

/** Returns text that stays on its line and cannot steer a terminal. */
export function line(text: string): string {
  return plainText(stripVTControlCharacters(text)).replace(/\s+/g, " ").trim();
}

function counted(counts: Map<string, number>, level: string): Map<string, number> {
  return counts.set(level, (counts.get(level) ?? 0) + 1);
}

function sayCounts(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([level, n]) => `${n} ${level}`).join(", ");
}
