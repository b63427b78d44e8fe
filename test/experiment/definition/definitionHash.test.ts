import {describe, expect, it} from "vitest";
import {parse} from "yaml";
import type {Definitions} from "../../../lib/experiment/definition/definition.ts";
import {definitionHash, definitionText} from "../../../lib/experiment/definition/definitionHash.ts";
import {parseDefinitions} from "../../../lib/experiment/definition/parseDefinitions.ts";

const experiment = `title: Green
start: 2026-01-05
exposures: exposures
variants: {control: {role: control, weight: 0.5}, green: {weight: 0.5}}
dimensions: [platform, country]
metrics: {primary: [purchase], secondary: [revenue, visits]}
`;
const metrics = `purchase: {kind: proportion, fact: events, event: purchase, window: 7d}
revenue: {kind: mean, fact: events, value: amount}
visits: {kind: mean, fact: events}
unused: {kind: mean, fact: other}
`;
const sources = `connections: {db: {engine: postgres, url: "\${URL}"}}
facts:
  exposures: {shape: exposures, connection: db, table: "\${TABLE}", unit: u, variant: v, timestamp: t, dimensions: [platform, country]}
  events: {shape: events, path: [a.csv, b.csv], unit: u, timestamp: t, event: e, values: [amount, ms]}
  other: {shape: events, path: c.csv, unit: u, timestamp: t}
`;
const environment = {URL: "postgres://u:s3cretword@h/d", TABLE: "exposures_2026"};

function load(
  texts: {experiment?: string; metrics?: string; sources?: string; environment?: Record<string, string>} = {}
) {
  const {definitions, errors} = parseDefinitions(
    [
      {path: "experiments/green.yaml", text: texts.experiment ?? experiment},
      {path: "metrics.yaml", text: texts.metrics ?? metrics},
      {path: "sources.yaml", text: texts.sources ?? sources}
    ],
    {environment: texts.environment ?? environment}
  );
  expect(errors).toEqual([]);
  return definitions;
}

function hashOf(definitions: Definitions): string {
  const [first] = definitions.experiments;
  if (!first) throw new Error("missing experiment");
  return definitionHash(first, definitions);
}

describe("definitionHash(experiment, definitions)", () => {
  const before = hashOf(load());

  it("is 64 hexadecimal digits", () => {
    expect(before).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ["the order of keys", {experiment: experiment.split("\n").reverse().join("\n")}],
    ["the order of secondary metrics", {experiment: experiment.replace("[revenue, visits]", "[visits, revenue]")}],
    [
      "the order of files and columns",
      {sources: sources.replace("[a.csv, b.csv]", "[b.csv, a.csv]").replace("[amount, ms]", "[ms, amount]")}
    ],
    [
      "a default that is written out",
      {experiment: experiment + "alpha: 0.05\ndesign: {method: fixed}\ncorrection: holm\n"}
    ],
    [
      "the long form of a dimension",
      {experiment: experiment.replace("[platform, country]", "{country: {top: 20}, platform: {column: platform}}")}
    ],
    [
      "words",
      {experiment: experiment.replace("title: Green", "title: Blue\nowner: me\ntags: [x]\nlabels: ship\nhypothesis: h")}
    ],
    ["the place in life", {experiment: experiment + "status: stopped\npin: true\n"}],
    ["a metric that it does not use", {metrics: metrics.replace("unused: {kind: mean", "unused: {kind: proportion")}],
    ["names of metrics", {metrics: metrics.replace("visits: {", "visits: {name: Visits, ")}],
    ["another password", {environment: {...environment, URL: "postgres://u:otherword@h2/d"}}],
    ["another value of any variable", {environment: {...environment, TABLE: "exposures_2027"}}]
  ])("does not depend on %s", (_, texts) => {
    expect(hashOf(load(texts))).toBe(before);
  });

  it.each([
    ["alpha", {experiment: experiment + "alpha: 0.1\n"}],
    [
      "the weights",
      {
        experiment: experiment.replace(
          "control, weight: 0.5}, green: {weight: 0.5}",
          "control, weight: 0.4}, green: {weight: 0.6}"
        )
      }
    ],
    ["the design", {experiment: experiment + "design: {method: always-valid}\n"}],
    [
      "the roles of metrics",
      {
        experiment: experiment.replace(
          "[purchase], secondary: [revenue, visits]",
          "[revenue], secondary: [purchase, visits]"
        )
      }
    ],
    ["a metric", {metrics: metrics.replace("window: 7d", "window: 8d")}],
    ["a fact", {sources: sources.replace("timestamp: t, event", "timestamp: t2, event")}],
    ["the end", {experiment: experiment + "end: 2026-02-01\n"}]
  ])("depends on %s", (_, texts) => {
    expect(hashOf(load(texts))).not.toBe(before);
  });
});

describe("definitionText(experiment, definitions)", () => {
  it("is YAML of what differs from the defaults, without secrets", () => {
    const definitions = load();
    const [first] = definitions.experiments;
    const text = first ? definitionText(first, definitions) : "";
    expect(text).not.toContain("s3cretword");
    expect(text).not.toContain("exposures_2026");
    expect(parse(text)).toMatchObject({
      id: "green",
      title: "Green",
      variants: {control: {role: "control", weight: 0.5}, green: {weight: 0.5}},
      uses: {
        metrics: {purchase: {kind: "proportion", fact: "events", event: "purchase", window: "7d"}},
        facts: {exposures: {shape: "exposures", connection: "db", table: "${TABLE}"}}
      }
    });
    expect(text).not.toContain("minimumUnits");
  });
});
