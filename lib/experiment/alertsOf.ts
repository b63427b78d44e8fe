import {formatDate, plural} from "./format.ts";
import {freshness} from "./freshness.ts";
import type {IndexEntry, Readout} from "./readout.ts";

/** How bad an alert is, best first; from `blocked` on the gate closes. */
export const alertLevels = ["warning", "worsened", "blocked", "severe"] as const;

export type AlertLevel = (typeof alertLevels)[number];

/** Something that somebody should look at. */
export interface Alert {
  readonly experiment: string;
  readonly title: string;
  readonly owner: string | null;
  readonly kind: "health" | "guardrail" | "freshness" | "build";
  /** Names it within its experiment and kind, also on later days: a check, or metric and variant of a guardrail. */
  readonly key: string;
  readonly level: AlertLevel;
  readonly message: string;
  readonly whatToDo: string;
  readonly date: string | null;
}

/** What of a readout alerts are made from. */
export type AlertSource = Pick<Readout, "health" | "timezone"> & {
  readonly metrics: readonly Pick<Readout["metrics"][number], "key" | "guardrail">[];
};

/** Whether an alert closes the gate: blocked health, a severe guardrail, no readout at all. */
export function closesGate({level}: Pick<Alert, "level">): boolean {
  return alertLevels.indexOf(level) >= alertLevels.indexOf("blocked");
}

/**
 * Returns all alerts of an experiment, worst first: health checks that are not ok, guardrails that worsened or are
 * severe, data that are older than their schedule allows by the clock, a build that failed.
 *
 * @param entry the experiment's line of the index
 * @param readout null where there is none, or none that can be read
 * @param now milliseconds since 1970
 */
export function alertsOf(entry: IndexEntry, readout: AlertSource | null, now: number): Alert[] {
  const base = {experiment: entry.id, title: entry.title, owner: entry.owner};
  const alerts: Alert[] = [];
  if (readout === null || entry.error !== null)
    alerts.push({
      ...base,
      kind: "build",
      key: "build",
      level: "blocked",
      message: `There is no readout: ${entry.error ?? "readout.json is missing or cannot be read"}.`.replace(
        /\.\.$/,
        "."
      ),
      whatToDo: "Mend the definition or the source, and build again.",
      date: entry.asOf
    });
  else if (entry.stale !== null)
    alerts.push({
      ...base,
      kind: "build",
      key: "stale",
      level: "warning",
      message: `The last build failed, the readout is older: ${entry.stale}`,
      whatToDo: "Mend the source, and build again.",
      date: entry.asOf
    });
  const timezone = readout?.timezone;
  const {stale, daysBehind} = freshness(entry, now, timezone === undefined ? {} : {timezone});
  if (stale)
    alerts.push({
      ...base,
      kind: "freshness",
      key: "freshness",
      level: "warning",
      message: `The data end on ${entry.asOf === null ? "no day at all" : formatDate(entry.asOf)}, ${plural(daysBehind ?? 0, "day")} behind; new ones are due every ${entry.schedule === 1 ? "day" : plural(entry.schedule, "day")}.`,
      whatToDo: "Check that the nightly build runs, and that its source still gets rows.",
      date: entry.asOf
    });
  for (const {key, status, message, whatToDo, date} of readout?.health.checks ?? [])
    if (status !== "ok")
      alerts.push({...base, kind: "health", key, level: status, message, whatToDo, date: date ?? entry.asOf});
  for (const {key, guardrail} of readout?.metrics ?? [])
    for (const {variant, status, sentence} of guardrail ?? [])
      if (status === "severe" || status === "worsened")
        alerts.push({
          ...base,
          kind: "guardrail",
          key: `${key}/${variant}`,
          level: status,
          message: `${variant}: ${sentence}`,
          whatToDo:
            status === "severe"
              ? "Roll the variant back, then find out why."
              : "Do not ship the variant as it is; find out why.",
          date: entry.asOf
        });
  return alerts.toSorted((a, b) => alertLevels.indexOf(b.level) - alertLevels.indexOf(a.level));
}
