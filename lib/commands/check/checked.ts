import {alertLevels, alertsOf, closesGate} from "../../experiment/alertsOf.ts";
import type {Alert} from "../../experiment/alertsOf.ts";
import type {IndexEntry} from "../../experiment/readout.ts";
import type {Published} from "./readPublished.ts";

/** One experiment with its alerts. */
export interface CheckedExperiment {
  readonly entry: IndexEntry;
  readonly alerts: readonly Alert[];
  /** Whether it closes the gate. */
  readonly closed: boolean;
}

/** What the gate found. */
export interface Checked {
  readonly experiments: readonly CheckedExperiment[];
  /** Of all experiments, worst first, of equal ones the newest first. */
  readonly alerts: readonly Alert[];
  readonly closed: boolean;
}

/** Returns what there is to say of published experiments by a clock, in milliseconds since 1970. */
export function checked(published: readonly Published[], now: number): Checked {
  const experiments = published.map(({entry, readout}) => {
    const alerts = alertsOf(entry, readout, now);
    return {entry, alerts, closed: alerts.some(closesGate)};
  });
  const alerts = experiments
    .flatMap((each) => each.alerts)
    .toSorted(
      (a, b) =>
        alertLevels.indexOf(b.level) - alertLevels.indexOf(a.level) || (b.date ?? "").localeCompare(a.date ?? "")
    );
  return {experiments, alerts, closed: experiments.some((each) => each.closed)};
}
