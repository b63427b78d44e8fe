export {checkFinite, checkPositive} from "../stats/checks.ts";

/** The sides of a test: 1 looks towards positive z only, 2 looks both ways and spends half of alpha on each. */
export type Sides = 1 | 2;

/** The smallest share by which the information must grow from one look to the next. */
export const SMALLEST_INCREASE = 1e-6;

/** Throws unless the name's value is in (0, 1). */
export function checkProbability(name: string, value: number): void {
  if (!(0 < value && value < 1)) throw new RangeError(`invalid ${name}; not in (0, 1): ${value}`);
}

/** Throws unless the name's value is an integer of at least 1. */
export function checkCount(name: string, value: number): void {
  if (!(Number.isInteger(value) && value > 0))
    throw new RangeError(`invalid ${name}; not a positive integer: ${value}`);
}

/** Throws unless sides is 1 or 2. */
export function checkSides(sides: number): void {
  if (!(sides === 1 || sides === 2)) throw new RangeError(`invalid sides; not 1 or 2: ${sides}`);
}

/**
 * Throws unless the information fractions are positive and increase by at least a millionth of themselves, and all but
 * the last are in (0, 1]. The last may be past 1 (over-running) or short of it (under-running), and so may the first ones
 * that were taken already, under a plan that has since become smaller.
 */
export function checkFractions(fractions: readonly number[], taken = 0): void {
  if (!(fractions.length > 0)) throw new RangeError("invalid fractions; requires at least one look: 0");
  let before = 0;
  fractions.forEach((fraction, k) => {
    const last = k === fractions.length - 1;
    if (!(0 < fraction && fraction < Infinity)) throw new RangeError(`invalid fractions; not in (0, 1]: ${fraction}`);
    if (!last && k >= taken && !(fraction <= 1)) {
      throw new RangeError(`invalid fractions; past 1 before the last look: ${fraction}`);
    }
    if (!(fraction > before)) throw new RangeError(`invalid fractions; not increasing: ${before}, ${fraction}`);
    if (!(fraction - before >= fraction * SMALLEST_INCREASE)) {
      throw new RangeError(`invalid fractions; increase below a millionth: ${before}, ${fraction}`);
    }
    before = fraction;
  });
}

/** Throws unless there is one bound per fraction and each is a number; Infinity means that the look cannot stop. */
export function checkBounds(name: string, bounds: readonly number[], count: number): void {
  if (bounds.length !== count)
    throw new RangeError(`invalid ${name}; not one per fraction (${count}): ${bounds.length}`);
  for (const bound of bounds) if (Number.isNaN(bound)) throw new RangeError(`invalid ${name}; not a number: ${bound}`);
}
