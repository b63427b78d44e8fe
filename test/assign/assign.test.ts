import {describe, expect, it} from "vitest";
import type {Experiment} from "../../lib/assign/index.ts";
import {assign, normalizeUnit, prepareExperiment} from "../../lib/assign/index.ts";
import {canMove, findForbiddenChanges, prepareExperiments} from "../../lib/assign/tools.ts";

const experiment: Experiment = {
  id: "green-checkout",
  status: "running",
  variants: {control: {weight: 0.5}, green: {weight: 0.5, config: {colour: "green"}}}
};
const ids = (n: number) => Array.from({length: n}, (_, i) => `user-${i}`);
const share = (of: Experiment, isSo: (variant: string, reason: string) => boolean, n = 20_000) =>
  ids(n).filter((id) => isSo(assign(of, id).variant, assign(of, id).reason)).length / n;

describe("assign(experiment, unit, attributes)", () => {
  it("gives variant, config and reason, the same every time", () => {
    // bucket("variant", "green-checkout", …) is 7987 for "42" and 2625 for "user-42", by the Python program of bucket.test.ts.
    expect(assign(experiment, "42")).toEqual({variant: "green", config: {colour: "green"}, reason: "assigned"});
    expect(assign(experiment, "user-42")).toEqual({variant: "control", config: {}, reason: "assigned"});
    expect(assign(structuredClone(experiment), "42")).toEqual(assign(experiment, "42"));
  });

  it("works on a frozen definition and does not depend on the order of its variants", () => {
    const {control, green} = experiment.variants;
    const turned = Object.freeze({...experiment, variants: Object.freeze({green: green!, control: control!})});
    for (const id of ids(100)) expect(assign(turned, id)).toEqual(assign(experiment, id));
  });

  it("keeps weights to 1/10,000, also 0 and 1", () => {
    const thirds = {...experiment, variants: {control: {weight: 0.3333}, a: {weight: 0.3333}, b: {weight: 0.3334}}};
    const n = 1e6;
    const counts: Record<string, number> = {control: 0, a: 0, b: 0};
    for (let i = 0; i < n; ++i) ++counts[assign(thirds, i).variant]!;
    const chiSquare = Object.entries(thirds.variants).reduce(
      (sum, [key, {weight}]) => sum + (counts[key]! - n * weight) ** 2 / (n * weight),
      0
    );
    expect(chiSquare).toBeLessThan(13.8); // the 0.999 quantile with 2 degrees of freedom
    const rare = {...experiment, variants: {control: {weight: 0.9999}, rare: {weight: 0.0001}}};
    expect(share(rare, (variant) => variant === "rare", 200_000)).toBeCloseTo(0.0001, 4);
    const none = {...experiment, variants: {control: {weight: 1}, a: {weight: 0}}};
    expect(share(none, (variant) => variant === "a")).toBe(0);
  });

  it("assigns independently in two experiments: chi-square of the crossing over a million units", () => {
    const other = {...experiment, id: "other"};
    const table = [0, 0, 0, 0];
    for (let i = 0; i < 1e6; ++i)
      ++table[Number(assign(experiment, i).variant === "green") * 2 + Number(assign(other, i).variant === "green")]!;
    const chiSquare = table.reduce((sum, count) => sum + (count - 250_000) ** 2 / 250_000, 0);
    expect(chiSquare).toBeLessThan(16.3); // the 0.999 quantile with 3 degrees of freedom
  });

  it("only ever adds units when the ramp rises, and moves nobody between variants", () => {
    let before = new Map<string, string>();
    for (const ramp of [0, 0.0001, 0.1, 0.5, 0.9999, 1]) {
      const ramped = {...experiment, ramp};
      const now = new Map(
        ids(20_000)
          .filter((id) => assign(ramped, id).reason === "assigned")
          .map((id) => [id, assign(ramped, id).variant])
      );
      for (const [id, variant] of before) expect(now.get(id)).toBe(variant);
      expect(now.size / 20_000).toBeCloseTo(ramp, 1);
      before = now;
    }
    expect(before.size).toBe(20_000);
    expect(assign({...experiment, ramp: 0}, "42")).toEqual({variant: "control", config: {}, reason: "not-ramped"});
  });

  it("targets by the rule, and leaves out whom the rule cannot judge", () => {
    const targeted = {...experiment, targeting: "country in [US, CA] and age >= 18"};
    expect(assign(targeted, "42", {country: "US", age: 18}).reason).toBe("assigned");
    expect(assign(targeted, "42", {country: "FR", age: 18}).reason).toBe("not-targeted");
    expect(assign(targeted, "42", {country: "US"})).toEqual({
      variant: "control",
      config: {},
      reason: "unknown-attribute"
    });
  });

  it("puts a unit into one experiment of a group at most, and leaves free slots free", () => {
    const first = {...experiment, id: "first", group: {id: "checkout", from: 0, to: 0.5}};
    const second = {...experiment, id: "second", group: {id: "checkout", from: 0.5, to: 0.8}};
    const reasons = ids(20_000).map((id) => [assign(first, id).reason, assign(second, id).reason].join());
    expect(reasons.filter((reason) => reason === "assigned,assigned")).toHaveLength(0);
    expect(reasons.filter((reason) => reason === "assigned,excluded").length / 20_000).toBeCloseTo(0.5, 1);
    expect(reasons.filter((reason) => reason === "excluded,assigned").length / 20_000).toBeCloseTo(0.3, 1);
    expect(reasons.filter((reason) => reason === "excluded,excluded").length / 20_000).toBeCloseTo(0.2, 1);
  });

  it("holds the same units out of every experiment that names the holdout", () => {
    const holdouts = [{id: "2026-q1", share: 0.05}];
    const first = {...experiment, holdouts};
    const second = {...experiment, id: "second", holdouts};
    for (const id of ids(2_000)) expect(assign(first, id).reason).toBe(assign(second, id).reason);
    expect(share(first, (_, reason) => reason === "holdout")).toBeCloseTo(0.05, 2);
    // 373 is below 500, by the Python program of bucket.test.ts.
    expect(assign(first, "user-42")).toEqual({variant: "control", config: {}, reason: "holdout"});
  });

  it("forces testers' variants past targeting, ramp, holdouts and draft, but not past paused and stopped", () => {
    const forced = {
      ...experiment,
      forced: {"tester-1": "green"},
      ramp: 0,
      targeting: "country = XX",
      holdouts: [{id: "all", share: 1}]
    };
    expect(assign(forced, "tester-1")).toEqual({variant: "green", config: {colour: "green"}, reason: "forced"});
    expect(assign({...forced, status: "draft"}, "tester-1").reason).toBe("forced");
    expect(assign({...forced, status: "paused"}, "tester-1")).toEqual({
      variant: "control",
      config: {},
      reason: "paused"
    });
    expect(assign({...forced, status: "stopped"}, "tester-1")).toEqual({
      variant: "control",
      config: {},
      reason: "stopped"
    });
    expect(assign(forced, "constructor").reason).toBe("holdout");
  });

  it("gives control to all when draft, paused or stopped, and the same variants again after a pause", () => {
    for (const status of ["draft", "paused", "stopped"] as const)
      for (const id of ids(100))
        expect(assign({...experiment, status}, id)).toEqual({variant: "control", config: {}, reason: status});
    const resumed = {...experiment};
    for (const id of ids(100)) expect(assign(resumed, id)).toEqual(assign(experiment, id));
  });

  it("takes the control from its role before its name", () => {
    const named = {
      ...experiment,
      status: "stopped" as const,
      variants: {blue: {weight: 0.5, role: "control" as const}, green: {weight: 0.5}}
    };
    expect(assign(named, "42").variant).toBe("blue");
  });

  it("gives the fail-safe variant when the definition cannot be had", () => {
    expect(assign(null, "42")).toEqual({variant: "control", config: {}, reason: "fail-safe"});
    expect(assign(undefined, "42", {}, {failSafe: {variant: "old", config: {a: 1}}})).toEqual({
      variant: "old",
      config: {a: 1},
      reason: "fail-safe"
    });
  });

  it.each(["", " ", "\t\n", "a\0b", NaN, Infinity, 0.5, 2 ** 53])("gives control for %j, which is no id", (unit) => {
    expect(assign(experiment, unit)).toEqual({variant: "control", config: {}, reason: "invalid-unit"});
  });

  it("takes ids that look like numbers, and Unicode ones, as they are", () => {
    expect(assign(experiment, 42)).toEqual(assign(experiment, "42"));
    expect(assign(experiment, 42n)).toEqual(assign(experiment, "42"));
    expect(normalizeUnit("007")).toBe("007");
    expect(normalizeUnit(" 7")).toBe(" 7");
    expect(normalizeUnit("e\u0301")).not.toBe(normalizeUnit("é"));
    expect(normalizeUnit("a\ud800")).toBe("a\ufffd");
    expect(normalizeUnit(null)).toBe(null);
    expect(normalizeUnit({})).toBe(null);
    expect(normalizeUnit(12345678901234567890n)).toBe("12345678901234567890");
    expect(assign(experiment, "__proto__").reason).toBe("assigned");
  });
});

