import {describe, expect, it} from "vitest";
import {contracts} from "../../../lib/experiment/health/contracts.ts";
import {conflictingDefinitions} from "../../../lib/experiment/health/conflictingDefinitions.ts";
import {definitionStable} from "../../../lib/experiment/health/definitionStable.ts";
import {extremeValues} from "../../../lib/experiment/health/extremeValues.ts";
import {healthChecks} from "../../../lib/experiment/health/healthChecks.ts";
import {implausibleEffects} from "../../../lib/experiment/health/implausibleEffects.ts";
import {silentMetrics} from "../../../lib/experiment/health/silentMetrics.ts";
import {healthCheckSchema} from "../../../lib/experiment/readout.ts";
import {momentsFromSums} from "../../../lib/stats/moments.ts";
import {day, experimentWith, healthInput, metricOf, share, trafficOf} from "../sums.ts";

const spend = (n: number) => momentsFromSums(n, {y: 10 * n, yy: 500 * n});
const purchases = (control: number, treatment: number, n = 500) => ({
  purchase: metricOf({control: share(n, control), treatment: share(n, treatment)})
});

describe("extremeValues(input)", () => {
  const experiment = experimentWith({metrics: {primary: ["purchase"], secondary: ["revenue"]}});
  const metrics = {...purchases(50, 55), revenue: metricOf({control: spend(500), treatment: spend(500)})};

  it("warns of a unit that carries 5% of a metric or more", () => {
    expect(extremeValues(healthInput({metrics, largestShare: {revenue: 0.02}}, {experiment})).status).toBe("ok");
    expect(extremeValues(healthInput({metrics, largestShare: {revenue: 0.2}}, {experiment}))).toMatchObject({
      status: "warning",
      value: 0.2,
      message: "One unit alone carries 20% or more of revenue."
    });
  });

  it("does not say it of shares, where every unit counts once", () => {
    expect(extremeValues(healthInput({metrics, largestShare: {purchase: 0.1, revenue: 0}}, {experiment})).status).toBe(
      "ok"
    );
  });

  it("says that it is not known where nobody says", () => {
    expect(extremeValues(healthInput({metrics}, {experiment}))).toMatchObject({
      status: "ok",
      value: null,
      message: expect.stringContaining("Not known for this input")
    });
  });
});

describe("implausibleEffects(input)", () => {
  const of = (control: number, treatment: number, n: number, minimumEffect: object = {purchase: "2%"}) =>
    implausibleEffects(
      healthInput({metrics: purchases(control, treatment, n)}, {experiment: experimentWith({minimumEffect})})
    );

  it("warns of a lift far beyond the minimum effect with little data", () => {
    expect(of(50, 90, 500)).toMatchObject({status: "warning", message: expect.stringContaining("+80%")});
  });

  it("believes it from much data, and a small lift from little", () => {
    expect(of(500, 900, 5000).status).toBe("ok");
    expect(of(50, 55, 500).status).toBe("ok");
  });

  it("asks for more than half where no minimum effect is declared", () => {
    expect(of(100, 140, 500, {}).status).toBe("ok");
    expect(of(100, 160, 500, {}).status).toBe("warning");
  });

  it("has nothing to say without numbers", () => {
    expect(implausibleEffects(healthInput())).toMatchObject({status: "ok", value: null});
    expect(of(0, 0, 500).status).toBe("ok");
  });
});

describe("silentMetrics(input)", () => {
  it("warns of a metric that no unit has a value of", () => {
    expect(silentMetrics(healthInput({metrics: purchases(0, 1)})).status).toBe("ok");
    expect(silentMetrics(healthInput({metrics: purchases(0, 0)}))).toMatchObject({
      status: "warning",
      message: "No unit has a value of purchase."
    });
  });

  it("waits for units", () => {
    expect(silentMetrics(healthInput({metrics: purchases(0, 0, 50)})).status).toBe("ok");
    expect(silentMetrics(healthInput({metrics: {purchase: metricOf({})}})).status).toBe("ok");
  });
});

