import {afterAll, beforeAll, describe, expect, it} from "vitest";
import type {ComparisonResult, MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {expectedResults, hasSharedData, realDefinitions, workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

/** Two arms of a share, as expected.json holds them. */
interface ExpectedShare {
  control: {successes: number; n: number};
  treatment: {successes: number; n: number};
  difference: number;
  z: number;
  pValue: number;
}

/** Two arms of a mean. */
interface ExpectedMean {
  n: [number, number];
  means: [number, number];
  difference: number;
  standardError: number;
  df: number;
  pValue: number;
  interval95: [number, number];
}

describe.skipIf(!hasSharedData)("readout build on real experiments, against pandas, scipy and statsmodels", () => {
  let place: Workplace;
  let expected: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- a foreign file's shape

  beforeAll(async () => {
    expected = await expectedResults();
    place = await workplace(realDefinitions());
    const {failed} = await place.build();
    expect(failed).toEqual([]);
  }, 300_000);
  afterAll(() => place?.remove());

  it("reads GloBox's assignment log and purchases", async () => {
    const readout = await place.readout("globox");
    expectShare(metric(readout, "conversion"), "B", expected.globox.conversion);
    expectMean(metric(readout, "spend_per_user"), "B", expected.globox.spendPerUser);
    expect(readout.input.rows).toBe(expected.globox.rows + expected.globox.events);
  });

  it("shows GloBox as of the end of earlier days", async () => {
    for (const [asOf, arms] of Object.entries<Record<string, {n: number; conversions: number; spendSum: number}>>(
      expected.globox.asOfEndOfDay
    )) {
      await place.build({only: ["globox"], asOf});
      const readout = await place.readout("globox");
      expect(readout.asOf).toBe(asOf);
      for (const [variant, {n, conversions, spendSum}] of Object.entries(arms)) {
        const share = arm(metric(readout, "conversion"), variant);
        const spend = arm(metric(readout, "spend_per_user"), variant);
        expect(share.n).toBe(n);
        close(share.mean! * n, conversions);
        close(spend.mean! * n, spendSum);
      }
    }
    await place.build({only: ["globox"]});
  });

  it("says on each day of the path what it would have said as of that day", async () => {
    const {path} = metric(await place.readout("globox"), "conversion");
    const day = path.find(({date}) => date === "2023-02-01")!;
    const {A, B} = expected.globox.asOfEndOfDay["2023-02-01"];
    close(day.comparisons[0]!.difference!, B.conversions / B.n - A.conversions / A.n);
  });

  it("splits GloBox by device, blanks as unknown", async () => {
    const {segments} = metric(await place.readout("globox"), "conversion");
    for (const device of ["A", "I"]) {
      const segment = segments.find(({value}) => value === device)!;
      const {control, treatment, difference, pValue} = expected.globox.byDevice[device] as ExpectedShare;
      expect(segment.n).toEqual([control.n, treatment.n]);
      close(segment.difference!, difference);
      close(segment.pValue!, pValue);
    }
    const unknown = segments.find(({value}) => value === "unknown")!;
    expect(unknown.n[0]! + unknown.n[1]!).toBe(expected.globox.missingDevice);
  });

  it("reads Hillstrom's units with three arms and no unit id", async () => {
    const readout = await place.readout("hillstrom");
    const {versusNoEmail, conversionOverallChiSquare, conversionHolm} = expected.hillstrom;
    for (const variant of ["Mens E-Mail", "Womens E-Mail"]) {
      expectShare(metric(readout, "visit"), variant, versusNoEmail[variant].visit);
      expectShare(metric(readout, "email_conversion"), variant, versusNoEmail[variant].conversion);
      expectMean(metric(readout, "email_spend"), variant, versusNoEmail[variant].spend);
      const cuped = comparison(metric(readout, "email_spend_cuped"), variant);
      const {difference, standardError, varianceReduction} = versusNoEmail[variant].spendCupedByHistory;
      close(cuped.difference!, difference);
      close(cuped.standardError!, standardError);
      close(cuped.adjustment.varianceReduction!, varianceReduction, 1e-6);
      close(comparison(metric(readout, "email_conversion"), variant).adjustedPValue!, conversionHolm[variant]);
    }
    close(metric(readout, "email_conversion").overall!.chiSquare!, conversionOverallChiSquare.chiSquare);
    close(metric(readout, "email_conversion").overall!.pValue!, conversionOverallChiSquare.pValue);
  });

  it("reads Cookie Cats with CRLF line ends and booleans in words", async () => {
    const readout = await place.readout("cookie_cats");
    expectShare(metric(readout, "retention_1"), "gate_40", expected.cookie_cats.retention_1);
    expectShare(metric(readout, "retention_7"), "gate_40", expected.cookie_cats.retention_7);
    expectMean(metric(readout, "rounds"), "gate_40", expected.cookie_cats.gameRounds);
    const chiSquare = readout.health.checks.find(({key}) => key === "sample-ratio-chi-square")!;
    close(chiSquare.value!, expected.cookie_cats.srm5050PValue);
    expect(readout.health.status).not.toBe("blocked");
  });

  it("counts Udacity's users in both groups and warns", async () => {
    const readout = await place.readout("udacity_all");
    const crossovers = readout.input.excluded.find(({reason}) => reason === "two-variants")!;
    expect(crossovers.units).toBe(expected.udacity.usersInBothGroups);
    expect(readout.health.checks.find(({key}) => key === "crossovers")!.status).toBe("warning");
  });

  it("reads Udacity through a SELECT that drops mismatched rows", async () => {
    expectShare(
      metric(await place.readout("udacity"), "converted"),
      "treatment",
      expected.udacity.afterDroppingMismatches
    );
  });

  it("blocks active minutes, whose arms differed before the test, and adjusts by the covariate", async () => {
    const readout = await place.readout("active_minutes");
    expect(readout.decision.verdict).toBe("blocked");
    expect(readout.health.checks.find(({key}) => key === "pre-period")!.status).toBe("blocked");
    const {difference, standardError} = expected.active_minutes.cuped;
    const own = comparison(metric(readout, "minutes"), "1");
    close(own.difference!, difference);
    close(own.standardError!, standardError);
  });

  it("gives the same bytes again, at any number of threads", async () => {
    const before = JSON.stringify(await place.readout("globox"));
    await place.build({only: ["globox"], threads: 1});
    expect(JSON.stringify(await place.readout("globox"))).toBe(before);
    await place.build({only: ["globox"], threads: 8});
    expect(JSON.stringify(await place.readout("globox"))).toBe(before);
  });
});

function metric({metrics}: Readout, key: string): MetricResult {
  return metrics.find((metric) => metric.key === key)!;
}

function arm({arms}: MetricResult, variant: string): MetricResult["arms"][number] {
  return arms.find((arm) => arm.variant === variant)!;
}

function comparison({comparisons}: MetricResult, variant: string): ComparisonResult {
  return comparisons.find((comparison) => comparison.variant === variant)!;
}

function expectShare(
  result: MetricResult,
  variant: string,
  {control, treatment, difference, z, pValue}: ExpectedShare
): void {
  const own = comparison(result, variant);
  expect([arm(result, own.baseline).n, arm(result, variant).n]).toEqual([control.n, treatment.n]);
  close(arm(result, own.baseline).mean!, control.successes / control.n);
  close(arm(result, variant).mean!, treatment.successes / treatment.n);
  close(own.difference!, difference);
  close(own.statistic!, z);
  close(own.pValue!, pValue);
}

function expectMean(result: MetricResult, variant: string, expected: ExpectedMean): void {
  const own = comparison(result, variant);
  expect([arm(result, own.baseline).n, arm(result, variant).n]).toEqual(expected.n);
  close(arm(result, own.baseline).mean!, expected.means[0]);
  close(arm(result, variant).mean!, expected.means[1]);
  close(own.difference!, expected.difference);
  close(own.standardError!, expected.standardError);
  close(own.degreesOfFreedom!, expected.df);
  close(own.pValue!, expected.pValue);
  close(own.interval![0]!, expected.interval95[0]);
  close(own.interval![1]!, expected.interval95[1]);
}

/** Relative 1e-9. */
function close(actual: number, expected: number, tolerance = 1e-9): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected));
}