describe("prepareExperiment(definition)", () => {
  const {variants} = experiment;
  it.each<[unknown, string]>([
    [null, "invalid experiment; not {id, status, variants}: null"],
    [[], "invalid experiment; not {id, status, variants}: []"],
    [{...experiment, id: ""}, "invalid experiment; not {id, status, variants}"],
    [{...experiment, id: "a b"}, 'invalid experiment id; not letters, digits or . _ -: "a b"'],
    [{...experiment, status: "live"}, 'unknown status of green-checkout: "live"'],
    [{...experiment, variants: {}}, "invalid weights of green-checkout; not adding up to 1: 0"],
    [
      {...experiment, variants: {control: {weight: 0.5}, green: {weight: 0.4}}},
      "invalid weights of green-checkout; not adding up to 1: 0.9"
    ],
    [
      {...experiment, variants: {control: {weight: 0.7}, green: {weight: 0.7}}},
      "invalid weights of green-checkout; not adding up to 1: 1.4"
    ],
    [
      {...experiment, variants: {control: {weight: 1 / 3}, a: {weight: 2 / 3}}},
      "invalid weight of a of green-checkout; not a multiple of 1/10,000 in [0, 1]: 0.666"
    ],
    [
      {...experiment, variants: {control: {weight: 1.5}, a: {weight: -0.5}}},
      "invalid weight of a of green-checkout; not a multiple of 1/10,000 in [0, 1]: -0.5"
    ],
    [
      {...experiment, variants: {control: {weight: "50%"}}},
      'invalid weight of control of green-checkout; not the right kind: "50%"'
    ],
    [
      {...experiment, variants: {control: {weight: NaN}}},
      "invalid weight of control of green-checkout; not a multiple of 1/10,000 in [0, 1]: NaN"
    ],
    [
      {...experiment, variants: {control: null}},
      "invalid weight of control of green-checkout; not the right kind: undefined"
    ],
    [
      {...experiment, variants: {"a b": {weight: 1}}},
      'invalid variant of green-checkout; not letters, digits or . _ -: "a b"'
    ],
    [
      {...experiment, variants: {control: {weight: 1, config: 5}}},
      "invalid config of control of green-checkout; not the right kind: 5"
    ],
    [{...experiment, variants: {a: {weight: 0.5}, b: {weight: 0.5}}}, "missing control of green-checkout: a, b"],
    [
      {...experiment, variants: {a: {weight: 0.5, role: "control"}, b: {weight: 0.5, role: "control"}}},
      "ambiguous control of green-checkout: a, b"
    ],
    [{...experiment, ramp: 1.01}, "invalid ramp of green-checkout; not a multiple of 1/10,000 in [0, 1]: 1.01"],
    [{...experiment, salt: 5}, "invalid salt of green-checkout; not the right kind: 5"],
    [{...experiment, targeting: "country ="}, "invalid rule; expected a value at position 10: country ="],
    [{...experiment, targeting: ["US"]}, 'invalid targeting of green-checkout; not the right kind: ["US"]'],
    [{...experiment, group: "checkout"}, 'invalid group of green-checkout; not the right kind: "checkout"'],
    [{...experiment, group: {id: "g", from: 0.5, to: 0.5}}, "invalid group of green-checkout; from is not below to"],
    [
      {...experiment, holdouts: [{share: 0.1}]},
      'invalid holdouts of green-checkout; not the right kind: [{"share":0.1}]'
    ],
    [
      {...experiment, holdouts: [{id: "h", share: 2}]},
      "invalid share of holdout h of green-checkout; not a multiple of 1/10,000 in [0, 1]: 2"
    ],
    [{...experiment, forced: {u: "blue"}}, 'unknown variant in forced of green-checkout: "blue"'],
    [{...experiment, forced: 7}, "invalid forced of green-checkout; not the right kind: 7"]
  ])("refuses definition %#", (definition, message) => {
    expect(() => prepareExperiment(definition)).toThrow(message);
  });

  it("accepts weights whose floating sum is not quite 1", () => {
    const tenths = Object.fromEntries(["control", ..."abcdefghi"].map((key) => [key, {weight: 0.1}]));
    expect(prepareExperiment({...experiment, variants: tenths}).ends.at(-1)).toBe(10_000);
    expect(variants).toEqual(experiment.variants);
  });
});

