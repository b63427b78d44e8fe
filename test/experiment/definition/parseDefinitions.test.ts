import fc from "fast-check";
import {describe, expect, it} from "vitest";
import {formatDefinitionError} from "../../../lib/experiment/definition/definitionErrors.ts";
import {parseDefinitions} from "../../../lib/experiment/definition/parseDefinitions.ts";

const experiment = `title: Green checkout button
hypothesis: A green button makes more people finish the checkout.
owner: growth@example.com
tags: [checkout]
status: running
start: 2026-01-05
end: 2026-02-01                      # planned last day
exposures: exposures                 # a fact of sources.yaml
variants: {control: {role: control, weight: 0.5}, green: {weight: 0.5}}
dimensions: [platform, country]
metrics:
  primary: [purchase]
  secondary: [revenue]
  guardrails: [{metric: latency, margin: 25%}]
minimumEffect: {purchase: 2%}        # smallest relative lift worth acting on
alpha: 0.05
power: 0.8
alternative: two-sided
design: {method: group-sequential, spending: obrien-fleming, plannedUnits: 200000}
`;
const metrics = `purchase: {kind: proportion, fact: events, event: purchase, window: 7d, covariate: 14d, direction: increase}
revenue: {kind: mean, fact: events, event: purchase, value: amount, window: 7d, cap: p99.9, direction: increase, unit: USD}
latency: {kind: quantile, quantile: 0.95, fact: events, event: inference, value: latency_ms, direction: decrease, unit: ms}
`;
const sources = `connections: {warehouse: {engine: postgres, url: "\${DATABASE_URL}", mode: push-down}}
facts:
  exposures: {shape: exposures, path: demo/exposures.csv, unit: user_id, variant: variant, timestamp: ts, experiment: experiment, dimensions: [platform, country]}
  events: {shape: events, path: "demo/events/*.parquet", unit: user_id, timestamp: ts, event: event, values: [amount, latency_ms]}
`;

interface Texts {
  id?: string;
  experiment?: string;
  metrics?: string;
  sources?: string;
  environment?: Record<string, string>;
}

function parse({environment, id = "green", ...texts}: Texts = {}) {
  return parseDefinitions(
    [
      {path: `data/experiments/${id}.yaml`, text: texts.experiment ?? experiment},
      {path: "data/metrics.yaml", text: texts.metrics ?? metrics},
      {path: "data/sources.yaml", text: texts.sources ?? sources}
    ],
    {environment}
  );
}

function errorsOf(texts: Texts): string[] {
  return parse(texts).errors.map(formatDefinitionError);
}

/** The errors of the experiment with one part of its text exchanged. */
function afterChange(from: string | RegExp, to: string): string[] {
  const changed = experiment.replace(from, to);
  expect(changed).not.toBe(experiment);
  return errorsOf({experiment: changed}).map((line) => line.replace("data/experiments/green.yaml:", ""));
}

function afterMetricChange(from: string | RegExp, to: string): string[] {
  const changed = metrics.replace(from, to);
  expect(changed).not.toBe(metrics);
  return errorsOf({metrics: changed}).map((line) => line.replace("data/metrics.yaml:", ""));
}

function afterSourceChange(from: string | RegExp, to: string, environment?: Record<string, string>): string[] {
  const changed = sources.replace(from, to);
  expect(changed).not.toBe(sources);
  return errorsOf({sources: changed, environment}).map((line) => line.replace("data/sources.yaml:", ""));
}

describe("parseDefinitions(files)", () => {
  it("reads the example of the documentation without errors", () => {
    const {definitions, errors} = parse();
    expect(errors).toEqual([]);
    expect(definitions.experiments).toHaveLength(1);
    expect(definitions.experiments[0]).toMatchObject({
      id: "green",
      start: "2026-01-05",
      timezone: "UTC",
      variants: {control: {role: "control", weight: 0.5}, green: {role: "treatment", weight: 0.5}},
      dimensions: {platform: {column: "platform", top: 20}, country: {column: "country", top: 20}},
      metrics: {primary: ["purchase"], secondary: ["revenue"], guardrails: [{metric: "latency", margin: "25%"}]},
      design: {method: "group-sequential", looks: "nightly", plannedUnits: 200000},
      correction: "holm",
      minimumUnits: 10
    });
    expect(Object.keys(definitions.metrics)).toEqual(["purchase", "revenue", "latency"]);
    expect(definitions.sources.facts.events?.values).toEqual(["amount", "latency_ms"]);
  });

  it("keeps dates and words such as yes as text, as YAML 1.2 has it", () => {
    const {definitions} = parse({experiment: experiment.replace("title: Green checkout button", "title: yes")});
    expect(definitions.experiments[0]?.title).toBe("yes");
  });

  it("resolves anchors and merge keys", () => {
    const text = "base: &base {kind: mean, fact: events, event: purchase, direction: increase}\n" + metrics;
    const merged = text.replace(/revenue: {kind: mean,[^}]*}/, "revenue: {<<: *base, value: amount, window: 7d}");
    const {definitions, errors} = parse({metrics: merged});
    expect(errors).toEqual([]);
    expect(definitions.metrics.revenue).toMatchObject({kind: "mean", value: "amount", direction: "increase"});
  });

  it("does not change the files that it is given", () => {
    const files = [{path: "data/experiments/green.yaml", text: experiment}].map((file) => Object.freeze(file));
    expect(() => parseDefinitions(Object.freeze(files))).not.toThrow();
  });

  it("reports all errors of all files at once, in the order of the files and lines", () => {
    const errors = errorsOf({
      experiment: experiment
        .replace("title:", "titel:")
        .replace("[purchase]\n  sec", "[purchse]\n  sec")
        .replace("2026-02-01", "2026-01-01"),
      metrics: metrics.replace("kind: mean", "kind: men").replace("cap: p99.9", "cap: p999"),
      sources: sources.replace("shape: exposures", "shape: exposure")
    });
    expect(errors.map((line) => line.split(" ", 1)[0])).toEqual([
      "data/experiments/green.yaml:1:1:",
      "data/experiments/green.yaml:7:6:",
      "data/experiments/green.yaml:12:13:",
      "data/metrics.yaml:2:17:",
      "data/metrics.yaml:2:85:",
      "data/sources.yaml:3:22:"
    ]);
  });

  it.each([
    ["title", "exposures", "variants"],
    ["start", "title", "exposures", "variants"]
  ])("checks names although %s and other required keys are missing", (...keys) => {
    const lines = experiment.replace("[revenue]", "[revenu]").split("\n");
    const text = lines.filter((line) => !keys.some((key) => line.startsWith(`${key}:`))).join("\n");
    const messages = parse({experiment: text}).errors.map(({message}) => message);
    expect(messages).toHaveLength(keys.length + 1);
    for (const key of keys) expect(messages.join("\n")).toContain(`missing key: ${key}; expected`);
    expect(messages.at(-1)).toContain("unknown metric: revenu; did you mean revenue?");
  });

  it("does not speak of metrics where there are none", () => {
    const text = experiment.replace(/metrics:\n(?: {2}.*\n)+/, "");
    expect(errorsOf({experiment: text})).toEqual([
      expect.stringContaining("1:1: missing key: metrics; expected a map")
    ]);
  });

  it("leaves out an experiment with errors and keeps the others", () => {
    const {definitions, errors} = parseDefinitions([
      {path: "data/experiments/blue.yaml", text: experiment.replace("alpha: 0.05", "alpha: 5")},
      {path: "data/experiments/green.yaml", text: experiment},
      {path: "data/metrics.yaml", text: metrics},
      {path: "data/sources.yaml", text: sources}
    ]);
    expect(errors).toHaveLength(1);
    expect(definitions.experiments.map(({id}) => id)).toEqual(["green"]);
  });
});

