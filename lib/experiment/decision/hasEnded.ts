import type {Experiment} from "../definition/definition.ts";
import {parseDays} from "../definition/parseDays.ts";
import type {Metric} from "../definition/definition.ts";
import type {PowerResult} from "../readout.ts";

/**
 * Whether the planned end is reached, so that a fixed design may be read and a sequential one spends what is left: the
 * experiment is stopped, or its last day (and after it the window in which units mature) is in the data, or a fixed
 * design without a last day has the units that its power needs, or names no such number.
 */
export function hasEnded(
  {status, end, design}: Pick<Experiment, "status" | "end" | "design">,
  primary: Metric | undefined,
  asOf: string | null,
  power: PowerResult | null
): boolean {
  if (asOf === null) return false;
  if (status === "stopped") return true;
  if (end !== undefined) {
    const wait = primary?.window === undefined || primary.mature === false ? 0 : parseDays(primary.window);
    return Date.parse(asOf) >= Date.parse(end) + wait * 86_400_000;
  }
  if (design.method !== "fixed") return false;
  const required = design.plannedUnits ?? power?.requiredUnits ?? null;
  return required === null || (power?.units ?? 0) >= required;
}
