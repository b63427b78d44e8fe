import type {DimensionPlan} from "./planSimulation.ts";
import type {EffectSpec} from "./simulateSchema.ts";

/** An effect with its exceptions looked up: for each dimension, a lift for each value (NaN: none), or null. */
export interface Effect {
  readonly lift: number;
  readonly shape: EffectSpec["shape"];
  /** Days. */
  readonly halfLife: number;
  readonly rest: number;
  readonly by: readonly (Float64Array | null)[];
}

/** Returns an effect whose exceptions are found by the codes of a unit's dimensions. */
export function effectTable(spec: EffectSpec, dimensions: readonly DimensionPlan[]): Effect {
  const by = dimensions.map(({name, values}) => {
    const lifts = spec.by[name];
    return lifts ? Float64Array.from(values, (value) => lifts[value] ?? NaN) : null;
  });
  return {lift: spec.lift, shape: spec.shape, halfLife: spec.halfLife, rest: spec.rest, by};
}

/** Returns the lift of a unit whose dimensions have these codes: that of the first exception that fits, or the common one. */
export function liftOf(effect: Effect, codes: ArrayLike<number>): number {
  for (let i = 0; i < effect.by.length; ++i) {
    const lift = effect.by[i]?.[codes[i] ?? 0];
    if (lift !== undefined && !Number.isNaN(lift)) return lift;
  }
  return effect.lift;
}

/**
 * Returns the factor on a rate or value, so many days after the exposure: 1 + lift at all times (constant), falling
 * from there to 1 + rest * lift by halves (fading), or rising to it from 1 (growing).
 */
export function multiplierAt(effect: Effect, lift: number, days: number): number {
  if (effect.shape === "constant") return 1 + lift;
  const left = Math.exp((-Math.LN2 * days) / effect.halfLife);
  if (effect.shape === "growing") return 1 + lift * (1 - left);
  return 1 + lift * (effect.rest + (1 - effect.rest) * left);
}
