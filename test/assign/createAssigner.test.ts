import {describe, expect, it} from "vitest";
import type {Assigner, AssignerOptions} from "../../lib/assign/index.ts";
import {createAssigner} from "../../lib/assign/index.ts";

const experiment = {id: "exp", status: "running", variants: {control: {weight: 0.5}, green: {weight: 0.5}}};
const tick = () => new Promise((resolve) => setTimeout(resolve, 0));

function start(load: () => unknown, options: Partial<AssignerOptions> = {}) {
  const clock = {time: 0};
  const errors: string[] = [];
  const assigner: Assigner = createAssigner({
    load,
    ttl: 1000,
    maximumAge: 5000,
    now: () => clock.time,
    onError: ({message}) => errors.push(message),
    ...options
  });
  return {assigner, clock, errors};
}

describe("createAssigner({load, ttl, maximumAge, failSafe})", () => {
  it("gives the fail-safe variant until definitions are there, and begins to read them by itself", async () => {
    const {assigner} = start(async () => [experiment], {failSafe: {exp: {variant: "old", config: {a: 1}}}});
    expect(assigner.assign("exp", "u")).toEqual({variant: "old", config: {a: 1}, reason: "fail-safe"});
    await tick();
    expect(assigner.assign("exp", "u").reason).toBe("assigned");
    expect(assigner.assign("unknown", "u")).toEqual({variant: "control", config: {}, reason: "fail-safe"});
  });

  it("reads again once the time to live is over, serving the old definitions meanwhile", async () => {
    let reads = 0;
    const {assigner, clock} = start(() => (++reads, [{...experiment, status: reads > 1 ? "stopped" : "running"}]));
    expect(await assigner.refresh()).toBe(true);
    clock.time = 999;
    assigner.assign("exp", "u");
    expect(reads).toBe(1);
    clock.time = 1000;
    expect(assigner.assign("exp", "u").reason).toBe("assigned");
    await tick();
    expect(reads).toBe(2);
    expect(assigner.assign("exp", "u").reason).toBe("stopped");
  });

  it("serves old definitions while reading fails, until maximumAge, then the fail-safe variant, and recovers", async () => {
    let down = false;
    let reads = 0;
    const {assigner, clock, errors} = start(async () => {
      ++reads;
      if (down) throw new Error("down");
      return [experiment];
    });
    await assigner.refresh();
    down = true;
    for (clock.time = 1000; clock.time < 5000; clock.time += 100) {
      expect(assigner.assign("exp", "u").reason).toBe("assigned");
      await tick();
    }
    expect(reads).toBe(1 + 4);
    expect(new Set(errors)).toEqual(new Set(["down"]));
    expect(assigner.assign("exp", "u").reason).toBe("fail-safe");
    down = false;
    await assigner.refresh();
    expect(assigner.assign("exp", "u").reason).toBe("assigned");
  });

  it("is not undone by a reading that hung and came late", async () => {
    const answers: ((definitions: unknown) => void)[] = [];
    const {assigner, clock} = start(() => new Promise((resolve) => answers.push(resolve)));
    const slow = assigner.refresh();
    clock.time = 10;
    const fast = assigner.refresh();
    answers[1]?.([{...experiment, status: "stopped"}]);
    await fast;
    answers[0]?.([experiment]);
    await slow;
    expect(assigner.assign("exp", "u").reason).toBe("stopped");
  });

  it("leaves out a definition that is not valid and serves the others", async () => {
    const {assigner, errors} = start(() => [{...experiment, id: "bad", ramp: 2}, experiment, experiment]);
    await assigner.refresh();
    expect(assigner.assign("exp", "u").reason).toBe("assigned");
    expect(assigner.assign("bad", "u").reason).toBe("fail-safe");
    expect(errors).toEqual([
      "invalid ramp of bad; not a multiple of 1/10,000 in [0, 1]: 2",
      "duplicate experiment: exp"
    ]);
  });

  it.each([null, {}, "<html>"])("keeps what it has when a reading gives %j", async (definitions) => {
    const {assigner, errors} = start(() => definitions);
    expect(await assigner.refresh()).toBe(false);
    expect(errors).toEqual(["invalid definitions; not a list"]);
  });

  it("logs exposures with the named dimensions only", async () => {
    const calls: unknown[] = [];
    const {assigner} = start(() => [experiment], {
      dimensions: ["country", "platform"],
      logger: {exposure: (...call) => (calls.push(call), "accepted")}
    });
    await assigner.refresh();
    const assignment = assigner.assign("exp", "u", {country: "US", email: "a@example.com"});
    expect(calls).toEqual([["exp", "u", assignment, {country: "US", platform: null}]]);
  });

  it("refuses a time to live that is none", () => {
    expect(() => start(() => [], {ttl: 0})).toThrow(new RangeError("invalid ttl; not above 0: 0"));
    expect(() => start(() => [], {maximumAge: NaN})).toThrow("invalid maximumAge; not above 0: NaN");
  });
});
