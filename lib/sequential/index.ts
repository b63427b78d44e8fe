export {alphaSpendingBoundaries} from "./alphaSpendingBoundaries.ts";
export type {AlphaSpendingBoundaries, AlphaSpendingOptions, TakenLook} from "./alphaSpendingBoundaries.ts";
export {alwaysValidLooks} from "./alwaysValidLooks.ts";
export type {AlwaysValidLook, AlwaysValidLooks} from "./alwaysValidLooks.ts";
export {alwaysValidPath} from "./alwaysValidPath.ts";
export type {AlwaysValidDay, AlwaysValidPath} from "./alwaysValidPath.ts";
export {asymptoticConfidenceSequence} from "./asymptoticConfidenceSequence.ts";
export type {ConfidenceSequence, ConfidenceSequenceOptions} from "./asymptoticConfidenceSequence.ts";
export type {Sides} from "./checks.ts";
export {classicalBoundaries} from "./classicalBoundaries.ts";
export type {ClassicalBoundaries, ClassicalOptions, ClassicalShape} from "./classicalBoundaries.ts";
export {conditionalPower} from "./conditionalPower.ts";
export type {ConditionalPower, ConditionalPowerOptions, FutureLooks, Standing} from "./conditionalPower.ts";
export {
  meanConfidenceSequence,
  proportionConfidenceSequence,
  relativeConfidenceSequence
} from "./confidenceSequences.ts";
export type {ArmCounts, ArmSummary, EstimateSequence} from "./confidenceSequences.ts";
export {crossingProbabilities} from "./crossingProbabilities.ts";
export type {CrossingOptions, CrossingProbabilities} from "./crossingProbabilities.ts";
export {driftForPower} from "./driftForPower.ts";
export type {DriftForPower, DriftForPowerOptions} from "./driftForPower.ts";
export {expectedFraction} from "./expectedFraction.ts";
export {futilityBoundaries} from "./futilityBoundaries.ts";
export type {FutilityBoundaries, FutilityOptions} from "./futilityBoundaries.ts";
export {gaussLegendre} from "./gaussLegendre.ts";
export {groupSequentialDesign} from "./groupSequentialDesign.ts";
export type {FutilityDesign, GroupSequentialDesign, GroupSequentialOptions} from "./groupSequentialDesign.ts";
export {ledgerLooks} from "./ledgerLooks.ts";
export type {Crossing, LedgerLooks, Look, Night} from "./ledgerLooks.ts";
export {mixingDeviation} from "./mixingDeviation.ts";
export {msprt} from "./msprt.ts";
export type {AlwaysValid, MsprtOptions} from "./msprt.ts";
export {msprtLogLambda} from "./msprtLogLambda.ts";
export type {MeanDifference} from "./msprtLogLambda.ts";
export {nextLook} from "./nextLook.ts";
export type {NextLook} from "./nextLook.ts";
export {predictivePower} from "./predictivePower.ts";
export type {PredictivePowerOptions} from "./predictivePower.ts";
export {repeatedInterval} from "./repeatedInterval.ts";
export type {MaybeInterval, RepeatedIntervalOptions} from "./repeatedInterval.ts";
export {runningSampleRatioMismatch} from "./runningSampleRatioMismatch.ts";
export type {DailyUnits, RunningMismatch, RunningMismatchOptions} from "./runningSampleRatioMismatch.ts";
export {resolveDesign} from "./sequentialDesign.ts";
export type {ResolvedDesign, SequentialDesign, SequentialMethod} from "./sequentialDesign.ts";
export {sequentialInference} from "./sequentialInference.ts";
export type {SequentialInference, SequentialInferenceOptions} from "./sequentialInference.ts";
export {sequentialSampleRatioMismatch} from "./sequentialSampleRatioMismatch.ts";
export type {SequentialMismatch, SequentialMismatchOptions} from "./sequentialSampleRatioMismatch.ts";
export {mixtureSprtLogRatio, sequentialSrmMixtureSprt} from "./sequentialSrmMixtureSprt.ts";
export type {MixtureSprt, MixtureSprtOptions} from "./sequentialSrmMixtureSprt.ts";
export {sequentialState} from "./sequentialState.ts";
export type {
  FutilityState,
  FutureBound,
  LookState,
  SequentialState,
  SequentialStateOptions,
  StopInference
} from "./sequentialState.ts";
export {spentAlpha} from "./spentAlpha.ts";
export type {SpendingName, SpendingOptions} from "./spentAlpha.ts";
export {trafficAnomaly} from "./trafficAnomaly.ts";
export type {TrafficAnomaly, TrafficAnomalyOptions} from "./trafficAnomaly.ts";