describe("prepareExperiments(definitions, {attributes})", () => {
  const slot = (id: string, from: number, to: number) => ({...experiment, id, group: {id: "g", from, to}});
  it("accepts slots that touch", () => {
    expect(prepareExperiments([slot("a", 0, 0.5), slot("b", 0.5, 1)])).toHaveLength(2);
    expect(prepareExperiments([])).toEqual([]);
  });
  it("refuses overlapping slots, one id twice, and a holdout of two sizes", () => {
    expect(() => prepareExperiments([slot("a", 0, 0.5), slot("b", 0.4999, 1)])).toThrow(
      "invalid slots of group g; overlapping: a, b"
    );
    expect(() => prepareExperiments([experiment, experiment])).toThrow("duplicate experiment: green-checkout");
    const held = (id: string, size: number) => ({...experiment, id, holdouts: [{id: "h", share: size}]});
    expect(() => prepareExperiments([held("a", 0.1), held("b", 0.2)])).toThrow(
      "ambiguous share of holdout h: 0.1, 0.2"
    );
  });
  it("refuses a rule about an attribute that callers do not pass", () => {
    const typo = {...experiment, targeting: "contry = US"};
    expect(() => prepareExperiments([typo], {attributes: ["country"]})).toThrow(
      "unknown attribute in the rule of green-checkout: contry"
    );
    expect(prepareExperiments([typo])).toHaveLength(1);
  });
});

