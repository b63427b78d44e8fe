import {describe, expect, it} from "vitest";
import {sampleRatio} from "../../../lib/experiment/health/sampleRatio.ts";
import {sampleRatioChiSquare, sampleRatioWhere} from "../../../lib/experiment/health/sampleRatioTonight.ts";
import {day, experimentWith, healthInput, sumsWith, trafficOf} from "../sums.ts";

const days = (count: number, units: Record<string, number>) => trafficOf(...Array.from({length: count}, () => units));

describe("sampleRatio(input)", () => {
  it("passes a split as planned", () => {
    const found = sampleRatio(healthInput({traffic: days(7, {control: 502, treatment: 498})}));
    expect(found).toMatchObject({key: "sample-ratio", status: "ok", threshold: 0.005, date: null});
    expect(found.value).toBe(1);
    expect(found.message).toContain("50.2% / 49.8%");
  });

  it("blocks a broken split and says since when", () => {
    const found = sampleRatio(healthInput({traffic: days(10, {control: 540, treatment: 460})}));
    expect(found).toMatchObject({
      status: "blocked",
      message: expect.stringContaining("54.0% / 46.0%, planned 50.0% / 50.0%")
    });
    expect(found.date! > day(0) && found.date! < day(9)).toBe(true);
  });

  it("stays blocked when later days even the split out: a crossing is final", () => {
    const traffic = [...days(4, {control: 600, treatment: 400}), ...days(4, {control: 400, treatment: 600})];
    const dated = traffic.map(({units}, k) => ({date: day(k), units}));
    expect(sampleRatio(healthInput({traffic: dated})).status).toBe("blocked");
  });

  it("holds each phase to its own weights", () => {
    const traffic = trafficOf({control: 900, treatment: 100}, {control: 500, treatment: 500});
    const weights = {control: {role: "control", weight: 0.9}, treatment: {weight: 0.1}};
    const phased = experimentWith({
      variants: weights,
      phases: [{start: day(1), weights: {control: 0.5, treatment: 0.5}}]
    });
    expect(sampleRatio(healthInput({traffic}, {experiment: phased})).status).toBe("ok");
    expect(sampleRatio(healthInput({traffic}, {experiment: experimentWith({variants: weights})})).status).toBe(
      "blocked"
    );
  });

  it("takes k arms of unequal weights", () => {
    const experiment = experimentWith({
      variants: {control: {role: "control", weight: 0.5}, a: {weight: 0.3}, b: {weight: 0.2}}
    });
    const sound = healthInput({traffic: days(5, {control: 500, a: 300, b: 200})}, {experiment});
    const broken = healthInput({traffic: days(5, {control: 500, a: 250, b: 250})}, {experiment});
    expect(sampleRatio(sound).status).toBe("ok");
    expect(sampleRatio(broken).status).toBe("blocked");
  });

  it("blocks an experiment whose control has no units, once that is no chance", () => {
    expect(sampleRatio(healthInput({traffic: days(1, {treatment: 3})})).status).toBe("ok");
    expect(sampleRatio(healthInput({traffic: days(1, {treatment: 300})})).status).toBe("blocked");
  });

  it("judges units without dates as one day, and has no number without units", () => {
    const undated = sumsWith({units: {control: 700, treatment: 300}});
    expect(sampleRatio(healthInput(undated))).toMatchObject({status: "blocked", date: null});
    expect(sampleRatio(healthInput())).toMatchObject({status: "ok", value: null});
  });

  it("does not count variants that the definition does not know", () => {
    const found = sampleRatio(healthInput({traffic: days(3, {control: 500, treatment: 500, ghost: 900})}));
    expect(found).toMatchObject({status: "ok", message: expect.stringContaining("50.0% / 50.0%")});
  });
});

