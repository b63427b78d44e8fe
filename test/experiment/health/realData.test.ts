import {existsSync, readFileSync} from "node:fs";
import {resolve} from "node:path";
import {gunzipSync} from "node:zlib";
import {describe, expect, it} from "vitest";
import {healthChecks} from "../../../lib/experiment/health/healthChecks.ts";
import type {ExperimentSums} from "../../../lib/experiment/sums.ts";
import {momentsOf} from "../../../lib/stats/moments.ts";
import {experimentWith, healthInput, metricOf, metricsWith} from "../sums.ts";

const folder = resolve(process.env["READOUT_SHARED_DATA"] ?? "../shared/data");
const present = existsSync(folder);
if (!present) console.log(`skipped: the real data of ${folder} are absent`);

function rows(path: string): string[][] {
  const lines = gunzipSync(readFileSync(resolve(folder, path)))
    .toString()
    .trim()
    .split(/\r?\n/);
  return lines.slice(1).map((line) => line.split(","));
}

function checksOf(sums: Partial<ExperimentSums>, options: Parameters<typeof healthInput>[1] = {}) {
  const health = healthChecks(healthInput(sums, options));
  return {status: health.status, of: (key: string) => health.checks.find((check) => check.key === key)!};
}

describe.skipIf(!present)("health checks of real experiments", () => {
  it("block active_minutes: its arms differed before the test", () => {
    const values: Record<string, {y: number; x: number}[]> = {control: [], treatment: []};
    const active = new Set(rows("active_minutes/t1_user_totals_cleaned_le1440.csv.gz").map(([user]) => user));
    for (const [, variant, minutes] of rows("active_minutes/t3_user_totals_pre_raw.csv.gz").filter(([user]) =>
      active.has(user)
    ))
      values[variant === "0" ? "control" : "treatment"]!.push({y: 0, x: Math.min(40_000, Number(minutes))});
    const arms = {control: momentsOf(values.control!), treatment: momentsOf(values.treatment!)};
    const {status, of} = checksOf(
      {
        traffic: [{date: "2019-02-06", units: {control: arms.control.n, treatment: arms.treatment.n}}],
        metrics: {revenue: metricOf(arms, {date: "2019-02-06"})}
      },
      {
        experiment: experimentWith({
          start: "2019-02-06",
          variants: {control: {role: "control", weight: 0.8}, treatment: {weight: 0.2}},
          metrics: {primary: ["revenue"]}
        }),
        metrics: metricsWith({
          revenue: {
            kind: "mean",
            fact: "events",
            value: "minutes",
            name: "Active minutes",
            covariate: {column: "before"}
          }
        })
      }
    );
    expect(status).toBe("blocked");
    expect(of("pre-period")).toMatchObject({status: "blocked", date: "2019-02-06"});
    // expected.json of the data: n = 37,425 and 9,208 with means 531.1 and 298.1 before the test.
    expect([arms.control.n, arms.treatment.n]).toEqual([37_425, 9208]);
    expect(of("pre-period").message).toMatch(/Active minutes, treatment by \u221244% since/);
    expect(of("sample-ratio").status).toBe("ok");
  });

  it("warn of the 1,895 units of udacity that are in both groups, 0.65%", () => {
    const groups = new Map<string, Set<string>>();
    const first = new Map<string, string>();
    for (const [user = "", timestamp = "", group = ""] of rows("udacity/ab_data.csv.gz")) {
      groups.set(user, (groups.get(user) ?? new Set()).add(group));
      const date = timestamp.slice(0, 10);
      if (!(first.get(user)! <= date)) first.set(user, date);
    }
    const days = new Map<string, Record<string, number>>();
    let both = 0;
    for (const [user, seen] of groups) {
      if (seen.size > 1) both += 1;
      else {
        const day = days.get(first.get(user)!) ?? {};
        for (const group of seen) day[group] = (day[group] ?? 0) + 1;
        days.set(first.get(user)!, day);
      }
    }
    const traffic = [...days].map(([date, units]) => ({date, units})).sort((a, b) => (a.date < b.date ? -1 : 1));
    const {status, of} = checksOf(
      {traffic, excluded: [{reason: "two-variants", fact: "exposures", rows: 2 * both, units: both}], rows: 294_478},
      {experiment: experimentWith({start: "2017-01-02"})}
    );
    expect(status).toBe("warning");
    expect(of("crossovers")).toMatchObject({status: "warning", threshold: 0.001});
    expect(of("crossovers").value).toBeCloseTo(1895 / 290_584, 12);
    expect(of("crossovers").message).toContain("1,895 units (0.65%)");
    expect(of("sample-ratio").status).toBe("ok");
    expect(of("missing-days").status).toBe("ok");
  });

  it("show the split of cookie_cats, p = 0.0086 by chi-square, and do not block it", () => {
    const units = {control: 0, treatment: 0};
    for (const [, version] of rows("cookie_cats/cookie_cats.csv.gz"))
      units[version === "gate_30" ? "control" : "treatment"] += 1;
    expect(units).toEqual({control: 44_700, treatment: 45_489});
    const {status, of} = checksOf({units, rows: 90_189});
    expect(of("sample-ratio-chi-square")).toMatchObject({status: "ok", threshold: 0.001});
    // expected.json of the data: srm5050PValue, by scipy.
    expect(of("sample-ratio-chi-square").value).toBeCloseTo(0.008607987810836262, 12);
    expect(of("sample-ratio-chi-square").message).toContain("p\u00a0=\u00a00.0086");
    expect(of("sample-ratio")).toMatchObject({status: "ok", message: expect.stringContaining("49.6% / 50.4%")});
    expect(status).toBe("ok");
  });
});