describe("canMove(from, to)", () => {
  it("lets an experiment start, pause, resume and stop, and never leave stopped", () => {
    expect([
      canMove("draft", "running"),
      canMove("running", "paused"),
      canMove("paused", "running"),
      canMove("paused", "stopped")
    ]).toEqual([true, true, true, true]);
    expect([
      canMove("stopped", "running"),
      canMove("running", "draft"),
      canMove("draft", "paused"),
      canMove("stopped", "draft")
    ]).toEqual([false, false, false, false]);
    expect(canMove("stopped", "stopped")).toBe(true);
  });
});

describe("findForbiddenChanges(before, after)", () => {
  it("lets a draft change freely", () => {
    expect(
      findForbiddenChanges({...experiment, status: "draft"}, {...experiment, salt: "new", status: "draft"})
    ).toEqual([]);
  });
  it("lets a running experiment raise its ramp, pause, and change configs and testers", () => {
    const after = {...experiment, status: "paused", ramp: 1, forced: {t: "green"}};
    expect(findForbiddenChanges({...experiment, ramp: 0.1}, after)).toEqual([]);
  });
  it("names each change that would move units", () => {
    const after = {
      ...experiment,
      status: "draft",
      salt: "new",
      ramp: 0.5,
      targeting: "a = 1",
      variants: {control: {weight: 0.6}, green: {weight: 0.4}}
    };
    expect(findForbiddenChanges(experiment, after)).toEqual([
      "the status cannot go from running to draft",
      "the salt changed after the start: units would change sides",
      "the weights changed after the start: units would change sides",
      "the targeting changed after the start: units would change sides",
      "the ramp fell from 1 to 0.5: units would leave"
    ]);
  });
});
