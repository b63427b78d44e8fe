import {planSimulation, sumDays} from "../../lib/simulate/index.ts";
import type {SimulationPlan} from "../../lib/simulate/index.ts";
import {compareProportions} from "../../lib/stats/index.ts";

/** Units that enter on a day of these small experiments, and the share of them that converts. */
export const UNITS_A_DAY = 100;
export const BASELINE = 0.2;

/** Returns the plan of an experiment without an effect that is looked at on so many nights; a unit counts after one day. */
export function peekingPlan(nights: number): SimulationPlan {
  return planSimulation({
    id: "peeking",
    start: "2026-01-05",
    variants: {control: {weight: 0.5}, treatment: {weight: 0.5}},
    simulate: {
      seed: 0,
      units: nights * UNITS_A_DAY,
      entries: `${nights}d`,
      days: `${nights + 1}d`,
      events: {purchase: {kind: "conversion", probability: BASELINE, within: "1d", delay: "0.3d"}}
    }
  });
}

/** Returns z at the end of each night of one experiment; another experiment for every seed. */
export function peekingRun(plan: SimulationPlan, seed: number): number[] {
  const z: number[] = [];
  for (const {time, mature} of sumDays({...plan, seed}, {event: "purchase", window: 1})) {
    const [control, treatment] = mature;
    if (time >= 2 && control && treatment) z.push(compareProportions(control, treatment).statistic ?? 0);
  }
  return z;
}

/** Returns the units that are mature at the end of each night: the same in every run. */
export function matureUnits({firstUnit, entries}: SimulationPlan): number[] {
  return Array.from({length: entries}, (_, night) => firstUnit[night + 1] ?? 0);
}