describe("sampleRatioChiSquare(input)", () => {
  // scipy.stats.chisquare([5300, 4700]).pvalue = 1.973e-09; ([5050, 4950]) = 0.3173
  it("is Pearson's test against the weights, and warns at most", () => {
    const broken = sampleRatioChiSquare(healthInput({traffic: days(10, {control: 530, treatment: 470})}));
    expect(broken.status).toBe("warning");
    expect(broken.value).toBeCloseTo(1.973e-9, 11);
    const sound = sampleRatioChiSquare(healthInput({traffic: days(10, {control: 505, treatment: 495})}));
    expect(sound.status).toBe("ok");
    expect(sound.value).toBeCloseTo(0.3173, 4);
  });

  it("adds up what each phase planned", () => {
    const experiment = experimentWith({
      variants: {control: {role: "control", weight: 0.9}, treatment: {weight: 0.1}},
      phases: [{start: day(1), weights: {control: 0.5, treatment: 0.5}}]
    });
    const traffic = trafficOf({control: 900, treatment: 100}, {control: 500, treatment: 500});
    expect(sampleRatioChiSquare(healthInput({traffic}, {experiment}))).toMatchObject({status: "ok", value: 1});
  });

  it("has no p-value with too few units", () => {
    expect(sampleRatioChiSquare(healthInput({traffic: days(1, {control: 4, treatment: 3})}))).toMatchObject({
      status: "ok",
      value: null
    });
    expect(sampleRatioChiSquare(healthInput()).value).toBeNull();
  });
});

describe("sampleRatioWhere(input)", () => {
  const sound = {control: 1000, treatment: 1000};
  const broken = {control: 1000, treatment: 600};

  it("names the day, the hour and the segment in which the split broke", () => {
    const traffic = days(5, sound).map((each, k) => (k === 3 ? {...each, units: broken} : each));
    const entryHours = [8, 9, 10].map((hour) => ({hour, units: hour === 9 ? broken : sound}));
    const segmentUnits = ["ios", "web"].map((value) => ({
      dimension: "platform",
      value,
      units: value === "web" ? broken : sound
    }));
    const [byDay, byHour, bySegment] = sampleRatioWhere(healthInput({traffic, entryHours, segmentUnits}));
    expect(byDay).toMatchObject({status: "warning", message: expect.stringContaining(day(3))});
    expect(byHour).toMatchObject({status: "warning", message: expect.stringContaining("09:00")});
    expect(bySegment).toMatchObject({status: "warning", message: expect.stringContaining("platform web")});
    expect(bySegment!.details.map(({status}) => status)).toEqual(["ok", "warning"]);
  });

  it("adjusts for the number of groups", () => {
    // One day alone: chi-square (560 - 440)² / 1000 = 14.4, p = 0.00015; of 20 days Holm makes it 0.003.
    const off = {control: 560, treatment: 440};
    const even = {control: 500, treatment: 500};
    expect(sampleRatioWhere(healthInput({traffic: days(1, off)}))[0]!.status).toBe("warning");
    const many = days(20, even).map((each, k) => (k === 7 ? {...each, units: off} : each));
    expect(sampleRatioWhere(healthInput({traffic: many}))[0]!.status).toBe("ok");
  });

  it("does not judge hours and segments where weights changed, but still judges days", () => {
    const experiment = experimentWith({
      variants: {control: {role: "control", weight: 0.9}, treatment: {weight: 0.1}},
      phases: [{start: day(1), weights: {control: 0.5, treatment: 0.5}}]
    });
    const traffic = trafficOf({control: 900, treatment: 100}, {control: 500, treatment: 500});
    const segmentUnits = [{dimension: "platform", value: "web", units: {control: 500, treatment: 500}}];
    const found = sampleRatioWhere(healthInput({traffic, segmentUnits}, {experiment}));
    expect(found.map(({status}) => status)).toEqual(["ok", "ok", "ok"]);
    expect(found[0]!.message).toContain("2 tested");
    expect(found[2]!.message).toContain("Not judged");
  });

  it("leaves out groups too small to test", () => {
    const segmentUnits = [{dimension: "platform", value: "tv", units: {control: 7, treatment: 0}}];
    const [, , bySegment] = sampleRatioWhere(healthInput({traffic: days(2, sound), segmentUnits}));
    expect(bySegment).toMatchObject({status: "ok", value: null, details: []});
  });
});
