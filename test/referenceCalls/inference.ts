import {adjustPValues, type MultiplicityMethod} from "../../lib/stats/multiplicity.ts";
import {betaBinomial, betaBinomialBest, type BinomialArm} from "../../lib/stats/betaBinomial.ts";
import {effectTrend} from "../../lib/stats/effectTrend.ts";
import {normalPosterior, type NormalArm} from "../../lib/stats/normalPosterior.ts";
import {cohensHSampleSize, unpooledSampleSize} from "../../lib/stats/proportionPower.ts";
import {tTestSampleSize} from "../../lib/stats/meanPower.ts";
import {segmentShrinkage} from "../../lib/stats/segmentShrinkage.ts";
import type {PowerOptions} from "../../lib/stats/power.ts";

type Case = PowerOptions & {
  pValues: number[];
  method: MultiplicityMethod;
  prior: [number, number];
  control: BinomialArm & NormalArm;
  treatment: BinomialArm & NormalArm;
  arms: BinomialArm[];
  time: number[];
  effects: number[];
  standardErrors: number[];
  baseline: number;
  relativeEffect: number;
  effectSize: number;
};

type PowerCase = Omit<Case, "treatment"> & {treatment: number};

/** The library's call for each `fn` of the reference files that is about more than two arms, power, or belief. */
export const calls: Record<string, (c: Case & PowerCase) => unknown> = {
  adjustPValues: ({pValues, method}: Case) => adjustPValues(pValues, method),
  betaBinomial: ({control, treatment, prior}: Case) => betaBinomial(control, treatment, {prior}),
  probabilityBest: ({arms, prior}: Case) => betaBinomialBest(arms, {prior}).probabilityBest,
  normalPosterior: ({control, treatment}: Case) => normalPosterior(control, treatment),
  effectTrend: ({time, effects, standardErrors}: Case) => effectTrend(time, effects, standardErrors),
  segmentShrinkage: ({effects, standardErrors}: Case) => segmentShrinkage(effects, standardErrors),
  cohensHSampleSize: ({baseline, treatment, ...options}: PowerCase) =>
    cohensHSampleSize(baseline, treatment, powerOptions(options)),
  unpooledSampleSize: ({baseline, relativeEffect, ...options}: PowerCase) => ({
    nPerArmCeil: unpooledSampleSize(baseline, relativeEffect, powerOptions(options)).nControlCeil
  }),
  tTestSampleSize: ({effectSize, ...options}: PowerCase) => tTestSampleSize(effectSize, powerOptions(options))
};

function powerOptions({alpha, power, ratio, alternative}: PowerOptions): PowerOptions {
  return {alpha, power, ratio, alternative};
}