describe("parseDefinitions(files), on the form of a file", () => {
  it("reports a duplicate key where it is repeated, and where it was first", () => {
    expect(afterChange("power: 0.8", "alpha: 0.8")).toEqual(["17:1: duplicate key: alpha; first on line 16"]);
  });

  it("still checks the rest of a file with a duplicate key", () => {
    expect(afterChange("power: 0.8", "alpha: 8")).toEqual([
      "16:8: invalid alpha; expected a number above 0 and below 1, found: 8",
      "17:1: duplicate key: alpha; first on line 16"
    ]);
  });

  it.each([
    ["a list that is not closed", "tags: [checkout", "5:1: invalid YAML; flow sequence in block collection"],
    ["tabs", "tags:\n\t- checkout", "5:1: invalid YAML; tabs are not allowed as indentation, expected spaces"],
    ["an unknown anchor", "tags: *nope", "4:7: unknown anchor: nope"],
    ["an unknown tag", "tags: !money [a]", "4:7: invalid YAML; unresolved tag: !money"],
    ["a key that is a list", "? [a]\n: b", "4:3: invalid key; not text"],
    ["a second document", "---", "invalid YAML; several documents in one file, expected one"]
  ])("reports %s once", (_, line, message) => {
    const errors = afterChange("tags: [checkout]", line);
    expect(errors[0]).toContain(message);
    expect(errors.filter((each) => /YAML|anchor|not text/.test(each))).toHaveLength(1);
  });

  it("refuses the key __proto__", () => {
    expect(afterChange("green: {weight: 0.5}", "__proto__: {weight: 0.5}")).toContain(
      "9:51: invalid key; reserved: __proto__"
    );
  });

  it("reports an empty file and what it should hold", () => {
    expect(errorsOf({experiment: "# nothing yet\n"})).toEqual([
      "data/experiments/green.yaml:1:1: empty file; expected an experiment: title, start, exposures, variants and metrics"
    ]);
    expect(errorsOf({metrics: ""})[0]).toMatch(/^data\/metrics\.yaml:1:1: empty file; expected metrics by name/);
    expect(errorsOf({sources: ""})[0]).toMatch(/^data\/sources\.yaml:1:1: empty file; expected facts by name/);
  });

  it("does not call a metric unknown because metrics.yaml cannot be read", () => {
    const errors = errorsOf({metrics: "purchase: {kind: ["});
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^data\/metrics\.yaml:/);
  });

  it("reports files that are missing, unknown, twice there or unreadable", () => {
    const {errors} = parseDefinitions([
      {path: "data/experiments/green.yaml", text: experiment},
      {path: "data/experiments/blue.yaml", text: "", problem: "invalid encoding; expected UTF-8"},
      {path: "data/metrics.yaml", text: metrics},
      {path: "data/metrics.yml", text: metrics},
      {path: "data/metrix.yaml", text: metrics}
    ]);
    expect(errors.map(formatDefinitionError)).toEqual([
      expect.stringMatching(/^data\/sources\.yaml:1:1: missing file; expected facts by name/),
      "data/experiments/blue.yaml:1:1: invalid encoding; expected UTF-8",
      "data/metrics.yml:1:1: duplicate file; data/metrics.yaml is there already",
      "data/metrix.yaml:1:1: unknown file; expected experiments/<id>.yaml, metrics.yaml or sources.yaml"
    ]);
  });

  it("understands paths of Windows", () => {
    const {definitions, errors} = parseDefinitions([
      {path: "data\\experiments\\green.yaml", text: experiment},
      {path: "data\\metrics.yaml", text: metrics},
      {path: "data\\sources.yaml", text: sources}
    ]);
    expect(errors).toEqual([]);
    expect(definitions.experiments[0]?.id).toBe("green");
  });

  it.each(["green checkout", "..", "-green", "<img>", "grün", "con", "x".repeat(81)])("refuses the id %j", (id) => {
    expect(errorsOf({id})[0]).toMatch(/:1:1: invalid id; expected a file name of letters, digits, - and _/);
  });

  it("refuses ids that some file systems take for one", () => {
    const {errors} = parseDefinitions([
      {path: "data/experiments/Green.yaml", text: experiment},
      {path: "data/experiments/green.yaml", text: experiment},
      {path: "data/experiments/green.yml", text: experiment},
      {path: "data/metrics.yaml", text: metrics},
      {path: "data/sources.yaml", text: sources}
    ]);
    expect(errors.map(({message}) => message)).toEqual([
      "duplicate experiment: green; data/experiments/Green.yaml is there already, and some systems do not tell upper from lower case",
      "duplicate experiment: green; data/experiments/Green.yaml is there already, and some systems do not tell upper from lower case"
    ]);
  });
});

