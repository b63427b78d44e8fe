import {describe, expect, it} from "vitest";
import {changePower, changeUnits, halving} from "../../../lib/experiment/novelty/changePower.ts";

describe("changePower, changeUnits and halving", () => {
  it("has 80% power at 1.96 + 0.8416 standard errors, and alpha without a change", () => {
    // R 4: pnorm(qnorm(0.975) + qnorm(0.8) - qnorm(0.975)) plus the other tail
    expect(changePower(2.801585, 1)).toBeCloseTo(0.800001, 5);
    expect(changePower(0, 1, {alpha: 0.1})).toBeCloseTo(0.1, 12);
    expect(changePower(-2, 1)).toBe(changePower(2, 1));
  });
  it("asks for the units that give this power", () => {
    const units = changeUnits(0.02, 0.05, 1000);
    expect(changePower(0.02, 0.05 * Math.sqrt(1000 / units))).toBeCloseTo(0.8, 3);
    expect(changeUnits(100, 0.05, 1000)).toBe(4);
  });
  it("halves the relative effect, not its logarithm, up or down", () => {
    expect(halving(Math.log(1.08))).toBeCloseTo(Math.log(1.04 / 1.08), 12);
    expect(halving(Math.log(0.8))).toBeCloseTo(Math.log(0.9 / 0.8), 12);
    expect(halving(0)).toBe(0);
  });
});
