import {describe, expect, it} from "vitest";
import {missingDays} from "../../../lib/experiment/health/missingDays.ts";
import {traffic} from "../../../lib/experiment/health/traffic.ts";
import {day, experimentWith, healthInput, trafficOf} from "../sums.ts";

const even = (n: number) => ({control: n, treatment: n});

describe("traffic(input)", () => {
  it("passes a usual day", () => {
    const found = traffic(healthInput({traffic: trafficOf(even(100), even(103), even(98), even(101), even(99))}));
    expect(found).toMatchObject({key: "traffic", status: "ok", threshold: -3});
    expect(found.value).toBeGreaterThan(-3);
  });

  // test/reference/monitoring.json holds the z-scores; this is one of its rules: n - 1, up to seven volumes before.
  it("warns of a day far below the week before, in all and by variant", () => {
    const found = traffic(healthInput({traffic: trafficOf(even(100), even(103), even(98), even(101), even(60))}));
    expect(found).toMatchObject({status: "warning", date: day(4)});
    expect(found.message).toContain("all variants, control and treatment");
  });

  it("notices one arm that lost half of its log while the other is as usual", () => {
    const days = [100, 103, 98, 101, 104, 99].map(even);
    const found = traffic(healthInput({traffic: trafficOf(...days, {control: 100, treatment: 50})}));
    expect(found.details.map(({label, status}) => [label, status])).toEqual([
      ["all variants", "warning"],
      ["control", "ok"],
      ["treatment", "warning"]
    ]);
  });

  it("notices an arm that has been silent for long, when its window is all zero", () => {
    const days = Array.from({length: 9}, (_, k) => ({control: 100 + k, treatment: k < 1 ? 100 : 0}));
    const found = traffic(healthInput({traffic: trafficOf(...days)}));
    expect(found).toMatchObject({status: "warning", message: expect.stringContaining("No new unit")});
    expect(found.message).toContain("in treatment");
  });

  it("uses the drop rule where the days before are all equal", () => {
    expect(traffic(healthInput({traffic: trafficOf(even(100), even(100), even(51))})).status).toBe("ok");
    expect(traffic(healthInput({traffic: trafficOf(even(100), even(100), even(49))})).status).toBe("warning");
  });

  it("does not judge one or two days, or none, or a day far above", () => {
    expect(traffic(healthInput({traffic: trafficOf(even(100))}))).toMatchObject({status: "ok", value: null});
    expect(traffic(healthInput({traffic: trafficOf(even(100), even(1))})).status).toBe("ok");
    expect(traffic(healthInput())).toMatchObject({
      status: "ok",
      value: null,
      message: "Too few days to judge the traffic."
    });
    expect(traffic(healthInput({traffic: trafficOf(even(99), even(100), even(101), even(900))})).status).toBe("ok");
  });
});

describe("missingDays(input)", () => {
  const without = (k: number) =>
    trafficOf(...Array.from({length: 7}, () => even(100))).filter(({date}) => date !== day(k));

  it("passes an unbroken series and names the days that are missing", () => {
    expect(missingDays(healthInput({traffic: without(9)}))).toMatchObject({status: "ok", value: 0});
    expect(missingDays(healthInput({traffic: without(3)}))).toMatchObject({
      status: "warning",
      value: 1,
      date: day(3),
      message: expect.stringContaining("8\u00a0Jan\u00a02026")
    });
  });

  it("counts a day that is there with zero units, and days after the start without any", () => {
    const zero = trafficOf(even(100), even(0), even(100));
    expect(missingDays(healthInput({traffic: zero}))).toMatchObject({status: "warning", value: 1, date: day(1)});
    expect(missingDays(healthInput({traffic: without(0)}))).toMatchObject({status: "warning", value: 1, date: day(0)});
  });

  it("says nothing where a day may be empty because so few units come", () => {
    const few = trafficOf(even(4), even(0), even(3));
    expect(missingDays(healthInput({traffic: few}))).toMatchObject({status: "ok", value: null});
    const all = experimentWith({minimumUnits: 1});
    expect(missingDays(healthInput({traffic: few}, {experiment: all})).status).toBe("warning");
  });

  it("is not known without dates", () => {
    expect(missingDays(healthInput({units: even(100)}))).toMatchObject({
      status: "ok",
      value: null,
      message: expect.stringContaining("Not known for this input")
    });
  });
});