describe("parseDefinitions(files), on keys and words", () => {
  it.each([
    [
      "a key with a typo",
      "title: Green",
      "titel: Green",
      "1:1: unknown key: titel; did you mean title? (an experiment has title, hyp"
    ],
    [
      "an inner key",
      "plannedUnits:",
      "planedUnits:",
      "19:62: unknown key: planedUnits; did you mean plannedUnits? (design has method, "
    ],
    [
      "a word",
      "status: running",
      "status: runing",
      "5:9: unknown status: runing; did you mean running? (expected one of draft, running, paused, stopped)"
    ],
    [
      "a word in the wrong case",
      "two-sided",
      "Two-Sided",
      "18:14: unknown alternative: Two-Sided; did you mean two-sided? (expected one of two-sided, greater, less)"
    ],
    [
      "the start of a word",
      "obrien-fleming",
      "obrien",
      "19:46: unknown spending: obrien; did you mean obrien-fleming?"
    ],
    [
      "a metric",
      "[purchase]\n",
      "[purchse]\n",
      "12:13: unknown metric: purchse; did you mean purchase? (metrics.yaml defines purchase, revenue, latency)"
    ],
    [
      "a guardrail's metric",
      "metric: latency",
      "metric: latncy",
      "14:25: unknown metric: latncy; did you mean latency?"
    ],
    [
      "a fact",
      "exposures: exposures",
      "exposures: exposure",
      "8:12: unknown fact: exposure; did you mean exposures? (sources.yaml has exposures, events)"
    ],
    [
      "a dimension",
      "country]",
      "contry]",
      "10:24: unknown dimension: contry; did you mean country? (fact exposures has dimensions platform, country)"
    ],
    [
      "a metric with a minimum effect",
      "{purchase: 2%}",
      "{purchace: 2%}",
      "15:17: unknown metric: purchace; did you mean purchase? (the experiment has purchase, revenue, latency)"
    ],
    [
      "a holdout",
      "power: 0.8",
      "power: 0.8\nholdout: contrl",
      "18:10: unknown variant: contrl; did you mean control? (the variants are control, green)"
    ],
    [
      "a timezone",
      "power: 0.8",
      "power: 0.8\ntimezone: Europe/Berln",
      "18:11: unknown timezone: Europe/Berln; did you mean Europe/Berlin?"
    ],
    [
      "a name that is like no other",
      "[purchase]\n",
      "[xyz]\n",
      "12:13: unknown metric: xyz (metrics.yaml defines purchase, revenue, latency)"
    ]
  ])("says the nearest name for %s", (_, from, to, expected) => {
    const errors = afterChange(from, to);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(expected);
  });

  it("does not find names of Object.prototype", () => {
    expect(afterChange("[revenue]", "[constructor]")[0]).toContain("13:15: unknown metric: constructor");
  });

  it.each([
    ["a missing key", "start: 2026-01-05\n", "", "1:1: missing key: start; expected a date such as 2026-01-31"],
    [
      "a key without a value",
      "start: 2026-01-05",
      "start:",
      "6:1: invalid start; expected a date such as 2026-01-31, found: nothing"
    ],
    [
      "a number for text",
      "title: Green checkout button",
      "title: 5",
      '1:8: invalid title; expected text that is not empty, found: 5; did you mean "5"?'
    ],
    [
      "text for a number",
      "alpha: 0.05",
      'alpha: "0.05"',
      '16:8: invalid alpha; expected a number above 0 and below 1, found: "0.05"; did you mean 0.05?'
    ],
    [
      "a percentage for a number",
      "alpha: 0.05",
      "alpha: 5%",
      '16:8: invalid alpha; expected a number above 0 and below 1, found: "5%"; did you mean 0.05?'
    ],
    [
      "a number for a percentage",
      "purchase: 2%",
      "purchase: 0.02",
      "15:27: invalid purchase; expected a percentage such as 2%, found: 0.02; did you mean 2%?"
    ],
    [
      "no percent at all",
      "purchase: 2%",
      "purchase: 0%",
      '15:27: invalid purchase; expected a percentage above 0%, found: "0%"'
    ],
    [
      "a word for a list",
      "tags: [checkout]",
      "tags: checkout",
      "4:7: invalid tags; expected a list, found: checkout; did you mean [checkout]?"
    ],
    [
      "an empty list",
      "[purchase]\n",
      "[]\n",
      "12:12: invalid primary; expected a list with at least 1, found: an empty list"
    ],
    [
      "a bound that is passed",
      "plannedUnits: 200000",
      "plannedUnits: 1",
      "19:76: invalid plannedUnits; expected a whole number at least 2, found: 1"
    ],
    [
      "not a number",
      "alpha: 0.05",
      "alpha: .nan",
      "16:8: invalid alpha; expected a number above 0 and below 1, found: NaN"
    ],
    [
      "a pair that is none",
      "power: 0.8",
      "novelty: {early: [1], late: [8, 14]}",
      "17:18: invalid early; expected a list of 2 numbers, found: a list"
    ],
    [
      "a map with neither form",
      "[{metric: latency, margin: 25%}]",
      "[4]",
      "14:16: invalid guardrails[0]; expected a name of letters, digits, - and _ (at most 80) or a map with metric, margin, limit, ratio, found: 4"
    ],
    [
      "a map for text",
      "owner: growth@example.com",
      "owner: {}",
      "3:8: invalid owner; expected text that is not empty, found: an empty map"
    ],
    ["an id within the file", "owner: growth@example.com", "id: other", "3:1: unknown key: id"]
  ])("says what was found and expected for %s", (_, from, to, expected) => {
    expect(afterChange(from, to)[0]).toContain(expected);
  });

  it("names the words for verdicts that it does not know", () => {
    expect(afterChange("power: 0.8", "labels: {shp: LAUNCH}")[0]).toContain(
      "17:10: unknown key: shp; did you mean ship? (labels has blocked"
    );
    expect(afterChange("power: 0.8", "labels: {ship: LAUNCH}")).toEqual([]);
  });

  it("cuts long text and quotes what could be misread", () => {
    const [error] = afterChange("status: running", `status: "${"a\\u001b[31m".repeat(40)}"`);
    expect(error).not.toContain("\u001b");
    expect(error?.length).toBeLessThan(500);
  });
});

