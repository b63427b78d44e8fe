import {describe, expect, it} from "vitest";
import {mixTest} from "../../../lib/experiment/novelty/mixTest.ts";
import {tenureBlocks} from "../../../lib/experiment/novelty/tenureBlocks.ts";
import {tenureIndex} from "../../../lib/experiment/novelty/tenureIndex.ts";
import type {TenureEntrants} from "../../../lib/experiment/novelty/tenureSums.ts";
import {dateOf, tenureSumsOf} from "./tenureSumsOf.ts";

function testOf(entrants: readonly TenureEntrants[], entries: readonly number[] = [0, 1]) {
  const units = entries.map((entry) => ({variant: "control", entry, y: [0, 0, 0]}));
  const sums = {...tenureSumsOf(units, {asOf: 3}), entrants};
  return mixTest(sums, tenureBlocks(tenureIndex(sums)));
}

function row(dimension: string, value: string, entry: number, n: number): TenureEntrants {
  return {dimension, value, cohort: dateOf(entry), n};
}

const even = [
  row("device", "A", 0, 10),
  row("device", "B", 0, 20),
  row("device", "A", 1, 20),
  row("device", "B", 1, 10)
];

describe("mixTest(sums, blocks)", () => {
  it("agrees with R 4: chisq.test(matrix(c(10, 20, 20, 10), 2), correct = FALSE)", () => {
    const {chiSquare, degreesOfFreedom, pValue} = testOf(even);
    expect(chiSquare).toBeCloseTo(6.666667, 6);
    expect(degreesOfFreedom).toBe(1);
    expect(pValue).toBeCloseTo(0.009823275, 8);
  });
  it("takes the dimension that changes most, and pays for having looked at both", () => {
    const other = ["A", "B"].flatMap((value) => [0, 1].map((entry) => row("country", value, entry, 15)));
    expect(testOf([...other, ...even]).pValue).toBeCloseTo(2 * 0.009823275, 8);
  });
  it("puts rare values together instead of testing on cells of a few units", () => {
    const rare = Array.from({length: 10000}, (_, i) => row("device", `rare ${i}`, i % 2, 1));
    const {degreesOfFreedom, pValue} = testOf([...even.map((r) => ({...r, n: 10000})), ...rare]);
    expect(degreesOfFreedom).toBe(2);
    expect(pValue).toBeGreaterThan(0.99);
  });
  it("cannot tell without dimensions, with one cohort or with one value", () => {
    expect(testOf([]).reason).toMatch("no dimension with two values");
    expect(testOf(even.slice(0, 2), [0]).reason).toMatch("one cohort");
    expect(testOf(even.filter(({value}) => value === "A")).reason).toMatch("no dimension has two values");
  });
});
