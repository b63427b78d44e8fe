import {describe, expect, it} from "vitest";
import type {Readout} from "../../lib/experiment/readout.ts";
import {readoutSchema} from "../../lib/experiment/readout.ts";
import {readoutText} from "../../lib/experiment/readoutText.ts";
import {fixtureReadouts} from "../site/fixtures.ts";

const readout = fixtureReadouts().find(({id}) => id === "green-checkout")!;
const published: Readout = JSON.parse(readoutText(readout));

describe("readoutText(readout)", () => {
  it("is one line of JSON that the contract accepts, with every field in its place", () => {
    expect(readoutText(readout).split("\n")).toHaveLength(2);
    expect(readoutSchema.parse(published)).toEqual(published);
    expect(Object.keys(published)).toEqual(Object.keys(readout));
    expect(Object.keys(published.metrics[0]!)).toEqual(Object.keys(readout.metrics[0]!));
  });
  it("has eleven digits of results by earlier day, segment and tenure, closer than 1e-10 to what was computed", () => {
    const [metric, was] = [published.metrics[0]!, readout.metrics[0]!];
    const pairs = [
      ...metric.path
        .slice(0, -1)
        .map((row, i) => [row.comparisons[0]?.difference, was.path[i]?.comparisons[0]?.difference]),
      ...metric.segments.map((row, i) => [row.relativeDifference, was.segments[i]?.relativeDifference]),
      ...(metric.novelty?.[0]?.byTenure ?? []).map((row, i) => [
        row.relativeInterval?.[0],
        was.novelty?.[0]?.byTenure[i]?.relativeInterval?.[0]
      ])
    ].filter((pair): pair is [number, number] => pair.every((value) => typeof value === "number"));
    expect(pairs.length).toBeGreaterThan(20);
    for (const [value, computed] of pairs) {
      expect(Math.abs(value - computed)).toBeLessThanOrEqual(1e-10 * Math.abs(computed));
      expect(
        String(value)
          .replace(/e.*|[-.]/g, "")
          .replace(/^0+/, "").length
      ).toBeLessThanOrEqual(11);
    }
  });
  it("has all digits of sums, looks and the results of the last day", () => {
    const exact = ({arms, comparisons, sequential, path}: Readout["metrics"][number]) => ({
      arms,
      comparisons,
      sequential,
      lastDay: path.at(-1)
    });
    expect(published.metrics.map(exact)).toEqual(readout.metrics.map(exact));
  });
  it("gives the same text of what it wrote", () => {
    expect(readoutText(published)).toBe(readoutText(readout));
  });
});
