/** Which side a test looks to; "greater" means that the treatment is above the control. */
export type Alternative = "two-sided" | "greater" | "less";

/**
 * Refuses a level of confidence that is not in (0, 1).
 *
 * @throws {RangeError} `invalid level; not in (0, 1): 95`
 */
export function checkLevel(level: number): void {
  if (!(0 < level && level < 1)) throw new RangeError(`invalid level; not in (0, 1): ${level}`);
}

/**
 * Refuses an alternative that is not one of the three.
 *
 * @throws {TypeError} `unknown alternative; not two-sided, greater or less: larger`
 */
export function checkAlternative(alternative: Alternative): void {
  if (alternative !== "two-sided" && alternative !== "greater" && alternative !== "less")
    throw new TypeError(`unknown alternative; not two-sided, greater or less: ${String(alternative)}`);
}

/**
 * Refuses a value that is not in [0, 1].
 *
 * @throws {RangeError} `invalid p; not in [0, 1]: 1.5`
 */
export function checkProbability(name: string, value: number): void {
  if (!(0 <= value && value <= 1)) throw new RangeError(`invalid ${name}; not in [0, 1]: ${value}`);
}

/**
 * Refuses a value that is not a positive finite number.
 *
 * @throws {RangeError} `invalid df; not a positive number: 0`
 */
export function checkPositive(name: string, value: number): void {
  if (!(0 < value && value < Infinity)) throw new RangeError(`invalid ${name}; not a positive number: ${value}`);
}

/**
 * Refuses a value that is not a finite number.
 *
 * @throws {RangeError} `invalid margin; not a finite number: NaN`
 */
export function checkFinite(name: string, value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`invalid ${name}; not a finite number: ${value}`);
}

/**
 * Refuses a value that is not a count of units.
 *
 * @throws {RangeError} `invalid n; not a non-negative integer: -1`
 */
export function checkCount(name: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 0))
    throw new RangeError(`invalid ${name}; not a non-negative integer: ${value}`);
}

/**
 * Refuses lists that do not go together.
 *
 * @throws {RangeError} `invalid weights; not of length 3: 2`
 */
export function checkLength(name: string, values: readonly unknown[], length: number): void {
  if (!Array.isArray(values)) throw new TypeError(`invalid ${name}; not a list: ${String(values)}`);
  if (values.length !== length) throw new RangeError(`invalid ${name}; not of length ${length}: ${values.length}`);
}
