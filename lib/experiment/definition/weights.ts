/** How far weights may be from adding up to 1: thirds written as 0.333 pass, a forgotten variant does not. */
export const weightTolerance = 1e-3;

/** Whether weights add up to 1 within the tolerance. */
export function addUp(weights: Readonly<Record<string, number>>): boolean {
  return Math.abs(total(weights) - 1) <= weightTolerance + 1e-9;
}

/**
 * Returns weights that add up to 1: each divided by their sum. Weights that are as near as doubles get (1e-9) come back
 * as they were written, so that 0.5 stays 0.5.
 */
export function normalizeWeights(weights: Readonly<Record<string, number>>): Record<string, number> {
  const sum = total(weights);
  const divisor = Math.abs(sum - 1) <= 1e-9 ? 1 : sum;
  return Object.fromEntries(Object.entries(weights).map(([key, weight]) => [key, weight / divisor]));
}

/** Returns weights in words: "0.9, expected 1: control 0.5, green 0.4" follows "they add up to". */
export function showWeights(weights: Readonly<Record<string, number>>): string {
  const each = Object.entries(weights).map(([key, weight]) => `${key} ${weight}`);
  return `${Number(total(weights).toPrecision(6))}, expected 1: ${each.join(", ")}`;
}

function total(weights: Readonly<Record<string, number>>): number {
  return Object.values(weights).reduce((sum, weight) => sum + weight, 0);
}
