import type {ArmSums} from "./arms.ts";

/**
 * A bandit's policy: a pure function from the arms' sums to the probability of each arm for every unit of the next batch. The
 * probabilities add up to 1; log them with the batch, for honest inference needs them.
 */
export type Policy = (arms: readonly ArmSums[]) => number[];

/** What every policy takes. */
export interface FloorOptions {
  /** The least probability that an arm gets, in [0, 1 / arms]; defaults to 0. Without one, some arms may never be learned about. */
  readonly floor?: number;
}

/**
 * Returns probabilities that are all at least `floor`, in their order and still adding up to 1: floor + (1 - arms x floor) p.
 *
 * @throws {RangeError} if the floor is not in [0, 1 / arms]
 * @example withFloor([1, 0, 0, 0], 0.05) // [0.85, 0.05, 0.05, 0.05]
 */
export function withFloor(probabilities: readonly number[], floor: number): number[] {
  const rest = 1 - probabilities.length * floor;
  if (!(0 <= floor && rest >= -1e-12))
    throw new RangeError(`invalid floor; not in [0, 1 / ${probabilities.length}]: ${floor}`);
  return probabilities.map((p) => floor + Math.max(0, rest) * p);
}

/** Returns probabilities that share 1 evenly among the arms with the highest score. */
export function bestOf(scores: readonly number[]): number[] {
  const best = Math.max(...scores);
  const ties = scores.filter((score) => score === best).length;
  return scores.map((score) => (score === best ? 1 / ties : 0));
}

/**
 * Returns an arm drawn with the given probabilities.
 *
 * @param random uniform in [0, 1)
 * @throws {RangeError} if the probabilities are not in [0, 1] or do not add up to 1 within 1e-6
 */
export function chooseArm(probabilities: readonly number[], random: () => number): number {
  checkProbabilities(probabilities);
  let left = random();
  for (const [arm, p] of probabilities.entries()) if ((left -= p) < 0) return arm;
  return probabilities.findLastIndex((p) => p > 0);
}

/** Refuses probabilities that are not in [0, 1] or do not add up to 1 within 1e-6. */
export function checkProbabilities(probabilities: readonly number[]): void {
  for (const p of probabilities)
    if (!(0 <= p && p <= 1)) throw new RangeError(`invalid probability; not in [0, 1]: ${p}`);
  const total = probabilities.reduce((sum, p) => sum + p, 0);
  if (!(Math.abs(total - 1) < 1e-6)) throw new RangeError(`invalid probabilities; not adding up to 1: ${total}`);
}
