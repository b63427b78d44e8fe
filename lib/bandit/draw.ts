/** What an arm of a simulation pays: 0 or 1 with probability `mean`, or a normal amount. */
export type RewardModel =
  | {readonly kind: "bernoulli"; readonly mean: number}
  | {readonly kind: "normal"; readonly mean: number; readonly standardDeviation: number};

/** Returns a standard normal number, from two uniform ones (Box-Muller). */
export function drawNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Returns how many of n trials succeed. Up to 1,000 trials are made one by one; beyond, a normal number is rounded, whose error is
 * below the noise of any simulation here as long as n p (1 - p) is not below 10, and otherwise trials are made one by one too.
 */
export function drawBinomial(n: number, p: number, random: () => number): number {
  const variance = n * p * (1 - p);
  if (n > 1_000 && variance > 10)
    return Math.min(n, Math.max(0, Math.round(n * p + Math.sqrt(variance) * drawNormal(random))));
  let successes = 0;
  for (let i = 0; i < n; ++i) if (random() < p) ++successes;
  return successes;
}

/**
 * Refuses a reward model that is none.
 *
 * @throws {RangeError} if a Bernoulli mean is not in [0, 1], a mean not finite, or a standard deviation negative or not finite
 */
export function checkReward(model: RewardModel): void {
  if (!Number.isFinite(model.mean)) throw new RangeError(`invalid mean; not finite: ${model.mean}`);
  if (model.kind === "bernoulli" && !(0 <= model.mean && model.mean <= 1))
    throw new RangeError(`invalid mean; not in [0, 1]: ${model.mean}`);
  if (model.kind === "normal" && !(0 <= model.standardDeviation && model.standardDeviation < Infinity))
    throw new RangeError(`invalid standardDeviation; not a non-negative number: ${model.standardDeviation}`);
}
