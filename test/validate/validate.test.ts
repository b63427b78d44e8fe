import {describe, expect, it} from "vitest";
import {row, type Validate} from "./row.ts";
import {fileOf, suites} from "./suites.ts";

describe("a few hundred simulated experiments", () => {
  it.each(suites.filter(fileOf))("hold every method of %s to its error rate", {timeout: 300_000}, async (name) => {
    const {validate}: {validate: Validate} = await import(`../validate/${name}.ts`);
    const rows = await validate({quick: true, seed: 20260105});
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({verdict}) => verdict === "fail")).toEqual([]);
  });

  it("give the same rows for the same seed, others for another", {timeout: 60_000}, async () => {
    const {validate}: {validate: Validate} = await import("./multiplicity.ts");
    const rows = await validate({quick: true, seed: 7});
    expect(await validate({quick: true, seed: 7})).toEqual(rows);
    expect(await validate({quick: true, seed: 8})).not.toEqual(rows);
  });
});

describe("row(measured)", () => {
  const measured = {method: "m", data: "d", n: 10, experiments: 10_000, falsePositiveRate: 0.05, coverage: 0.95};

  // 4 sqrt(0.05 * 0.95 / 10000) = 0.0087
  it("passes within 4 Monte Carlo errors on either side and fails beyond", () => {
    expect(row(measured)).toMatchObject({verdict: "pass", nominal: 0.05, allowance: 0});
    expect(row({...measured, falsePositiveRate: 0.0586}).verdict).toBe("pass");
    expect(row({...measured, falsePositiveRate: 0.0589}).verdict).toBe("fail");
    expect(row({...measured, falsePositiveRate: 0.0411}).verdict).toBe("fail");
    expect(row({...measured, coverage: 0.9411}).verdict).toBe("fail");
    expect(row({...measured, coverage: 0.9589}).verdict).toBe("fail");
  });

  it("adds the declared allowance, and forgives what is conservative where only one side matters", () => {
    expect(row({...measured, falsePositiveRate: 0.06, allowance: 0.005}).verdict).toBe("pass");
    expect(row({...measured, falsePositiveRate: 0.001, coverage: 1, sides: "upper"}).verdict).toBe("pass");
    expect(row({...measured, coverage: 0.9, sides: "upper"}).verdict).toBe("fail");
  });

  it("tells an expected failure from a surprise", () => {
    const failing = {...measured, coverage: 0.8};
    expect(row(failing).verdict).toBe("fail");
    expect(row({...failing, expectedToFail: "too few"})).toMatchObject({
      verdict: "expected-fail",
      note: "expected to fail: too few"
    });
    expect(row({...measured, expectedToFail: "too few"}).verdict).toBe("pass");
  });

  it("judges what was measured only, and refuses NaN", () => {
    expect(row({...measured, coverage: null}).verdict).toBe("pass");
    expect(row({...measured, falsePositiveRate: null, coverage: 0.5}).verdict).toBe("fail");
    expect(row({...measured, falsePositiveRate: NaN}).verdict).toBe("fail");
  });
});
