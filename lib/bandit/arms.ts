/** The sums of one arm's rewards; all that a policy or an estimate needs to know of it. */
export interface ArmSums {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
}

/** Returns the sums of arms that nothing was given yet. */
export function emptyArms(count: number): ArmSums[] {
  if (!(Number.isInteger(count) && count > 0)) throw new RangeError(`invalid count; not a positive integer: ${count}`);
  return Array.from({length: count}, () => ({n: 0, sum: 0, sumSquares: 0}));
}

/**
 * Returns the sums of two sets of arms together, such as what was known and what a batch brought; in their order.
 *
 * @throws {RangeError} if the sets are not of one length
 */
export function addArms(a: readonly ArmSums[], b: readonly ArmSums[]): ArmSums[] {
  if (a.length !== b.length) throw new RangeError(`invalid arms; not as many as before: ${a.length}, ${b.length}`);
  return a.map(({n, sum, sumSquares}, i) => ({
    n: n + (b[i]?.n ?? 0),
    sum: sum + (b[i]?.sum ?? 0),
    sumSquares: sumSquares + (b[i]?.sumSquares ?? 0)
  }));
}

/**
 * Returns the sums after one more reward.
 *
 * @throws {RangeError} if there is no such arm, or the reward is not finite
 */
export function addReward(arms: readonly ArmSums[], arm: number, reward: number): ArmSums[] {
  if (!(Number.isInteger(arm) && 0 <= arm && arm < arms.length)) throw new RangeError(`unknown arm: ${arm}`);
  if (!Number.isFinite(reward)) throw new RangeError(`invalid reward; not finite: ${reward}`);
  return arms.map((sums, i) =>
    i === arm ? {n: sums.n + 1, sum: sums.sum + reward, sumSquares: sums.sumSquares + reward ** 2} : sums
  );
}

/**
 * Refuses sums that no rewards can have; policies call it first.
 *
 * @throws {RangeError} if there is no arm, a count is not a non-negative integer, or a sum is not finite or more than its squares allow
 */
export function checkArms(arms: readonly ArmSums[]): void {
  if (!arms.length) throw new RangeError("missing arms");
  for (const {n, sum, sumSquares} of arms) {
    if (!(Number.isInteger(n) && n >= 0)) throw new RangeError(`invalid n; not a non-negative integer: ${n}`);
    if (!Number.isFinite(sum)) throw new RangeError(`invalid sum; not finite: ${sum}`);
    if (!(sumSquares < Infinity && sumSquares * n * (1 + 1e-9) >= sum ** 2))
      throw new RangeError(`invalid sumSquares; not at least sum^2 / n: ${sumSquares}`);
  }
}
