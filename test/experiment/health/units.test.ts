import {describe, expect, it} from "vitest";
import {armsPresent} from "../../../lib/experiment/health/armsPresent.ts";
import {crossovers} from "../../../lib/experiment/health/crossovers.ts";
import {eventLogging} from "../../../lib/experiment/health/eventLogging.ts";
import {exclusions} from "../../../lib/experiment/health/exclusions.ts";
import type {ExcludedInput} from "../../../lib/experiment/sums.ts";
import {experimentWith, healthInput} from "../sums.ts";

const units = {control: 5000, treatment: 5000};
const out = (reason: string, rows: number, more: Partial<ExcludedInput> = {}): ExcludedInput => ({
  reason,
  fact: "events",
  rows,
  units: null,
  ...more
});

describe("crossovers(input)", () => {
  const with_ = (n: number, written: object = {}) =>
    crossovers(
      healthInput({units, excluded: [out("two-variants", 2 * n, {units: n})]}, {experiment: experimentWith(written)})
    );

  it("warns from 0.1% of all units and blocks from 1%", () => {
    expect(with_(9).status).toBe("ok");
    expect(with_(11)).toMatchObject({status: "warning", threshold: 0.001});
    expect(with_(102)).toMatchObject({
      status: "blocked",
      threshold: 0.01,
      message: expect.stringContaining("102 units (1.0%)")
    });
  });

  it("takes the shares of the definition", () => {
    expect(with_(102, {crossovers: {warning: "2%", blocked: "5%"}}).status).toBe("ok");
    expect(with_(11, {crossovers: {warning: "0.01%", blocked: "0.1%"}}).status).toBe("blocked");
  });

  it("has no share without units, and finds none where none is excluded", () => {
    expect(crossovers(healthInput())).toMatchObject({status: "ok", value: null});
    expect(crossovers(healthInput({units}))).toMatchObject({status: "ok", value: 0});
    const zero = experimentWith({crossovers: {warning: "0%", blocked: "0%"}});
    expect(crossovers(healthInput({units}, {experiment: zero})).status).toBe("ok");
  });
});

describe("exclusions(input)", () => {
  it("passes rows that are left out for a stated reason", () => {
    const found = exclusions(healthInput({units, rows: 10_000, excluded: [out("unparseable-timestamp", 20)]}));
    expect(found).toMatchObject({status: "ok", value: 0.002, details: [{label: "events: unparseable timestamp"}]});
    expect(exclusions(healthInput()).message).toBe("No row was left out.");
  });

  it("warns where a fault of the log takes 5% of the rows", () => {
    const found = exclusions(healthInput({units, rows: 10_000, excluded: [out("not-numeric", 500)]}));
    expect(found).toMatchObject({status: "warning", message: expect.stringContaining("events: not numeric")});
  });

  it("takes what belongs to other experiments and other days for normal", () => {
    const excluded = [out("without-exposure", 8000), out("before-exposure", 1500), out("duplicated-row-kept", 900)];
    const found = exclusions(healthInput({units, rows: 10_000, excluded}));
    expect(found).toMatchObject({status: "ok", value: 0});
    expect(found.details).toHaveLength(2);
    expect(found.message).toContain("9,500 of 10,000 rows");
  });

  it("warns where the arms lose units unevenly", () => {
    const excluded = [out("missing-value", 400, {units: 400, byVariant: {control: 100, treatment: 300}})];
    const found = exclusions(healthInput({units, rows: 100_000, excluded}));
    expect(found).toMatchObject({status: "warning", message: expect.stringContaining("unevenly")});
  });

  it("counts units, not the rows that they lose together", () => {
    const byVariant = {control: 2000, treatment: 2200};
    const few = [out("missing-value", 4200, {units: 42, byVariant})];
    expect(exclusions(healthInput({units, rows: 1e6, excluded: few})).status).toBe("ok");
  });

  it("does not test arms without units, or too few", () => {
    const excluded = [out("missing-value", 40, {units: 40, byVariant: {treatment: 40}})];
    expect(exclusions(healthInput({units: {treatment: 5000}, rows: 1e5, excluded})).status).toBe("ok");
    const few = [out("missing-value", 6, {units: 6, byVariant: {treatment: 6}})];
    expect(exclusions(healthInput({units, rows: 1e5, excluded: few})).status).toBe("ok");
  });
});

describe("eventLogging(input)", () => {
  it("passes arms with events alike and warns of an arm that logs less", () => {
    expect(eventLogging(healthInput({units, activeUnits: {control: 2000, treatment: 2040}})).status).toBe("ok");
    const found = eventLogging(healthInput({units, activeUnits: {control: 2000, treatment: 1700}}));
    expect(found).toMatchObject({status: "warning", message: expect.stringContaining("control 40%, treatment 34%")});
  });

  it("says that it is not known for input that is no log", () => {
    expect(eventLogging(healthInput({units, activeUnits: null}))).toMatchObject({
      status: "ok",
      value: null,
      message: expect.stringContaining("Not known for this input")
    });
  });

  it("has no p-value with one arm, no events at all, or events of every unit", () => {
    for (const [n, active] of [
      [{control: 10}, {control: 3}],
      [units, {}],
      [units, units],
      [{}, {}]
    ])
      expect(eventLogging(healthInput({units: n!, activeUnits: active!}))).toMatchObject({status: "ok", value: null});
  });
});

describe("armsPresent(input)", () => {
  it("warns of a control without units by name", () => {
    expect(armsPresent(healthInput({units}))).toMatchObject({status: "ok", value: 0});
    expect(armsPresent(healthInput({units: {treatment: 5}}))).toMatchObject({
      status: "warning",
      message: "Without units: the control (control)."
    });
    expect(armsPresent(healthInput())).toMatchObject({status: "warning", message: "No unit was exposed yet."});
  });
});