describe("parseDefinitions(files), on dates", () => {
  it.each([
    ["5 Jan", '6:8: invalid start; expected a date such as 2026-01-31, found: "5 Jan"'],
    ["2026-02-30", '6:8: invalid start; expected a date that exists, found: "2026-02-30"'],
    ["2026-1-5", '6:8: invalid start; expected a date such as 2026-01-31, found: "2026-1-5"; did you mean 2026-01-05?'],
    ["2026-01-05T10:00:00Z", "did you mean 2026-01-05?"],
    ["20260105", "6:8: invalid start; expected a date such as 2026-01-31, found: 20260105"]
  ])("refuses %s", (date, expected) => {
    const errors = afterChange("start: 2026-01-05", `start: ${date}`);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(expected);
  });

  it("refuses an end before the start", () => {
    expect(afterChange("2026-02-01", "2026-01-04")).toEqual([
      "7:6: invalid end; expected a day on or after the start 2026-01-05, found: 2026-01-04"
    ]);
    expect(afterChange("2026-02-01", "2026-01-05")).toEqual([]);
  });

  it("refuses a pin before the start", () => {
    expect(afterChange("power: 0.8", "pin: 2025-12-31")[0]).toContain("17:6: invalid pin; expected a day on or after");
  });

  it("refuses offsets, which some Nodes know as timezones and others do not", () => {
    expect(afterChange("power: 0.8", "timezone: +02:00")[0]).toContain("unknown timezone");
    expect(afterChange("power: 0.8", "timezone: America/New_York")).toEqual([]);
  });
});

describe("parseDefinitions(files), on variants, weights and phases", () => {
  const variants = "variants: {control: {role: control, weight: 0.5}, green: {weight: 0.5}}";

  it.each([
    [
      "no control",
      "{a: {weight: 0.5}, b: {weight: 0.5}}",
      "9:1: missing control; expected one variant with role: control"
    ],
    [
      "two controls",
      "{a: {weight: 0.5, role: control}, b: {weight: 0.5, role: control}}",
      "9:68: duplicate control: b; a is the control already, expected one"
    ],
    ["one variant", "{a: {weight: 1, role: control}}", "9:11: invalid variants; expected at least 2, found: 1"],
    [
      "weights below 1",
      "{a: {weight: 0.5, role: control}, b: {weight: 0.4}}",
      "9:1: invalid weights; they add up to 0.9, expected 1: a 0.5, b 0.4"
    ],
    [
      "weights above 1",
      "{a: {weight: 0.5, role: control}, b: {weight: 0.6}}",
      "9:1: invalid weights; they add up to 1.1, expected 1: a 0.5, b 0.6"
    ],
    [
      "a weight of 0",
      "{a: {weight: 1, role: control}, b: {weight: 0}}",
      "9:55: invalid weight; expected a number above 0 and at most 1, found: 0"
    ],
    [
      "a value of two variants",
      "{a: {weight: 0.5, role: control, values: [b]}, b: {weight: 0.5}}",
      "9:58: ambiguous value: b; it means a already"
    ]
  ])("refuses %s", (_, text, expected) => {
    const errors = afterChange(variants, `variants: ${text}`);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBe(expected);
  });

  it.each([
    ["0.3333 three times", [0.3333, 0.3333, 0.3333]],
    ["0.333 three times", [0.333, 0.333, 0.333]],
    ["0.3333 and 0.3334", [0.3333, 0.3333, 0.3334]]
  ])("accepts thirds written as %s, and divides them by their sum", (_, [a, b, c]) => {
    const text = `variants: {a: {role: control, weight: ${a}}, b: {weight: ${b}}, c: {weight: ${c}}}`;
    const {definitions, errors} = parse({experiment: experiment.replace(variants, text)});
    expect(errors).toEqual([]);
    const weights = Object.values(definitions.experiments[0]?.variants ?? {}).map(({weight}) => weight);
    expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 15);
  });

  it("refuses thirds with two digits", () => {
    const text = "variants: {a: {role: control, weight: 0.33}, b: {weight: 0.33}, c: {weight: 0.33}}";
    expect(afterChange(variants, text)[0]).toContain("they add up to 0.99, expected 1");
  });

  it("keeps weights that add up as they were written", () => {
    const text = "variants: {a: {role: control, weight: 0.1}, b: {weight: 0.2}, c: {weight: 0.7}}";
    const {definitions} = parse({experiment: experiment.replace(variants, text)});
    const weights = Object.values(definitions.experiments[0]?.variants ?? {}).map(({weight}) => weight);
    expect(weights).toEqual([0.1, 0.2, 0.7]);
  });

  it("takes a variant's name for text, whatever it looks like", () => {
    const text = 'variants: {control: {role: control, weight: 0.5}, "<img src=x onerror=alert(1)>": {weight: 0.5}}';
    const {definitions, errors} = parse({experiment: experiment.replace(variants, text)});
    expect(errors).toEqual([]);
    expect(Object.keys(definitions.experiments[0]?.variants ?? {})[1]).toBe("<img src=x onerror=alert(1)>");
  });

  it.each([
    [
      "an unknown variant",
      "[{start: 2026-01-10, weights: {control: 0.5, gren: 0.5}}]",
      "unknown variant: gren; did you mean green? (the variants are control, green)"
    ],
    [
      "weights that do not add up",
      "[{start: 2026-01-10, weights: {green: 0.7}}]",
      "invalid weights; with the variants' own they add up to 1.2, expected 1: control 0.5, green 0.7"
    ],
    [
      "phases out of order",
      "[{start: 2026-01-20, weights: {}}, {start: 2026-01-10, weights: {}}]",
      "invalid start; expected phases in order, after 2026-01-20, found: 2026-01-10"
    ],
    [
      "a phase before the start",
      "[{start: 2026-01-01, weights: {}}]",
      "invalid start; expected a phase to start on or after the experiment's start 2026-01-05, found: 2026-01-01"
    ],
    [
      "a phase after the end",
      "[{start: 2026-03-01, weights: {}}]",
      "invalid start; expected a phase to start on or before the experiment's end 2026-02-01, found: 2026-03-01"
    ]
  ])("refuses %s", (_, phases, expected) => {
    const errors = afterChange("power: 0.8", `phases: ${phases}`);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(expected);
  });

  it("reads a ramp: later phases change the weights of the variants", () => {
    const text = experiment.replace(
      "power: 0.8",
      "phases: [{start: 2026-01-05, weights: {control: 0.9, green: 0.1}}, {start: 2026-01-10, weights: {control: 0.5, green: 0.5}}]"
    );
    const {definitions, errors} = parse({experiment: text});
    expect(errors).toEqual([]);
    expect(definitions.experiments[0]?.phases.map(({weights}) => weights)).toEqual([
      {control: 0.9, green: 0.1},
      {control: 0.5, green: 0.5}
    ]);
  });
});