describe("conflictingDefinitions(input)", () => {
  it("warns of definitions that read the same exposures and say otherwise, and names them", () => {
    const conflicts = [{id: "button-mobile", parts: ["weights", "start"]}];
    expect(conflictingDefinitions(healthInput({}, {conflicts}))).toMatchObject({
      status: "warning",
      value: 1,
      message: "Another definition reads the same exposures and says otherwise: button-mobile (weights and start)."
    });
    expect(conflictingDefinitions(healthInput()).status).toBe("ok");
  });
});

describe("definitionStable(input)", () => {
  const change = (part: string, date: string | null) => ({
    date,
    what: "definition",
    text: `Definition, ${part}: a → b.`
  });
  const of = (...changes: ReturnType<typeof change>[]) => definitionStable(healthInput({}, {changes}));

  it("passes a definition that did not change, or only before exposures", () => {
    expect(of().status).toBe("ok");
    expect(of(change("alpha", null), change("alpha", "2026-01-01")).status).toBe("ok");
  });

  it("warns of changes while it runs and names them once", () => {
    expect(of(change("alpha", day(3)), change("primary metrics", day(4)), change("alpha", day(5)))).toMatchObject({
      status: "warning",
      value: 3,
      date: day(5),
      message: "The definition changed while running: alpha and primary metrics."
    });
  });

  it("takes a new phase for the right way to change weights, and weights without one for a bias", () => {
    expect(of(change("phases", day(3))).status).toBe("ok");
    expect(of(change("weights", day(3)))).toMatchObject({
      status: "warning",
      message: expect.stringContaining("without a phase"),
      whatToDo: expect.stringContaining("Add a phase")
    });
  });
});

describe("contracts(input)", () => {
  it("blocks on every violation that the summary's reader lists", () => {
    expect(contracts(healthInput())).toMatchObject({status: "ok", value: 0});
    const broken = (text: string) => ({reason: `contract: ${text}`, fact: "summary", rows: 1, units: null});
    const found = contracts(healthInput({excluded: ["a", "b", "c", "d"].map(broken)}));
    expect(found).toMatchObject({status: "blocked", value: 4});
    expect(found.message).toContain("a, b, c and 1 more");
    expect(found.details.map(({label}) => label)).toEqual(["a", "b", "c", "d"]);
  });
});

describe("healthChecks(input)", () => {
  it("lists the worst first, and every check as the schema wants it", () => {
    const traffic = trafficOf(...Array.from({length: 7}, () => ({control: 600, treatment: 400})));
    const {status, checks} = healthChecks(healthInput({traffic, metrics: purchases(50, 90)}));
    expect(status).toBe("blocked");
    const statuses = checks.map((each) => each.status);
    expect(statuses).toEqual(
      statuses.toSorted((a, b) => ["blocked", "warning", "ok"].indexOf(a) - ["blocked", "warning", "ok"].indexOf(b))
    );
    expect(checks[0]!.key).toBe("sample-ratio");
    for (const check of checks) expect(healthCheckSchema.parse(check)).toEqual(check);
    expect(new Set(checks.map(({key}) => key)).size).toBe(checks.length);
  });

  it("has an answer for an experiment without any unit, day or metric", () => {
    const {status, checks} = healthChecks(healthInput());
    expect(status).toBe("warning");
    expect(checks.filter((each) => each.status !== "ok").map(({key}) => key)).toEqual(["arms"]);
    expect(JSON.stringify(checks)).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("lets only the checks block whose error holds over the whole life", () => {
    const traffic = trafficOf(
      ...Array.from({length: 5}, (_, k) => (k === 4 ? {control: 40, treatment: 20} : {control: 1000, treatment: 1000}))
    );
    const excluded = [{reason: "not-numeric", fact: "events", rows: 9000, units: null}];
    const input = healthInput({
      traffic,
      excluded,
      rows: 10_000,
      activeUnits: {control: 4000, treatment: 100},
      metrics: purchases(50, 90)
    });
    expect(healthChecks(input).status).toBe("warning");
  });
});
