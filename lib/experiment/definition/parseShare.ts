/**
 * Returns a percentage of the definitions as a fraction: "2%" is 0.02, "0.1%" is 0.001. A number is returned as it is:
 * a guardrail's margin may be either.
 *
 * @throws {TypeError} if the text is no percentage without a sign
 * @example parseShare("2%") // 0.02
 */
export function parseShare(share: string | number): number {
  if (typeof share === "number") return share;
  if (!/^\d+(\.\d+)?%$/.test(share)) throw new TypeError(`invalid share; not a percentage: ${share}`);
  // Moving the point in the text, not dividing by 100, gives the double nearest to what was written.
  return Number(`${share.slice(0, -1)}e-2`);
}