describe("parseDefinitions(files), on metrics in an experiment", () => {
  it("refuses a metric that is listed twice", () => {
    expect(afterChange("secondary: [revenue]", "secondary: [revenue, purchase]")).toEqual([
      "13:24: duplicate metric: purchase; it is a primary metric already, expected one role for each"
    ]);
  });

  it("refuses a guardrail whose metric does not say which way is good", () => {
    expect(errorsOf({metrics: metrics.replace("direction: decrease, ", "")})).toEqual([
      "data/experiments/green.yaml:14:16: missing direction of latency; a guardrail must know which way is good: write direction: increase or direction: decrease in metrics.yaml"
    ]);
  });

  it.each([
    [
      "a fall by more than all",
      "{metric: revenue, margin: 100%}",
      "invalid margin; revenue should increase and cannot fall by more than 100%, expected less, found: 100%"
    ],
    [
      "a ratio for a metric that should rise",
      "{metric: revenue, ratio: 1.25}",
      "invalid ratio; it is for a metric that should decrease, revenue should increase; write margin instead"
    ],
    ["a ratio that control itself passes", "{metric: latency, ratio: 1}", "invalid ratio; expected above 1"],
    ["a margin of nothing", "{metric: latency, margin: 0%}", "invalid margin; expected a percentage above 0%, found"]
  ])("refuses a guardrail with %s", (_, guardrail, expected) => {
    const text = experiment
      .replace("secondary: [revenue]", "secondary: []")
      .replace("{metric: latency, margin: 25%}", guardrail);
    const errors = errorsOf({experiment: text});
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(expected);
  });

  it("refuses a limit of 1% that is written as 1", () => {
    const text = metrics + "error: {kind: proportion, fact: events, event: error, direction: decrease}\n";
    const guarded = experiment.replace("{metric: latency, margin: 25%}", "{metric: error, limit: 2}");
    expect(errorsOf({experiment: guarded, metrics: text})).toEqual([
      "data/experiments/green.yaml:14:39: invalid limit; error is a proportion, expected a number between 0 and 1, found: 2; did you mean 0.02?"
    ]);
  });

  it("takes a guardrail as a word for its metric", () => {
    const {definitions} = parse({experiment: experiment.replace("[{metric: latency, margin: 25%}]", "[latency]")});
    expect(definitions.experiments[0]?.metrics.guardrails).toEqual([{metric: "latency"}]);
  });

  it("refuses a group-sequential design whose primary metric has no window, and says what to do", () => {
    const errors = errorsOf({metrics: metrics.replace("window: 7d, covariate", "covariate")});
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(
      /green\.yaml:12:13: invalid design; purchase has no window, .* no independent increments, .* write window: 7d for purchase in metrics\.yaml, or choose method: always-valid or fixed$/
    );
  });

  it("accepts a metric without a window where looks need none", () => {
    const text = experiment.replace("method: group-sequential", "method: always-valid");
    expect(errorsOf({experiment: text, metrics: metrics.replace("window: 7d, covariate", "covariate")})).toEqual([]);
  });

  it("refuses a group-sequential design without planned units", () => {
    expect(afterChange(", plannedUnits: 200000", "")).toEqual([
      expect.stringMatching(/^19:18: missing key: plannedUnits; expected the units in all arms together/)
    ]);
  });

  it.each([
    [
      "fractions that do not increase",
      "[[0.5, 0.1], [0.5, 0.2]]",
      "invalid spending; expected fractions that increase"
    ],
    [
      "a parameter that the spending has not",
      "pocock, parameter: 2",
      "invalid parameter; only for hwang-shih-decani and kim-demets"
    ],
    [
      "a parameter out of range",
      "kim-demets, parameter: -1",
      "invalid parameter; expected above 0 for kim-demets, found: -1"
    ]
  ])("refuses %s", (_, spending, expected) => {
    const errors = afterChange("spending: obrien-fleming", `spending: ${spending}`);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(expected);
  });

  it("accepts a table of spending that ends with all of it", () => {
    expect(afterChange("spending: obrien-fleming", "spending: [[0.5, 0.1], [1, 1]]")).toEqual([]);
  });
});

describe("parseDefinitions(files), on spans and shares", () => {
  it.each([
    [
      "a span that ends before it begins",
      "novelty: {early: [6, 0], late: [7, 13]}",
      "17:18: invalid early; expected the first day not after the last, found: [6, 0]"
    ],
    [
      "spans that overlap",
      "novelty: {early: [0, 7], late: [7, 13]}",
      "17:32: invalid late; expected to begin after early ends on day 7, found: [7, 13]"
    ],
    [
      "a warning above the block",
      "crossovers: {warning: 2%, blocked: 1%}",
      "17:23: invalid warning; expected at most blocked (1%), found: 2%"
    ],
    ["more than all", "crossovers: {blocked: 101%}", "17:23: invalid blocked; expected at most 100%, found: 101%"]
  ])("refuses %s", (_, line, expected) => {
    expect(afterChange("power: 0.8", line)).toEqual([expected]);
  });

  it("accepts spans and shares in order", () => {
    expect(afterChange("power: 0.8", "novelty: {early: [0, 6], late: [7, 13]}\ncrossovers: {warning: 0%}")).toEqual([]);
  });
});

