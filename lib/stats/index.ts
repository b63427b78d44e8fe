export {beta, chiSquare, F, normal, t} from "./distributions.ts";
export {noncentralT} from "./noncentralT.ts";
export {
  addMoments,
  covariance,
  emptyMoments,
  mean,
  momentsFromSums,
  momentsOf,
  shiftOrigin,
  subtractMoments,
  sums,
  variance
} from "./moments.ts";
export type {Letter, Moments, Origin, Sum, UnitValues} from "./moments.ts";
export type {Alternative} from "./checks.ts";
export {compareEstimates} from "./comparison.ts";
export type {ArmEstimate, Comparison, ComparisonOptions, Interval} from "./comparison.ts";
export {compareProportions, twoProportionZTest} from "./compareProportions.ts";
export type {ProportionMethod, ProportionOptions} from "./compareProportions.ts";
export {
  agrestiCaffoInterval,
  miettinenNurminenInterval,
  newcombeInterval,
  waldInterval,
  wilsonInterval
} from "./proportionIntervals.ts";
export type {Bounds, Proportion} from "./proportionIntervals.ts";
export {compareMeans, estimateMean} from "./compareMeans.ts";
export {compareRatios, estimateRatio} from "./compareRatios.ts";
export {relativeDifference} from "./relativeDifference.ts";
export type {RelativeDifference, RelativeOptions} from "./relativeDifference.ts";
export {compareCuped, compareCupedRatios} from "./compareCuped.ts";
export type {CovariateImbalance, CupedComparison, CupedOptions} from "./compareCuped.ts";
export {comparePostStratified} from "./comparePostStratified.ts";
export type {PostStratifiedComparison} from "./comparePostStratified.ts";
export {compareWinsorized} from "./compareWinsorized.ts";
export type {WinsorizedComparison, WinsorizedOptions} from "./compareWinsorized.ts";
export {compareQuantiles, estimateQuantile} from "./compareQuantiles.ts";
export {binsOfEvents, binsOfValues} from "./quantileBins.ts";
export type {QuantileBins, UnitEvent} from "./quantileBins.ts";
export {nonInferiority} from "./nonInferiority.ts";
export type {MarginOptions, NonInferiority} from "./nonInferiority.ts";
export {equivalence} from "./equivalence.ts";
export type {Equivalence} from "./equivalence.ts";
export {chiSquareIndependence} from "./chiSquareIndependence.ts";
export type {ChiSquareTest} from "./chiSquareIndependence.ts";
export {sampleRatioMismatch} from "./sampleRatioMismatch.ts";
export type {SampleRatioMismatch} from "./sampleRatioMismatch.ts";
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
