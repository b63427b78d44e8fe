import type {Fact, Metric} from "./definition.ts";
import {didYouMean, listNames, showFound} from "./definitionErrors.ts";
import type {Entry, Table} from "./definitionTables.ts";
import {nearestName} from "./nearestName.ts";
import type {Report} from "./readYaml.ts";
import type {Stream} from "./streamsOf.ts";
import {streamsOf} from "./streamsOf.ts";
import {unknownFact, wrongShape} from "./unknownFact.ts";
import type {Kind} from "../words.ts";

type Path = readonly (string | number)[];

/** The keys that only some kinds know. */
const keysOfKinds: readonly (readonly [keyof Metric, readonly Kind[]])[] = [
  ["quantile", ["quantile"]],
  ["of", ["quantile"]],
  ["days", ["retention"]],
  ["numerator", ["ratio"]],
  ["denominator", ["ratio"]],
  ["cap", ["mean", "ratio", "quantile", "time-to-event"]]
];

/** Reports what is wrong with a metric by itself and against the facts that it names. */
export function checkMetric(name: string, metric: Entry<Metric>, facts: Table<Fact>, report: Report): void {
  const {value, faulty, raw} = metric;
  if (!value) return;
  const at = [name];
  const {kind, days, window, mature, cap, covariate} = value;
  if (!faulty("kind")) {
    for (const [key, kinds] of keysOfKinds) {
      if (value[key] === undefined || kinds.includes(kind)) continue;
      report([...at, key], `invalid ${key}; only for ${listNames(kinds)}, ${name} is of kind ${kind}`, "key");
    }
    const need = (key: keyof Metric, expected: string) => {
      if (raw[key] === undefined)
        report(at, `missing key: ${key}; expected ${expected}, for ${name} is of kind ${kind}`, "key");
    };
    if (kind === "quantile") need("quantile", "a number between 0 and 1 such as 0.95");
    if (kind === "retention") need("days", "the first and last tenure day such as [7, 13]");
    if (kind === "time-to-event") need("window", "the days within which the time is counted such as 28d");
    if (kind === "ratio") {
      need("numerator", "a map such as {event: click}");
      need("denominator", "a map such as {event: view}");
    }
  }
  if (days && days[0] > days[1]) {
    report([...at, "days"], `invalid days; expected the first day not after the last, found: [${days.join(", ")}]`);
  }
  if (mature === true && window === undefined && days === undefined && !faulty("window") && !faulty("days")) {
    report([...at, "mature"], "invalid mature; units mature when their window closes, and there is no window", "key");
  }
  const counts = kind !== "time-to-event" && (value.numerator?.value ?? value.value) === undefined;
  if (counts && typeof cap === "number" && !Number.isInteger(cap) && !faulty("kind") && !faulty("value"))
    report([...at, "cap"], `invalid cap; expected a whole number, for ${name} counts events, found: ${cap}`);
  if (!facts) return;
  if (value.fact !== undefined && !facts.has(value.fact)) report([...at, "fact"], unknownFact(value.fact, facts));
  for (const stream of streamsOf(value)) {
    const named =
      stream.path.length > 0 ? value[stream.path[0] === "numerator" ? "numerator" : "denominator"]?.fact : undefined;
    if (named !== undefined && !facts.has(named)) report([...at, ...stream.path, "fact"], unknownFact(named, facts));
    checkStream(name, metric, stream, stream.fact === undefined ? null : stream.fact, facts, report);
  }
  if (typeof covariate === "object" && "fact" in covariate) {
    const fact = facts.get(covariate.fact);
    if (!fact) report([...at, "covariate", "fact"], unknownFact(covariate.fact, facts));
    else checkColumn(covariate.value, "value", [...at, "covariate", "value"], covariate.fact, fact, report);
  }
}

/**
 * Reports what is wrong with a stream of a metric in the light of the fact that it reads: an event log needs an event
 * column for its `event`, rows of units need a `value`.
 *
 * @param factName the stream's fact, or the fact of an experiment's exposures where it names none; null: not known yet
 */
export function checkStream(
  name: string,
  metric: Entry<Metric>,
  stream: Stream,
  factName: string | null,
  facts: ReadonlyMap<string, Entry<Fact>>,
  report: Report
): void {
  const fact = factName === null ? undefined : facts.get(factName);
  if (factName === null || !fact?.value || fact.faulty("shape") || !metric.value) return;
  const at: Path = [name, ...stream.path];
  const {kind, of, covariate, squares} = metric.value;
  const {shape} = fact.value;
  if (shape === "exposures" && stream.value === undefined) {
    report([...at, "fact"], wrongShape(factName, "exposures", "events or units, for a metric reads its rows"));
    return;
  }
  if (stream.event !== undefined && shape === "events" && fact.value.event === undefined && !fact.faulty("event")) {
    report([...at, "event"], `invalid event; fact ${factName} has no event column (sources.yaml: event)`, "key");
  }
  if (stream.event !== undefined && shape !== "events") {
    report([...at, "event"], `invalid event; only rows of events have one, fact ${factName} has shape ${shape}`, "key");
  }
  if (stream.value === undefined && !metric.faulty(...stream.path, "value") && !metric.faulty("kind")) {
    const wants =
      shape === "units" || shape === "summary"
        ? `fact ${factName} has shape ${shape}`
        : kind === "quantile" && of !== "units" && shape === "events"
          ? "a quantile of events is of their values"
          : null;
    if (wants) report(at, `missing key: value; expected the name of a column, for ${wants}`, "key");
  }
  if (shape === "summary" && !metric.faulty("kind")) {
    if (kind !== "proportion" && kind !== "mean") {
      report(
        [name, "kind"],
        `invalid kind; expected proportion or mean, for fact ${factName} has shape summary, found: ${kind}`
      );
    } else if (kind === "mean" && squares === undefined && !metric.faulty("squares")) {
      report(
        [name],
        `missing key: squares; expected the column with the sum of squares, for fact ${factName} has shape summary`,
        "key"
      );
    }
  }
  if (stream.value !== undefined && (shape === "events" || shape === "units" || shape === "exposures")) {
    checkColumn(stream.value, "value", [...at, "value"], factName, fact, report);
  }
  if (typeof covariate === "string" && shape !== "events" && shape !== "snapshots" && shape !== "cube") {
    report(
      [name, "covariate"],
      `invalid covariate; days before exposure need a log of events, fact ${factName} has shape ${shape}; name a column: {column: …}`
    );
  }
}

/** Reports a column that a fact does not list; a fact that lists no values at all is taken to have it. */
function checkColumn(
  column: string,
  key: string,
  at: Path,
  factName: string,
  {value}: Entry<Fact>,
  report: Report
): void {
  if (!value || value.values.length === 0 || value.values.includes(column)) return;
  const known = [...value.values, value.unit, value.timestamp, value.propensity].filter((each) => each !== undefined);
  if (known.includes(column)) return;
  const near = didYouMean(nearestName(column, value.values));
  report(
    at,
    `unknown ${key} column: ${showFound(column)}${near} (fact ${factName} has values ${listNames(value.values)})`
  );
}