describe("parseDefinitions(files), on dimensions", () => {
  it.each(["date", "variant", "metric", "bin", "n", "y", "yy", "xv", "Date", "N"])(
    "refuses the name %s of the cube",
    (name) => {
      const errors = errorsOf({
        experiment: experiment.replace("[platform, country]", `[${name}]`),
        sources: sources.replace("[platform, country]", `[${name}]`)
      });
      expect(errors).toEqual([
        expect.stringContaining(`10:14: reserved dimension name: ${name}; the cube has a column`)
      ]);
    }
  );

  it("reads the same column under another name", () => {
    const text = experiment.replace("[platform, country]", "{entered: {column: date}}");
    const {definitions, errors} = parse({experiment: text, sources: sources.replace("[platform, country]", "[date]")});
    expect(errors).toEqual([]);
    expect(definitions.experiments[0]?.dimensions).toEqual({entered: {column: "date", top: 20}});
  });

  it("takes a dimension without a column for the column of its name", () => {
    const {definitions} = parse({experiment: experiment.replace("[platform, country]", "{platform: {top: 3}}")});
    expect(definitions.experiments[0]?.dimensions).toEqual({platform: {column: "platform", top: 3}});
  });

  it.each([
    ["twice the same", "[platform, platform]", "10:24: duplicate dimension: platform"],
    [
      "a twin in another case",
      "{platform: {}, Platform: {column: platform}}",
      "duplicate dimension: Platform; platform differs only in case"
    ],
    ["a name that is none", '["Plat form"]', "invalid dimension; expected a name of letters, digits, - and _"],
    [
      "a column and an expression",
      "{platform: {column: platform, expression: lower(platform)}}",
      "invalid expression; expected either column or expression, found: both"
    ],
    [
      "an unknown attribute table",
      "{platform: {fact: user}}",
      "unknown fact: user (sources.yaml has exposures, events)"
    ],
    [
      "a table of another shape",
      "{platform: {fact: events}}",
      "invalid fact; expected shape units, one row per unit, found: events of shape events"
    ]
  ])("refuses %s", (_, dimensions, expected) => {
    expect(afterChange("[platform, country]", dimensions).join("\n")).toContain(expected);
  });

  it("takes any column where the fact lists none", () => {
    expect(afterSourceChange(", dimensions: [platform, country]", "")).toEqual([]);
  });
});

describe("parseDefinitions(files), on metrics.yaml", () => {
  it.each([
    [
      "a kind with a typo",
      "kind: proportion",
      "kind: proporton",
      "1:18: unknown kind: proporton; did you mean proportion?"
    ],
    [
      "an unknown fact",
      "fact: events",
      "fact: event",
      "1:36: unknown fact: event; did you mean events? (sources.yaml has exposures, events)"
    ],
    [
      "an unknown column",
      "value: amount",
      "value: amonut",
      "2:61: unknown value column: amonut; did you mean amount? (fact events has values amount, latency_ms)"
    ],
    [
      "days without a d",
      "window: 7d, covariate",
      "window: 7, covariate",
      "1:69: invalid window; expected a number of days such as 7d, found: 7; did you mean 7d?"
    ],
    ["weeks", "covariate: 14d", "covariate: 2 weeks", "did you mean 14d?"],
    [
      "a cap that is none",
      "cap: p99.9",
      "cap: 99.9%",
      'invalid cap; expected a value, or a percentile such as p99.9, found: "99.9%"; did you mean p99.9?'
    ],
    [
      "a name that is none",
      "revenue:",
      "total revenue:",
      "2:1: invalid key; expected a name of letters, digits, - and _ (at most 80), found: total revenue"
    ],
    [
      "a quantile without one",
      "quantile: 0.95, ",
      "",
      "3:1: missing key: quantile; expected a number between 0 and 1 such as 0.95, for latency is of kind quantile"
    ],
    [
      "a key of another kind",
      "kind: mean",
      "kind: mean, quantile: 0.5",
      "2:23: invalid quantile; only for quantile, revenue is of kind mean"
    ],
    [
      "a quantile of events without values",
      "value: latency_ms, ",
      "",
      "3:1: missing key: value; expected the name of a column, for a quantile of events is of their values"
    ],
    [
      "exposures as the log of a metric",
      "fact: events",
      "fact: exposures",
      "1:36: invalid fact; expected shape events or units, for a metric reads its rows, found: exposures of shape exposures"
    ],
    [
      "units that never mature",
      "quantile: 0.95",
      "quantile: 0.95, mature: true",
      "invalid mature; units mature when their window closes, and there is no window"
    ]
  ])("refuses %s", (_, from, to, expected) => {
    const errors = afterMetricChange(from, to);
    expect(errors.find((line) => line.includes(expected)) ?? errors).toEqual(expect.stringContaining(expected));
  });

  it.each([
    ["ratio: {kind: ratio, fact: events, direction: increase}", ["missing key: numerator", "missing key: denominator"]],
    [
      "ratio: {kind: ratio, numerator: {fact: evens, event: a}, denominator: {fact: events, event: b}}",
      ["unknown fact: evens; did you mean events?"]
    ],
    [
      "back: {kind: retention, fact: events}",
      ["missing key: days; expected the first and last tenure day such as [7, 13]"]
    ],
    [
      "back: {kind: retention, fact: events, days: [9, 3]}",
      ["invalid days; expected the first day not after the last, found: [9, 3]"]
    ],
    ["time: {kind: time-to-event, fact: events, event: a}", ["missing key: window"]],
    [
      "x: {kind: mean, fact: events, event: a, cap: 4.25}",
      ["invalid cap; expected a whole number, for x counts events, found: 4.25"]
    ],
    [
      "x: {kind: ratio, numerator: {fact: events, event: a}, denominator: {fact: events, event: b, value: amount}, cap: 0.5}",
      ["invalid cap; expected a whole number, for x counts events, found: 0.5"]
    ],
    ["x: {kind: mean, fact: events, value: amount, covariate: {fact: users, value: a}}", ["unknown fact: users"]],
    [
      "x: {kind: mean, fact: events, value: amount, covariate: {colum: a}}",
      ["unknown key: colum; did you mean column? (covariate has column, fact, value)"]
    ]
  ])("refuses %s", (line, expected) => {
    const errors = errorsOf({metrics: metrics + line + "\n"});
    expect(errors).toHaveLength(expected.length);
    for (const error of errors) expect(error).toContain("data/metrics.yaml:4:");
    expected.forEach((message, i) => expect(errors[i]).toContain(message));
  });

  it("accepts a ratio of two facts, a retention and a time to event", () => {
    const more = `ctr: {kind: ratio, fact: events, numerator: {event: click}, denominator: {event: view}, direction: increase}
back: {kind: retention, fact: events, days: [7, 13]}
time: {kind: time-to-event, fact: events, event: purchase, window: 28d}
`;
    expect(errorsOf({metrics: metrics + more})).toEqual([]);
  });
});

