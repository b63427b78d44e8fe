import type {Alternative} from "../../lib/stats/checks.ts";
import {chiSquareIndependence} from "../../lib/stats/chiSquareIndependence.ts";
import {compareCuped} from "../../lib/stats/compareCuped.ts";
import {compareMeans} from "../../lib/stats/compareMeans.ts";
import {compareRatios} from "../../lib/stats/compareRatios.ts";
import {twoProportionZTest} from "../../lib/stats/compareProportions.ts";
import {beta, chiSquare, F, normal, t} from "../../lib/stats/distributions.ts";
import {momentsFromSums} from "../../lib/stats/moments.ts";
import type {Moments} from "../../lib/stats/moments.ts";
import {
  agrestiCaffoInterval,
  miettinenNurminenInterval,
  newcombeInterval,
  waldInterval,
  wilsonInterval
} from "../../lib/stats/proportionIntervals.ts";
import type {Proportion} from "../../lib/stats/proportionIntervals.ts";
import {relativeDifference} from "../../lib/stats/relativeDifference.ts";
import {sampleRatioMismatch} from "../../lib/stats/sampleRatioMismatch.ts";

type Distribution = {
  pdf(x: number, ...parameters: number[]): number;
  cdf(x: number, ...parameters: number[]): number;
  sf(x: number, ...parameters: number[]): number;
  quantile(p: number, ...parameters: number[]): number;
  upperQuantile(q: number, ...parameters: number[]): number;
};

type DistributionCase = {x: number; p: number; df: number; a: number; b: number; df1: number; df2: number};

function distributionCalls(
  name: string,
  distribution: Distribution,
  parameters: (c: DistributionCase) => number[]
): Record<string, (c: DistributionCase) => unknown> {
  return {
    [`${name}.pdf`]: (c) => distribution.pdf(c.x, ...parameters(c)),
    [`${name}.cdf`]: (c) => distribution.cdf(c.x, ...parameters(c)),
    [`${name}.sf`]: (c) => distribution.sf(c.x, ...parameters(c)),
    [`${name}.quantile`]: (c) => distribution.quantile(c.p, ...parameters(c)),
    [`${name}.upperQuantile`]: (c) => distribution.upperQuantile(c.p, ...parameters(c))
  };
}

type ArmSums = {
  n: number;
  sum: number;
  sumSquares: number;
  denominatorSum?: number;
  denominatorSumSquares?: number;
  covariateSum?: number;
  covariateSumSquares?: number;
  crossSum?: number;
};

type ArmsCase = {control: ArmSums; treatment: ArmSums; level?: number; alternative?: Alternative};

type ProportionCase = {control: Proportion; treatment: Proportion; level: number; alternative: Alternative};

function momentsOfArm(arm: ArmSums): Moments {
  return momentsFromSums(arm.n, {
    y: arm.sum,
    yy: arm.sumSquares,
    w: arm.denominatorSum,
    ww: arm.denominatorSumSquares,
    yw: arm.denominatorSum === undefined ? 0 : arm.crossSum,
    x: arm.covariateSum,
    xx: arm.covariateSumSquares,
    xy: arm.covariateSum === undefined ? 0 : arm.crossSum
  });
}

function welch({control, treatment, ...options}: ArmsCase): unknown {
  const result = compareMeans(momentsOfArm(control), momentsOfArm(treatment), options);
  return {
    ...result,
    df: result.degreesOfFreedom,
    t: result.statistic,
    relative: result.relativeDifference
  };
}

function ratioDelta({control, treatment, ...options}: ArmsCase): unknown {
  const result = compareRatios(momentsOfArm(control), momentsOfArm(treatment), options);
  return {
    ...result,
    controlRatio: result.control.estimate,
    treatmentRatio: result.treatment.estimate,
    z: result.statistic
  };
}

function proportionIntervals({control, treatment, level}: ProportionCase): unknown {
  return {
    "miettinen-nurminen": miettinenNurminenInterval(control, treatment, {level}),
    wald: waldInterval(control, treatment, {level}),
    newcombe: newcombeInterval(control, treatment, {level}),
    "agresti-caffo": agrestiCaffoInterval(control, treatment, {level}),
    wilsonControl: wilsonInterval(control, {level}),
    wilsonTreatment: wilsonInterval(treatment, {level})
  };
}

/** The library's call for each `fn` of the reference files about distributions, comparisons and sample ratios. */
export const calls: Record<string, (c: never) => unknown> = {
  ...distributionCalls("normal", normal, () => []),
  ...distributionCalls("t", t, ({df}) => [df]),
  ...distributionCalls("chi2", chiSquare, ({df}) => [df]),
  ...distributionCalls("beta", beta, ({a, b}) => [a, b]),
  ...distributionCalls("F", F, ({df1, df2}) => [df1, df2]),
  welch,
  ratioDelta,
  twoProportionZTest: ({control, treatment, alternative}: ProportionCase) =>
    twoProportionZTest(control, treatment, {alternative}),
  proportionIntervals,
  relativeDifference: ({control, treatment, ...options}: ArmsCase) =>
    relativeDifference(compareMeans(momentsOfArm(control), momentsOfArm(treatment), options), {method: "delta"}),
  cuped: ({control, treatment, ...options}: ArmsCase) =>
    compareCuped(momentsOfArm(control), momentsOfArm(treatment), options),
  chiSquareIndependence: ({successes, n}: {successes: number[]; n: number[]}) => chiSquareIndependence(successes, n),
  sampleRatioMismatch: ({observed, expectedWeights}: {observed: number[]; expectedWeights: number[]}) =>
    sampleRatioMismatch(observed, expectedWeights)
};
