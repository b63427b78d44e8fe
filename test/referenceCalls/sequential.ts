import {alphaSpendingBoundaries} from "../../lib/sequential/alphaSpendingBoundaries.ts";
import {asymptoticConfidenceSequence} from "../../lib/sequential/asymptoticConfidenceSequence.ts";
import {classicalBoundaries} from "../../lib/sequential/classicalBoundaries.ts";
import type {ClassicalShape} from "../../lib/sequential/classicalBoundaries.ts";
import {conditionalPower} from "../../lib/sequential/conditionalPower.ts";
import {relativeConfidenceSequence} from "../../lib/sequential/confidenceSequences.ts";
import {crossingProbabilities} from "../../lib/sequential/crossingProbabilities.ts";
import {driftForPower} from "../../lib/sequential/driftForPower.ts";
import {expectedFraction} from "../../lib/sequential/expectedFraction.ts";
import {futilityBoundaries} from "../../lib/sequential/futilityBoundaries.ts";
import {msprtLogLambda} from "../../lib/sequential/msprtLogLambda.ts";
import {sequentialInference} from "../../lib/sequential/sequentialInference.ts";
import {sequentialSampleRatioMismatch} from "../../lib/sequential/sequentialSampleRatioMismatch.ts";
import {sequentialSrmMixtureSprt} from "../../lib/sequential/sequentialSrmMixtureSprt.ts";
import {trafficAnomaly} from "../../lib/sequential/trafficAnomaly.ts";

type Sums = {n: number; sum: number; sumSquares: number};
type Spending = {
  spending: "obrien-fleming" | "pocock" | "hwang-shih-decani" | "kim-demets";
  gamma?: number;
  rho?: number;
};
type Looks = {fractions: number[]; z: number[]; sides: 1 | 2};
type Design = Spending & {fractions: number[]; alpha: number; sides: 1 | 2};
type Classical = {looks: number; shape: ClassicalShape; delta?: number; interim?: number; alpha: number; sides: 1 | 2};
type Futility = Spending & {fractions: number[]; z: number[]; drift: number; beta: number};
type Standing = {fraction: number; z: number; drift: number; critical: number};
type Stop = Looks & {stopLook: number; stopZ: number};
type Mean = {n: number; meanDifference: number; variance: number; tau: number};
type Estimate = {difference: number; standardError: number; n: number; alpha: number; tuneAt: number};
type Relative = {control: Sums; treatment: Sums; alpha: number; tuneAt: number};
type Assignments = {assignments: number[]; targetTreatmentRatio: number; delta: number; alpha: number};
type Traffic = {volumes: number[]; window: number; zThreshold: number; dropThreshold: number};
type Split = {observed: number[]; expectedWeights: number[]; concentration: number};

/** The library's call for each `fn` of the reference files about sequential designs; compared by key. */
export const calls: Record<string, (c: never) => unknown> = {
  alphaSpendingBoundaries: (c: Design) => writable(alphaSpendingBoundaries(c.fractions, designOptions(c))),
  classicalBoundaries: ({looks, shape, alpha, sides, delta, interim}: Classical) =>
    classicalBoundaries(looks, {shape, alpha, sides, delta, interim}),
  crossingProbabilities: ({fractions, z, ...options}: Looks & {drift: number}) =>
    crossingProbabilities(fractions, z, options),
  driftForPower: ({fractions, z, ...options}: Looks & {power: number}) => driftForPower(fractions, z, options),
  expectedFraction: ({fractions, z, ...options}: Looks & {drift: number}) => ({
    fraction: expectedFraction(fractions, z, options)
  }),
  futilityBoundaries: ({fractions, z, drift, beta, spending, gamma, rho}: Futility) =>
    writable(futilityBoundaries(fractions, z, {drift, beta, spending, gamma, rho})),
  conditionalPower: ({fraction, z, drift, critical}: Standing) => conditionalPower({fraction, z}, {drift, critical}),
  sequentialInference: ({fractions, z, ...options}: Stop) => {
    const result = sequentialInference(fractions, z, options);
    return {...result, driftInterval95: result.driftInterval};
  },
  msprtLogLambda: (c: Mean) => msprtLogLambda(c, c.tau),
  sequentialSrmMixtureSprt: ({assignments, ...options}: Assignments) => sequentialSrmMixtureSprt(assignments, options),
  asymptoticConfidenceSequence: ({difference, standardError, n, ...options}: Estimate) => {
    const result = asymptoticConfidenceSequence(difference, standardError, n, options);
    return {...result, lower: result.interval?.[0], upper: result.interval?.[1]};
  },
  relativeConfidenceSequence: ({control, treatment, ...options}: Relative) =>
    relativeConfidenceSequence(arm(control), arm(treatment), options),
  trafficAnomaly: ({volumes, ...options}: Traffic) => trafficAnomaly(volumes, options),
  sequentialSampleRatioMismatch: ({observed, expectedWeights, concentration}: Split) =>
    sequentialSampleRatioMismatch(observed, expectedWeights, {concentration})
};

/** JSON has no Infinity: a look that cannot stop has the bound null there. */
function writable<T extends {z: number[]}>(result: T) {
  return {...result, z: result.z.map((bound) => (Number.isFinite(bound) ? bound : null))};
}

function designOptions({alpha, sides, spending, gamma, rho}: Design) {
  return {alpha, sides, spending, gamma, rho};
}

function arm({n, sum, sumSquares}: Sums) {
  return {n, mean: sum / n, variance: (sumSquares - (sum * sum) / n) / (n - 1)};
}