describe("parseDefinitions(files), on the shapes of sources.yaml", () => {
  it.each(["unit", "variant", "timestamp"])("refuses exposures without %s", (column) => {
    const errors = afterSourceChange(new RegExp(`(exposures: {.*?), ${column}: \\w+`), "$1");
    expect(errors).toEqual([
      `3:3: missing key: ${column}; expected the name of a column, for exposures has shape exposures`
    ]);
  });

  it.each([
    ["events without a unit", "{shape: events, path: a.csv, timestamp: ts}", ["missing key: unit"]],
    ["a summary without users", "{shape: summary, path: a.csv, variant: v}", ["missing key: users"]],
    [
      "snapshots without moments",
      "{shape: snapshots, path: a.csv, variant: v, timestamp: t, n: n}",
      ["missing key: mean", "missing key: variance"]
    ],
    [
      "no place to read from",
      "{shape: units}",
      ["missing key: path; expected path (files), sql, or connection with sql or table"]
    ],
    [
      "two places",
      "{shape: units, path: a.csv, connection: warehouse, table: t}",
      ["invalid path; expected either path or connection, found: both"]
    ],
    ["a connection and nothing to read", "{shape: units, connection: warehouse}", ["missing key: sql or table"]],
    [
      "sql and a table",
      "{shape: units, connection: warehouse, sql: select 1, table: t}",
      ["invalid table; expected either sql or table, found: both"]
    ],
    [
      "an unknown connection",
      "{shape: units, connection: warehose, table: t}",
      ["unknown connection: warehose; did you mean warehouse?"]
    ],
    [
      "an ending that says nothing",
      "{shape: units, path: users.xlsx}",
      ["unknown file format: users.xlsx; expected .csv"]
    ],
    [
      "a database without a table",
      "{shape: units, path: users.duckdb}",
      ["missing key: table; expected a table of the .duckdb file, or sql"]
    ],
    [
      "a table of a text file",
      "{shape: units, path: users.csv, table: t}",
      ["invalid table; expected a connection or a .duckdb file"]
    ],
    [
      "an unknown timezone",
      "{shape: units, path: users.csv, timezone: Mars/Olympus}",
      ["unknown timezone: Mars/Olympus"]
    ],
    ["a column listed twice", "{shape: units, path: users.csv, values: [a, a]}", ["duplicate column: a"]]
  ])("refuses %s", (_, fact, expected) => {
    const errors = errorsOf({sources: `${sources}  more: ${fact}\n`});
    expect(errors).toHaveLength(expected.length);
    expected.forEach((message, i) => expect(errors[i]).toMatch(/^data\/sources\.yaml:5:\d+: /));
    expected.forEach((message, i) => expect(errors[i]).toContain(message));
  });

  it.each([
    "{shape: units, path: users.csv.gz, unit: id, values: [a]}",
    "{shape: units, path: [a.parquet, b.parquet]}",
    "{shape: units, path: users.dat, format: tsv}",
    "{shape: units, path: users.duckdb, table: users}",
    "{shape: events, sql: select * from 'a.csv', unit: u, timestamp: t}",
    "{shape: cube, path: cube.parquet}"
  ])("accepts %s", (fact) => {
    expect(errorsOf({sources: `${sources}  more: ${fact}\n`})).toEqual([]);
  });

  it.each([
    ["a database without an address", "{engine: postgres}", "missing key: url"],
    ["a file database without a file", "{engine: sqlite, mode: pull}", "missing key: path"],
    ["push-down into a file", "{engine: sqlite, path: a.db, mode: push-down}", "invalid mode; expected pull"],
    ["an unknown engine", "{engine: postgre, url: x}", "unknown engine: postgre; did you mean postgres?"],
    [
      "a time that is none",
      "{engine: postgres, url: x, timeout: 10 minutes}",
      "invalid timeout; expected a time such as 500ms, 30s or 10m"
    ]
  ])("refuses %s", (_, connection, expected) => {
    const errors = afterSourceChange(/^connections: .*/, `connections: {other: ${connection}}`);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(expected);
  });

  it("refuses an event log for exposures", () => {
    expect(afterChange("exposures: exposures", "exposures: events").join("\n")).toContain(
      "8:12: invalid fact; expected shape exposures, units, summary, snapshots or cube, found: events of shape events"
    );
  });

  it("refuses an activation by anything but events", () => {
    expect(afterChange("power: 0.8", "activation: {fact: exposures}")).toEqual([
      "17:20: invalid fact; expected shape events, found: exposures of shape exposures"
    ]);
    expect(afterChange("power: 0.8", "activation: {fact: events, event: opened}")).toEqual([]);
  });

  it("refuses units without a variant as exposures", () => {
    const [first] = errorsOf({
      sources: sources.replace("shape: exposures", "shape: units").replace("variant: variant, ", "")
    });
    expect(first).toContain(
      "data/sources.yaml:3:3: missing key: variant; expected the name of a column, for experiment green"
    );
  });

  it("reads an experiment over rows of units, whose metrics name no fact", () => {
    const text = `title: E-mail
start: 2026-01-05
exposures: emails
variants: {none: {role: control, weight: 0.5}, mail: {weight: 0.5}}
metrics: {primary: [visit], secondary: [spend]}
`;
    const own = `visit: {kind: proportion, value: visit}
spend: {kind: mean, value: spend, covariate: {column: history}}
`;
    const facts = "facts: {emails: {shape: units, path: emails.csv, variant: segment, values: [visit, spend]}}\n";
    expect(errorsOf({experiment: text, metrics: own, sources: facts})).toEqual([]);
    const typo = errorsOf({experiment: text, metrics: own.replace("value: visit", "value: vist"), sources: facts});
    expect(typo).toEqual([
      "data/metrics.yaml:1:34: unknown value column: vist; did you mean visit? (fact emails has values visit, spend)"
    ]);
    const bare = errorsOf({experiment: text, metrics: own.replace(", value: visit", ""), sources: facts});
    expect(bare).toEqual([
      "data/metrics.yaml:1:1: missing key: value; expected the name of a column, for fact emails has shape units"
    ]);
  });

  it("refuses metrics that a summary cannot hold", () => {
    const text = `title: Sums
start: 2026-01-05
exposures: sums
variants: {a: {role: control, weight: 0.5}, b: {weight: 0.5}}
metrics: {primary: [p], secondary: [m, q, e]}
`;
    const own = `p: {kind: proportion, value: conversions}
m: {kind: mean, value: metric_sum}
q: {kind: quantile, quantile: 0.5, value: metric_sum}
e: {kind: mean, fact: events, value: amount}
`;
    const facts = `${sources}  sums: {shape: summary, path: sums.csv, variant: variant, users: users}\n`;
    expect(errorsOf({experiment: text, metrics: own, sources: facts})).toEqual([
      expect.stringMatching(
        /green\.yaml:5:43: invalid metric; the exposures are fact sums of shape summary and have no units to join/
      ),
      expect.stringMatching(/metrics\.yaml:2:1: missing key: squares/),
      expect.stringMatching(
        /metrics\.yaml:3:11: invalid kind; expected proportion or mean, for fact sums has shape summary/
      )
    ]);
  });

  it("asks for the fact of a metric where the exposures hold no outcomes, once for all experiments", () => {
    const own = metrics.replace("purchase: {kind: proportion, fact: events,", "purchase: {kind: proportion,");
    const {errors} = parseDefinitions([
      {path: "data/experiments/blue.yaml", text: experiment},
      {path: "data/experiments/green.yaml", text: experiment},
      {path: "data/metrics.yaml", text: own},
      {path: "data/sources.yaml", text: sources}
    ]);
    expect(errors.map(formatDefinitionError)).toEqual([
      "data/metrics.yaml:1:1: missing key: fact; expected a fact of shape events or units, for the exposures of fact exposures hold no outcomes"
    ]);
  });
});

