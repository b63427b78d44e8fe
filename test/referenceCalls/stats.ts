import {beta, chiSquare, F, normal, t} from "../../lib/stats/distributions.ts";

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

/** The library's call for each `fn` of the reference files about distributions, comparisons and sample ratios. */
export const calls: Record<string, (c: never) => unknown> = {
  ...distributionCalls("normal", normal, () => []),
  ...distributionCalls("t", t, ({df}) => [df]),
  ...distributionCalls("chi2", chiSquare, ({df}) => [df]),
  ...distributionCalls("beta", beta, ({a, b}) => [a, b]),
  ...distributionCalls("F", F, ({df1, df2}) => [df1, df2])
};
