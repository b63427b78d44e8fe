import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, it} from "vitest";
import {calls as inference} from "./referenceCalls/inference.ts";
import {calls as sequential} from "./referenceCalls/sequential.ts";
import {calls as stats} from "./referenceCalls/stats.ts";

type Tolerance = {readonly relative?: number; readonly absolute?: number};
type Call = (c: never) => unknown;

const folder = process.env.READOUT_REFERENCE_DIR || new URL("reference", import.meta.url).pathname;
const calls: Readonly<Record<string, Call>> = {...stats, ...inference, ...sequential};

/** How near is near enough, as the `note` of each file asks: by function, or by one key of its result. */
const tolerances: Readonly<Record<string, Tolerance>> = {
  normal: {relative: 1e-12, absolute: 1e-300},
  t: {relative: 1e-8, absolute: 1e-300},
  chi2: {relative: 1e-8, absolute: 1e-300},
  beta: {relative: 1e-8, absolute: 1e-300},
  F: {relative: 1e-8, absolute: 1e-300},
  twoProportionZTest: {relative: 1e-9, absolute: 1e-12},
  proportionIntervals: {relative: 1e-9, absolute: 1e-12},
  "proportionIntervals.miettinen-nurminen": {absolute: 1e-9},
  adjustPValues: {relative: 1e-12},
  betaBinomial: {relative: 1e-6},
  probabilityBest: {relative: 1e-6},
  normalPosterior: {relative: 1e-6},
  cohensHSampleSize: {relative: 1e-6},
  unpooledSampleSize: {relative: 1e-6},
  tTestSampleSize: {relative: 1e-6},
  asymptoticConfidenceSequence: {relative: 1e-8},
  sequentialSampleRatioMismatch: {relative: 1e-8},
  "sequentialSampleRatioMismatch.logBayesFactor": {absolute: 1e-8},
  segmentShrinkage: {relative: 1e-8},
  alphaSpendingBoundaries: {absolute: 1e-6},
  classicalBoundaries: {absolute: 1e-6},
  crossingProbabilities: {absolute: 1e-6},
  driftForPower: {absolute: 1e-6},
  sequentialInference: {absolute: 1e-6},
  "sequentialInference.driftInterval95": {absolute: 1e-5},
  futilityBoundaries: {absolute: 1e-6},
  expectedFraction: {absolute: 1e-6},
  conditionalPower: {absolute: 1e-6}
};

/** The rest are asked to a relative 1e-9; an expected 0 to an absolute 1e-12 everywhere. */
const usual: Tolerance = {relative: 1e-9, absolute: 1e-12};

function toleranceOf(path: string): Tolerance {
  for (let name = path; name; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
    const found = tolerances[name];
    if (found) return found;
  }
  return usual;
}

function differences(actual: unknown, expected: unknown, path: string, tolerance?: Tolerance): string[] {
  if (typeof expected === "number") {
    const {relative = 0, absolute = 0} = tolerance ?? toleranceOf(path);
    const allowed = Math.max(relative * Math.abs(expected), expected === 0 ? Math.max(absolute, 1e-12) : absolute);
    const near = typeof actual === "number" && (actual === expected || Math.abs(actual - expected) <= allowed);
    return near ? [] : [`${path}: ${String(actual)} instead of ${expected}`];
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return [`${path}: ${JSON.stringify(actual)}`];
    return expected.flatMap((value, i) => differences(actual[i], value, `${path}.${i}`, tolerance));
  }
  if (typeof expected === "object" && expected !== null) {
    const record = new Map<string, unknown>(Object.entries(actual ?? {}));
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(record.get(key), value, `${path}.${key}`, tolerance)
    );
  }
  return actual === expected ? [] : [`${path}: ${String(actual)} instead of ${String(expected)}`];
}

type Case = {readonly fn: string; readonly expected: unknown; readonly tolerance?: number};

/** What the library gets wrong in one case; each list is empty where it is right. */
function wrongIn(call: Call, {expected, tolerance, ...input}: Case): string[] {
  const before = JSON.stringify(input);
  const actual = call(input as never);
  if (JSON.stringify(input) !== before) return [`${input.fn}: the input was changed`];
  return differences(actual, expected, input.fn, tolerance === undefined ? undefined : {absolute: tolerance});
}

const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

describe.each(files)("reference values in %s", (file) => {
  const cases: Case[] = JSON.parse(readFileSync(join(folder, file), "utf8")).cases;

  it.each([...new Set(cases.map(({fn}) => fn))])("%s agrees", (fn) => {
    const call = calls[fn];
    if (!call) throw new TypeError(`unknown fn: ${fn}`);
    const wrong = cases.flatMap((c, i) => (c.fn === fn ? wrongIn(call, c).map((what) => `case ${i}, ${what}`) : []));
    expect(wrong).toEqual([]);
  });
});

describe("reference values", () => {
  it("are found at all", () => {
    expect(files.length).toBeGreaterThan(0);
  });
});