describe("parseDefinitions(files, {environment})", () => {
  const used = sources.replace("path: demo/exposures.csv", "connection: warehouse, table: exposures");
  const url = "postgres://readout:s3cret%21word@db.example.com/log";

  it("puts the values of variables into sources.yaml", () => {
    const {definitions, errors, secrets} = parse({sources: used, environment: {DATABASE_URL: url}});
    expect(errors).toEqual([]);
    expect(definitions.sources.connections.warehouse?.url).toBe(url);
    expect(definitions.written?.connections.warehouse?.url).toBe("${DATABASE_URL}");
    expect(secrets.map(({value}) => value)).toEqual([url, "s3cret%21word", "s3cret!word"]);
  });

  it("names a missing variable only where an experiment uses the connection", () => {
    expect(errorsOf({sources: used})).toEqual([
      "data/sources.yaml:1:50: missing environment variable: DATABASE_URL; connection warehouse needs it for experiment green"
    ]);
    expect(errorsOf({sources: used, environment: {DATABASE_URL: ""}})).toHaveLength(1);
    expect(errorsOf({sources})).toEqual([]);
  });

  it("never shows a value in an error", () => {
    const secret = "hunter2hunter2";
    const texts = {
      sources: used
        .replace("mode: push-down", 'mode: "${MODE}"')
        .replace("table: exposures", 'table: exposures, timezone: "${ZONE}"'),
      environment: {DATABASE_URL: url, MODE: secret, ZONE: secret}
    };
    const errors = errorsOf(texts);
    expect(errors).toHaveLength(2);
    expect(errors.join()).not.toContain(secret);
    expect(errors.join()).toContain("${MODE}");
  });

  it("never shows an address that stands in the file", () => {
    const errors = afterSourceChange('url: "${DATABASE_URL}"', "url: [postgres://u:hunter2hunter2@h/d]");
    expect(errors).toHaveLength(1);
    expect(errors.join()).not.toContain("hunter2");
    const {definitions, secrets} = parse({
      sources: sources.replace('"${DATABASE_URL}"', "postgres://u:hunter2hunter2@h/d")
    });
    expect(definitions.written?.connections.warehouse?.url).toBe("postgres://u:***@h/d");
    expect(secrets).toEqual([{name: null, value: "hunter2hunter2"}]);
  });

  it("leaves ${NAME} in experiments and metrics alone", () => {
    const {definitions} = parse({
      experiment: experiment.replace("Green checkout button", "Green ${HOME}"),
      environment: {HOME: "/root"}
    });
    expect(definitions.experiments[0]?.title).toBe("Green ${HOME}");
  });

  it("refuses a reference that is none", () => {
    expect(afterSourceChange("${DATABASE_URL}", "${DATABASE-URL}")).toEqual([
      "1:50: invalid environment reference: ${DATABASE-URL}; expected ${NAME} of letters, digits and _"
    ]);
  });

  it("says that ${NAME} wants quotes where YAML stumbles over it", () => {
    const [error] = afterSourceChange('"${DATABASE_URL}"', "${DATABASE_URL}");
    expect(error).toMatch(/write "\$\{NAME\}" in quotes$/);
  });
});

describe("parseDefinitions(files), on anything", () => {
  it("never throws, and every error has a place within its file", () => {
    const texts = {experiment, metrics, sources};
    const scrap = fc.constantFrom(
      "",
      ":",
      "-",
      "{",
      "}",
      "[",
      "]",
      "'",
      '"',
      "\n",
      "\t",
      "&a ",
      "*a",
      "null",
      "1e999",
      "__proto__",
      "<<",
      "é😀",
      "!!set ",
      "|",
      "#",
      "? "
    );
    fc.assert(
      fc.property(
        fc.constantFrom("experiment", "metrics", "sources"),
        fc.array(fc.tuple(fc.double({min: 0, max: 1, noNaN: true}), fc.nat(12), scrap), {minLength: 1, maxLength: 4}),
        (which, edits) => {
          let text = texts[which];
          for (const [where, length, insert] of edits) {
            const start = Math.floor(where * text.length);
            text = text.slice(0, start) + insert + text.slice(start + length);
          }
          const lines = text.split("\n");
          for (const {file, line, column, message} of parse({[which]: text}).errors) {
            expect(message).not.toBe("");
            expect(line).toBeGreaterThanOrEqual(1);
            expect(column).toBeGreaterThanOrEqual(1);
            if (file.includes(which === "experiment" ? "experiments" : which)) {
              expect(line).toBeLessThanOrEqual(lines.length);
              expect(column).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
            }
          }
        }
      ),
      {numRuns: 150, seed: 20260105}
    );
  });
});
