import {daysBetween} from "./format.ts";
import type {IndexEntry, Readout} from "./readout.ts";

/** Returns the home page's line of a readout. `schedule`: days after which its data are stale. */
export function indexEntryOf(readout: Readout, {schedule}: {schedule: number}): IndexEntry {
  const primary = readout.metrics.find(({role}) => role === "primary");
  const comparison =
    primary?.comparisons.find(({variant}) => variant === readout.decision.variant) ?? primary?.comparisons[0];
  const units = readout.variants.reduce((sum, {units}) => sum + units, 0);
  return {
    id: readout.id,
    title: readout.title,
    owner: readout.owner,
    tags: readout.tags,
    status: readout.status,
    verdict: readout.decision.verdict,
    label: readout.decision.label,
    sentence: readout.decision.sentence,
    health: readout.health.status,
    start: readout.start,
    end: readout.end,
    asOf: readout.asOf,
    units,
    plannedUnits: primary?.sequential?.plannedUnits ?? primary?.power?.requiredUnits ?? null,
    days: readout.asOf === null ? 0 : daysBetween(readout.start, readout.asOf),
    plannedDays: readout.end === null ? null : daysBetween(readout.start, readout.end),
    schedule,
    runId: readout.runId,
    stale: readout.stale?.reason ?? null,
    error: null,
    primary:
      primary === undefined || comparison === undefined
        ? null
        : {
            key: primary.key,
            name: primary.name,
            direction: primary.direction,
            variant: comparison.variant,
            relativeDifference: comparison.relativeDifference,
            relativeInterval: comparison.relativeInterval,
            level: comparison.level
          },
    alerts: readout.health.checks
      .filter(({status}) => status !== "ok")
      .map(({key, status, message, whatToDo, date}) => ({key, status, message, whatToDo, date: date ?? readout.asOf}))
  };
}
