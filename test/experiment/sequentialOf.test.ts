import {describe, expect, it} from "vitest";
import {makeCube} from "../site/cubes.ts";

describe("sequentialOf(input)", () => {
  it("says the level of the interval that the look stands on: two treatments share the false alarms", () => {
    const sentences = (treatments: readonly string[]) =>
      makeCube({treatments, days: 4}).readout.metrics[0]?.sequential?.comparisons.map(({sentence}) => sentence);
    expect(sentences(["green"])).toEqual([expect.stringMatching(/ \(95% interval [^)]+ to [^)]+\)\.$/)]);
    expect(sentences(["green", "blue"])).toEqual([
      expect.stringMatching(/ \(97\.5% interval [^)]+\)\.$/),
      expect.stringMatching(/ \(97\.5% interval [^)]+\)\.$/)
    ]);
  });
});
