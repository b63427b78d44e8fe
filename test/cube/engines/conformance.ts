import type {Cube} from "../../../lib/cube/row.ts";

/** Everything of a cube that must not depend on the engine: all but the text of its statements. */
export function comparable(cube: Cube): unknown {
  return {...cube, sql: null};
}

/** Says where two values differ by more than 1e-9 of their size; an empty list where nowhere. */
export function differences(actual: unknown, expected: unknown, at = "cube"): string[] {
  if (typeof actual === "number" && typeof expected === "number") {
    const close = Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
    return close || Object.is(actual, expected) ? [] : [`${at}: ${actual} instead of ${expected}`];
  }
  if (typeof actual !== "object" || typeof expected !== "object" || actual === null || expected === null)
    return actual === expected ? [] : [`${at}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`];
  const keys = new Set([...Object.keys(actual), ...Object.keys(expected)]);
  return [...keys].flatMap((key) => differences(Reflect.get(actual, key), Reflect.get(expected, key), `${at}.${key}`));
}
