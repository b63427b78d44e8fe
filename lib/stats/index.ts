export {beta, chiSquare, F, normal, t} from "./distributions.ts";
export {noncentralT} from "./noncentralT.ts";
export {sums} from "./moments.ts";
export type {Letter, Moments, Origin, Sum} from "./moments.ts";
export {adjustedIntervals} from "./adjustedIntervals.ts";
export type {Adjustable, AdjustedInterval} from "./adjustedIntervals.ts";
export {adjustedLevels, isMultiplicityMethod} from "./adjustedLevels.ts";
export type {AdjustedLevels, IntervalKind} from "./adjustedLevels.ts";
export {adjustPValues, multiplicityMethods} from "./multiplicity.ts";
export type {MultiplicityMethod} from "./multiplicity.ts";
export {betaBinomial, betaBinomialBest} from "./betaBinomial.ts";
export type {BetaBinomialOptions, BinomialArm} from "./betaBinomial.ts";
export type {Belief, ManyArmPosterior, TwoArmPosterior} from "./comparePosteriors.ts";
export {effectPosterior, normalBest, normalPosterior} from "./normalPosterior.ts";
export type {EffectPosterior, NormalArm, NormalPosteriorOptions} from "./normalPosterior.ts";
export {daysNeeded, forecastUnits} from "./duration.ts";
export type {DaysNeeded, TrafficOptions} from "./duration.ts";
export {effectTrend} from "./effectTrend.ts";
export type {EffectTrend} from "./effectTrend.ts";
export {segmentShrinkage} from "./segmentShrinkage.ts";
export type {SegmentShrinkage} from "./segmentShrinkage.ts";
export {shiftForPower, zPower} from "./power.ts";
export type {PowerOptions, SampleSize} from "./power.ts";
export {
  cohensH,
  cohensHMinimumEffect,
  cohensHPower,
  cohensHSampleSize,
  unpooledMinimumEffect,
  unpooledPower,
  unpooledSampleSize
} from "./proportionPower.ts";
export type {MinimumEffect} from "./proportionPower.ts";
export {
  meanMinimumEffect,
  meanPower,
  meanSampleSize,
  tTestMinimumEffectSize,
  tTestPower,
  tTestSampleSize
} from "./meanPower.ts";
export type {MetricSpread} from "./meanPower.ts";
export {expectedVarianceReduction, spreadOfMean, spreadOfRatio} from "./metricSpread.ts";
export type {MeasuredSpread} from "./metricSpread.ts";
export {currentPower} from "./currentPower.ts";
export type {CurrentComparison, CurrentPower} from "./currentPower.ts";
