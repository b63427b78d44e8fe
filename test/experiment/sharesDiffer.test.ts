import {describe, expect, it} from "vitest";
import {sharesDiffer} from "../../lib/experiment/sharesDiffer.ts";
import {momentsOf} from "../../lib/stats/moments.ts";

const units = (n: number) => momentsOf(Array.from({length: n}, (_, i) => ({y: i % 2})));
const segments = (counts: readonly (readonly [control: number, treatment: number])[]) =>
  counts.map(([control, treatment], i) => ({value: `s${i}`, control: units(control), treatment: units(treatment)}));

describe("sharesDiffer", () => {
  // By hand: n (ad - bc)^2 / ((a + b)(c + d)(a + c)(b + d)) is 9.97 (p = 0.0016), and 5.12 (p = 0.024).
  it("tells shares of units apart where chi-square is below 1%", () => {
    expect(
      sharesDiffer(
        [
          segments([
            [400, 470],
            [600, 530]
          ])
        ],
        {kind: "mean"}
      )
    ).toBe(true);
    expect(
      sharesDiffer(
        [
          segments([
            [400, 450],
            [600, 550]
          ])
        ],
        {kind: "mean"}
      )
    ).toBe(false);
  });

  it("adds up the evidence of all entry phases, and not their units", () => {
    const phase = segments([
      [400, 450],
      [600, 550]
    ]);
    expect(sharesDiffer([phase, phase], {kind: "mean"})).toBe(true);
    // Together the arms hold the same shares here, but not in either phase.
    const [one, other] = [
      segments([
        [400, 500],
        [600, 500]
      ]),
      segments([
        [500, 400],
        [500, 600]
      ])
    ];
    expect(sharesDiffer([one, other], {kind: "mean"})).toBe(true);
  });

  it("weighs the segments of a ratio by their denominators", () => {
    const arm = (n: number, w: number) => momentsOf(Array.from({length: n}, (_, i) => ({y: 1, w: w + (i % 2)})));
    const phase = (w: number) => [
      {value: "web", control: arm(500, 2), treatment: arm(500, w)},
      {value: "ios", control: arm(500, 2), treatment: arm(500, 2)}
    ];
    expect(sharesDiffer([phase(2)], {kind: "ratio"})).toBe(false);
    expect(sharesDiffer([phase(4)], {kind: "ratio"})).toBe(true);
    expect(sharesDiffer([phase(4)], {kind: "mean"})).toBe(false);
  });

  it("cannot differ with one segment, without any, or with an empty arm", () => {
    expect(sharesDiffer([segments([[10, 900]])], {kind: "mean"})).toBe(false);
    expect(sharesDiffer([], {kind: "mean"})).toBe(false);
    expect(sharesDiffer([], {kind: "ratio"})).toBe(false);
    const empty = segments([[10, 10]]).map((segment) => ({...segment, treatment: undefined}));
    expect(sharesDiffer([empty], {kind: "ratio"})).toBe(false);
  });
});
