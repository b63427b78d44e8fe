import {describe, expect, it} from "vitest";
import {assign} from "../../lib/assign/assign.ts";
import {findForbiddenChanges} from "../../lib/assign/findForbiddenChanges.ts";
import type {Experiment} from "../../lib/assign/prepareExperiment.ts";

const running: Experiment = {
  id: "green-checkout",
  status: "running",
  variants: {
    blue: {weight: 0.25, config: {colour: "blue"}},
    control: {weight: 0.5},
    green: {weight: 0.25, config: {colour: "green"}}
  }
};
const launched: Experiment = {...running, status: "stopped", launch: {variant: "green", holdout: 0.05}};
const units = Array.from({length: 20_000}, (_, i) => `user-${i}`);

describe("assign(experiment, unit) after a launch", () => {
  it("gives everybody the launched variant with its settings, but for a share that stays with control", () => {
    const given = units.map((unit) => assign(launched, unit));
    const behind = given.filter(({reason}) => reason === "held-back");
    expect(behind.length / units.length).toBeCloseTo(0.05, 2);
    expect(new Set(behind.map(({variant}) => variant))).toEqual(new Set(["control"]));
    const rest = given.filter(({reason}) => reason !== "held-back");
    expect(
      new Set(rest.map(({variant, reason, config}) => `${variant} ${reason} ${String(config["colour"])}`))
    ).toEqual(new Set(["green launched green"]));
  });

  it("holds back only who had control before, and fewer of the same when the holdout falls", () => {
    const smaller: Experiment = {...launched, launch: {variant: "green", holdout: 0.02}};
    for (const unit of units) {
      const now = assign(launched, unit).reason;
      if (now === "held-back") expect(assign(running, unit).variant).toBe("control");
      if (assign(smaller, unit).reason === "held-back") expect(now).toBe("held-back");
    }
  });

  it("gives control to all once stopped without a launch, and does not launch before it is stopped", () => {
    expect(assign({...running, status: "stopped"}, "user-1")).toMatchObject({variant: "control", reason: "stopped"});
    const early = {...launched, status: "running" as const};
    for (const unit of units.slice(0, 200)) expect(assign(early, unit)).toEqual(assign(running, unit));
  });

  it("refuses a launch of control, of what is not there, and a holdout beyond the control's weight", () => {
    const launch = (variant: string, holdout: number) => () => assign({...launched, launch: {variant, holdout}}, "u");
    expect(launch("control", 0)).toThrow(/invalid launch of green-checkout; not a treatment: "control"/);
    expect(launch("red", 0)).toThrow(/not a treatment: "red"/);
    expect(launch("green", 0.6)).toThrow(/more than the control's weight: 0\.6/);
    expect(launch("green", 1e-5)).toThrow(/not a multiple of 1\/10,000/);
    expect(launch("green", NaN)).toThrow(RangeError);
  });
});

describe("findForbiddenChanges(before, after) after a launch", () => {
  it("lets a holdout fall, and neither rise nor change what is launched", () => {
    const change = (variant: string, holdout: number) =>
      findForbiddenChanges(launched, {...launched, launch: {variant, holdout}});
    expect(findForbiddenChanges(running, launched)).toEqual([]);
    expect(change("green", 0.01)).toEqual([]);
    expect(change("green", 0.1)).toEqual([expect.stringMatching(/holdout rose from 0\.05 to 0\.1/)]);
    expect(change("blue", 0.05)).toEqual([expect.stringMatching(/launched variant changed from green to blue/)]);
  });
});
