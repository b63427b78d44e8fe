import {alphaSpendingBoundaries, asymptoticConfidenceSequence} from "../../lib/sequential/index.ts";
import {normal} from "../../lib/stats/index.ts";

/** Ways to read the same experiment night after night. */
export const rules = ["naive", "group-sequential", "always-valid", "fixed"] as const;
export type Rule = (typeof rules)[number];

/** When each rule calls a difference: |z| at least this, by night; Infinity where it does not look. */
export type Bounds = Readonly<Record<Rule, readonly number[]>>;

/**
 * Returns the bounds of all rules for nights with so many mature units each: 1.96 every night; O'Brien-Fleming's by alpha spending; the
 * confidence sequence tuned at the end; 1.96 on the last night alone. Each but the first has an error rate of alpha over all nights.
 */
export function peekingBounds(mature: readonly number[], {alpha = 0.05}: {alpha?: number} = {}): Bounds {
  const total = mature.at(-1) ?? 1;
  const single = normal.upperQuantile(alpha / 2);
  return {
    naive: mature.map(() => single),
    "group-sequential": alphaSpendingBoundaries(
      mature.map((n) => n / total),
      {alpha}
    ).z,
    "always-valid": mature.map((n) => asymptoticConfidenceSequence(0, 1, n, {alpha, tuneAt: total}).multiplier),
    fixed: mature.map((_, i) => (i === mature.length - 1 ? single : Infinity))
  };
}

/** Returns the first night (from 0) on which a rule calls a difference; -1 if it never does. */
export function firstCall(z: readonly number[], bounds: readonly number[]): number {
  return z.findIndex((value, night) => Math.abs(value) >= (bounds[night] ?? Infinity));
}
