import type {Experiment} from "../definition/definition.ts";
import {phaseAt} from "../definition/phasesOf.ts";
import type {PhaseSpan} from "../definition/phasesOf.ts";
import type {ExperimentSums, TrafficDay} from "../sums.ts";
import {variantKeys} from "./healthInput.ts";

/** The new units of one phase, arm by arm in the order of `variantKeys`, and the weights that they should follow. */
export interface PhaseSplit {
  readonly phase: string;
  readonly weights: readonly number[];
  readonly units: readonly number[];
}

/**
 * Returns the days of new units; where the input has no dates, one day with all units; none without units.
 */
export function trafficDays({traffic, units, asOf}: Pick<ExperimentSums, "traffic" | "units" | "asOf">): TrafficDay[] {
  if (traffic.some((day) => Object.values(day.units).some((n) => n > 0))) return [...traffic];
  return Object.values(units).some((n) => n > 0) ? [{date: asOf ?? "", units}] : [];
}

/** Returns the weights of a phase in the order of the keys. */
export function weightsOf(phases: readonly PhaseSpan[], name: string, keys: readonly string[]): number[] {
  const phase = phases.find((each) => each.name === name);
  return keys.map((key) => phase?.weights[key] ?? 0);
}

/** Returns units and weights of each phase that has units, in the order of their first day. */
export function splitByPhase(
  traffic: readonly TrafficDay[],
  phases: readonly PhaseSpan[],
  experiment: Pick<Experiment, "variants">
): PhaseSplit[] {
  const keys = variantKeys(experiment);
  const units = new Map<string, number[]>();
  for (const day of traffic) {
    const phase = phaseAt(phases, day.date);
    const before = units.get(phase) ?? keys.map(() => 0);
    units.set(
      phase,
      before.map((n, i) => n + (day.units[keys[i]!] ?? 0))
    );
  }
  return [...units]
    .filter(([, counts]) => counts.some((n) => n > 0))
    .map(([phase, counts]) => ({phase, weights: weightsOf(phases, phase, keys), units: counts}));
}

/** Returns the units that each variant should have: each phase's units by that phase's weights. */
export function plannedUnits(splits: readonly PhaseSplit[]): number[] {
  const length = splits[0]?.weights.length ?? 0;
  return Array.from({length}, (_, i) =>
    splits.reduce((total, {weights, units}) => total + (weights[i] ?? 0) * units.reduce((a, b) => a + b, 0), 0)
  );
}

/** Returns shares in words, control first: `50.1% / 49.9%`. */
export function shareText(counts: readonly number[]): string {
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => `${((100 * count) / Math.max(1, total)).toFixed(1)}%`).join(" / ");
}
