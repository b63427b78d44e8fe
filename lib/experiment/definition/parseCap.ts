/** Where a metric's values are cut off: at a value, or at a percentile (a fraction in [0, 1]) of all arms together. */
export type Cap =
  {readonly kind: "value"; readonly value: number} | {readonly kind: "percentile"; readonly share: number};

/**
 * Returns a metric's cap: 100 cuts at the value 100, "p99.9" at the percentile 0.999.
 *
 * @throws {TypeError} if the text is not p0 to p100
 * @throws {RangeError} if the value is not finite
 * @example parseCap("p99.9") // {kind: "percentile", share: 0.999}
 */
export function parseCap(cap: number | string): Cap {
  if (typeof cap === "number") {
    if (!Number.isFinite(cap)) throw new RangeError(`invalid cap; not a finite number: ${cap}`);
    return {kind: "value", value: cap};
  }
  if (!/^p(100|\d{1,2}(\.\d+)?)$/.test(cap)) throw new TypeError(`invalid cap; not a percentile such as p99.9: ${cap}`);
  return {kind: "percentile", share: Number(`${cap.slice(1)}e-2`)};
}
