import {describe, expect, it} from "vitest";
import {summaryContracts} from "../../lib/experiment/summaryContracts.ts";
import type {SummaryRow, SummarySums} from "../../lib/experiment/summaryContracts.ts";

const arms = {control: "control", variants: ["control", "treatment"]};
const row = (variant: string, users: number | null, purchase: Partial<SummarySums>): SummaryRow => ({
  variant,
  users,
  metrics: {purchase: {sum: 0, conversions: true, ...purchase}}
});
const texts = (...rows: SummaryRow[]) => summaryContracts(rows, arms).map(({text}) => text);
const sound = row("control", 100, {sum: 10});

describe("summaryContracts(rows, arms)", () => {
  it("finds nothing in a sound table", () => {
    expect(texts(sound, row("treatment", 100, {sum: 100}))).toEqual([]);
    expect(texts(sound, row("treatment", 4, {sum: 8, squares: 16, conversions: false}))).toEqual([]);
  });

  it("asks for a control arm and for every treatment", () => {
    expect(texts(row("treatment", 100, {sum: 10}))).toEqual(["missing control arm: control"]);
    expect(texts(sound)).toEqual(["missing treatment arm: treatment"]);
    expect(texts()).toHaveLength(2);
  });

  it.each([0, -1, 1.5, null, NaN])("refuses %s users", (users) => {
    expect(texts(sound, row("treatment", users, {sum: 0}))[0]).toMatch(
      /^users not a whole number above 0: .+ \(treatment, row 2\)$/
    );
  });

  it.each([
    [-1, /not a count of conversions/],
    [1.5, /not a count of conversions/],
    [null, /not a number: empty/],
    [NaN, /not a number: NaN/],
    [101, /above the number of users 100: 101/]
  ])("refuses %s conversions of 100 users", (sum, message) => {
    expect(texts(sound, row("treatment", 100, {sum}))).toEqual([expect.stringMatching(message)]);
  });

  it("refuses a second moment that no values have: n * squares below sum²", () => {
    const of = (squares: number | null) => texts(sound, row("treatment", 10, {sum: 100, squares, conversions: false}));
    expect(of(1000)).toEqual([]);
    expect(of(999.999)[0]).toContain("10 * 999.999 < 100²");
    expect(of(-1)[0]).toContain("not a number from 0 up: -1");
    expect(of(null)[0]).toContain("not a number from 0 up: empty");
  });

  it("forgives rounding in the last digits of large sums", () => {
    const sum = 1e9 / 3;
    const of = (squares: number) => texts(sound, row("treatment", 3, {sum, squares, conversions: false}));
    expect(of((sum * sum) / 3)).toEqual([]);
    expect(of(((sum * sum) / 3) * (1 - 1e-12))).toEqual([]);
    expect(of(((sum * sum) / 3) * (1 - 1e-6))).toHaveLength(1);
  });

  it("holds a metric to units of its own where it counts them", () => {
    expect(texts(sound, row("treatment", 100, {sum: 30, count: 20}))[0]).toContain("above the number of users 20: 30");
    expect(texts(sound, row("treatment", 100, {sum: 0, count: 0}))).toEqual([]);
    expect(texts(sound, row("treatment", 100, {sum: 0, count: null}))[0]).toContain("not a count: empty");
  });

  it("says where, and does not judge variants that are not the experiment's", () => {
    expect(texts(sound, {...row("treatment", 0, {sum: 0}), where: "2026-01-07"})).toEqual([
      "users not a whole number above 0: 0 (treatment, 2026-01-07)"
    ]);
    expect(texts(sound, row("treatment", 100, {sum: 1}), row("ghost", -5, {sum: -1}))).toEqual([]);
  });

  it("does not change what it is given", () => {
    const rows = [Object.freeze(row("control", 0, {sum: -1}))];
    expect(() => summaryContracts(Object.freeze(rows), arms)).not.toThrow();
  });
});
