import {describe, expect, it} from "vitest";
import {banditSplit} from "../../../lib/experiment/health/banditSplit.ts";
import type {BanditSums} from "../../../lib/experiment/sums.ts";
import {experimentWith} from "../sums.ts";

const experiment = experimentWith({bandit: true});
const sums = (slices: [number, number, number][], reason: string | null = null): BanditSums => ({
  minutes: 1440,
  reason,
  slices: slices.map(([control, treatment, p], i) => ({
    time: `2026-01-0${i + 5}`,
    units: {control, treatment},
    probabilities: reason === null ? {control: 1 - p, treatment: p} : null
  })),
  metrics: {}
});

describe("banditSplit(input, sums)", () => {
  it("adds up, over slices, what came less what was likely: by hand z = (560 - 500 + 840 - 900) / sqrt(...)", () => {
    // Slices of 1000 at 0.5 and 1000 at 0.9: off by +60 and -60, together 0.
    expect(
      banditSplit(
        {experiment},
        sums([
          [440, 560, 0.5],
          [160, 840, 0.9]
        ])
      ).value
    ).toBeCloseTo(1, 12);
    // Off by 60 in all, variance 250 + 90: z² = 3600 / 340, upper tail by scipy.stats.chi2.sf(10.588235, 1).
    const {value, status} = banditSplit(
      {experiment},
      sums([
        [440, 560, 0.5],
        [100, 900, 0.9]
      ])
    );
    expect(value).toBeCloseTo(0.001138, 6);
    expect(status).toBe("ok");
  });

  it("warns below 0.001 and names what came and what was expected", () => {
    const found = banditSplit({experiment}, sums([[400, 600, 0.5]]));
    expect(found).toMatchObject({status: "warning", key: "sample-ratio", name: "Split as logged"});
    expect(found.message).toMatch(/40\.0% \/ 60\.0%, expected 50\.0% \/ 50\.0%/);
  });

  it("judges nothing without probabilities, without units, or with too few", () => {
    expect(banditSplit({experiment}, sums([[400, 600, 0.5]], "no probabilities were logged"))).toMatchObject({
      status: "ok",
      value: null,
      message: "Not judged: the traffic followed the result, and no probabilities were logged."
    });
    for (const slices of [[], [[0, 0, 0.5]], [[3, 4, 0.5]]] as [number, number, number][][])
      expect(banditSplit({experiment}, sums(slices))).toMatchObject({status: "ok", value: null});
  });
});
