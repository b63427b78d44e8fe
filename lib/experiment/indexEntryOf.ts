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
    alerts: [...healthAlerts(readout), ...guardrailAlerts(readout)]
  };
}

function healthAlerts({health, asOf}: Readout): IndexEntry["alerts"] {
  return health.checks
    .filter(({status}) => status !== "ok")
    .map(({key, status, message, whatToDo, date}) => ({key, status, message, whatToDo, date: date ?? asOf}));
}

/** Guardrails that are broken, as alerts: severe ones weigh as much as a check that blocks. */
function guardrailAlerts({metrics, asOf}: Readout): IndexEntry["alerts"] {
  return metrics.flatMap(({key, guardrail}) =>
    (guardrail ?? [])
      .filter(({status}) => status === "severe" || status === "worsened")
      .map(({status, sentence, variant}) => ({
        key: `guardrail-${key}-${variant}`,
        status: status === "severe" ? ("blocked" as const) : ("warning" as const),
        message: sentence,
        whatToDo:
          status === "severe"
            ? "Roll the treatment back, or defend the loss in writing."
            : "Weigh the loss before the gain is shipped.",
        date: asOf
      }))
  );
}
