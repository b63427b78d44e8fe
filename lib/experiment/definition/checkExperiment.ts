import {checkBandit} from "./checkBandit.ts";
import {checkDesign} from "./checkDesign.ts";
import {checkDimensions} from "./checkDimensions.ts";
import {checkMetricsUsed} from "./checkMetricsUsed.ts";
import {unknownTimezone} from "./checkSources.ts";
import {checkVariants} from "./checkVariants.ts";
import {dimensionsOf} from "./completeExperiment.ts";
import type {WrittenExperiment} from "./definition.ts";
import type {Entry, Surroundings} from "./definitionTables.ts";
import {isTimezone} from "./isTimezone.ts";
import {parseShare} from "./parseShare.ts";
import type {Report} from "./readYaml.ts";
import {unknownFact, wrongShape} from "./unknownFact.ts";

/** Reports what is wrong with an experiment by itself and against the metrics and facts that it names. */
export function checkExperiment(
  id: string,
  entry: Entry<WrittenExperiment>,
  around: Surroundings,
  report: Report
): void {
  const experiment = entry.value;
  if (!experiment) return;
  checkVariants(experiment, entry, report);
  checkDates(experiment, entry, report);
  checkDimensions(experiment, entry, around, report);
  checkFacts(id, experiment, entry, around, report);
  checkMetricsUsed(experiment, entry, around, report);
  checkDesign(experiment, entry, around, report);
  checkBandit(experiment, entry, around, report);
  checkSpans(experiment, entry, report);
}

function checkDates(
  {start, end, pin, timezone}: WrittenExperiment,
  {faulty}: Entry<WrittenExperiment>,
  report: Report
): void {
  if (!faulty("start") && end !== undefined && end < start) {
    report(["end"], `invalid end; expected a day on or after the start ${start}, found: ${end}`);
  }
  if (!faulty("start") && typeof pin === "string" && pin < start) {
    report(["pin"], `invalid pin; expected a day on or after the start ${start}, found: ${pin}`);
  }
  if (!isTimezone(timezone)) report(["timezone"], unknownTimezone(timezone));
}

function checkFacts(
  id: string,
  experiment: WrittenExperiment,
  {faulty}: Entry<WrittenExperiment>,
  around: Surroundings,
  report: Report
): void {
  const {exposures, activation} = experiment;
  const {facts, reportSource} = around;
  if (!facts) return;
  const fact = facts.get(exposures);
  if (!faulty("exposures")) {
    if (!fact) report(["exposures"], unknownFact(exposures, facts));
    else if (fact.value && !fact.faulty("shape")) {
      const {shape} = fact.value;
      if (shape === "events") {
        report(["exposures"], wrongShape(exposures, shape, "exposures, units, summary, snapshots or cube"));
      }
      const missing = (key: string, why: string) =>
        reportSource(["facts", exposures], `missing key: ${key}; expected the name of a column, for ${why}`, "key");
      if (shape === "units" && fact.value.variant === undefined && !fact.faulty("variant")) {
        missing("variant", `experiment ${id} reads its variants from ${exposures}`);
      }
      const joined = Object.values(dimensionsOf(experiment.dimensions)).some((each) => each.fact !== undefined);
      if (shape === "units" && joined && fact.value.unit === undefined && !fact.faulty("unit")) {
        missing("unit", `experiment ${id} joins dimensions to the units of ${exposures}`);
      }
      if (experiment.experiment !== undefined && fact.value.experiment === undefined && !fact.faulty("experiment")) {
        report(
          ["experiment"],
          `invalid experiment; fact ${exposures} has no experiment column (sources.yaml: experiment)`,
          "key"
        );
      }
    }
  }
  if (!activation || faulty("activation", "fact")) return;
  const log = facts.get(activation.fact);
  if (!log) report(["activation", "fact"], unknownFact(activation.fact, facts));
  else if (log.value && !log.faulty("shape")) {
    if (log.value.shape !== "events") {
      report(["activation", "fact"], wrongShape(activation.fact, log.value.shape, "events"));
    } else if (activation.event !== undefined && log.value.event === undefined && !log.faulty("event")) {
      report(
        ["activation", "event"],
        `invalid event; fact ${activation.fact} has no event column (sources.yaml: event)`,
        "key"
      );
    }
  }
}

function checkSpans(
  {novelty, crossovers}: WrittenExperiment,
  {faulty}: Entry<WrittenExperiment>,
  report: Report
): void {
  if (novelty && !faulty("novelty")) {
    for (const key of ["early", "late"] as const) {
      const [from, to] = novelty[key];
      if (from > to)
        report(["novelty", key], `invalid ${key}; expected the first day not after the last, found: [${from}, ${to}]`);
    }
    if (novelty.late[0] <= novelty.early[1]) {
      report(
        ["novelty", "late"],
        `invalid late; expected to begin after early ends on day ${novelty.early[1]}, found: [${novelty.late.join(", ")}]`
      );
    }
  }
  if (faulty("crossovers")) return;
  if (parseShare(crossovers.blocked) > 1) {
    report(["crossovers", "blocked"], `invalid blocked; expected at most 100%, found: ${crossovers.blocked}`);
  }
  if (parseShare(crossovers.warning) > parseShare(crossovers.blocked)) {
    report(
      ["crossovers", "warning"],
      `invalid warning; expected at most blocked (${crossovers.blocked}), found: ${crossovers.warning}`
    );
  }
}
