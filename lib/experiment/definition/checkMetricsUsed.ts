import {checkGuardrail} from "./checkGuardrail.ts";
import {checkStream} from "./checkMetric.ts";
import {guardrailOf, holdsSums, metricsOf} from "./completeExperiment.ts";
import type {Fact, Metric, WrittenExperiment} from "./definition.ts";
import {didYouMean, listNames, showFound} from "./definitionErrors.ts";
import type {Entry, Surroundings} from "./definitionTables.ts";
import {nearestName} from "./nearestName.ts";
import type {Report} from "./readYaml.ts";
import {streamsOf} from "./streamsOf.ts";

type Path = readonly (string | number)[];

/** Reports metrics that an experiment lists but cannot use: unknown, listed twice, or with rows that it cannot join. */
export function checkMetricsUsed(
  experiment: WrittenExperiment,
  entry: Entry<WrittenExperiment>,
  around: Surroundings,
  report: Report
): void {
  const {metrics, facts, reportMetric} = around;
  const {exposures, minimumEffect} = experiment;
  const listed = metricsOf(experiment).filter(({path}) => !entry.faulty(...path));
  const roles = new Map<string, string>();
  for (const {name, role, path} of listed) {
    const earlier = roles.get(name);
    if (earlier !== undefined) {
      report(
        path,
        `duplicate metric: ${showFound(name)}; it is a ${earlier} metric already, expected one role for each`
      );
    }
    roles.set(name, earlier ?? role);
    if (!metrics) continue;
    const metric = metrics.get(name);
    if (!metric) {
      const known = [...metrics.keys()];
      const near = didYouMean(nearestName(name, known));
      report(path, `unknown metric: ${showFound(name)}${near} (metrics.yaml defines ${listNames(known)})`);
      continue;
    }
    const exposureFact = facts?.get(exposures);
    if (!metric.value || !facts || !exposureFact?.value || exposureFact.faulty("shape") || entry.faulty("exposures"))
      continue;
    checkUse(name, metric, path, exposures, exposureFact.value, facts, report, reportMetric);
  }
  // An unknown metric is reported already; its minimum effect would only echo it.
  const unknown = listed.some(({name}) => metrics !== null && !metrics.has(name));
  for (const name of unknown || entry.faulty("metrics") ? [] : Object.keys(minimumEffect)) {
    if (roles.has(name)) continue;
    const known = [...roles.keys()];
    const near = didYouMean(nearestName(name, known));
    report(
      ["minimumEffect", name],
      `unknown metric: ${showFound(name)}${near} (the experiment has ${listNames(known)})`,
      "key"
    );
  }
  experiment.metrics.guardrails.forEach((each, i) => {
    const guardrail = guardrailOf(each);
    const metric = metrics?.get(guardrail.metric);
    if (metric) checkGuardrail(guardrail, metric, ["metrics", "guardrails", i], report);
  });
}

/** Reports a metric whose rows cannot be joined to the experiment's exposures. */
function checkUse(
  name: string,
  metric: Entry<Metric>,
  path: Path,
  exposures: string,
  {shape, unit, timestamp}: Fact,
  facts: ReadonlyMap<string, Entry<Fact>>,
  report: Report,
  reportMetric: Report
): void {
  if (!metric.value || shape === "events") return;
  for (const stream of streamsOf(metric.value)) {
    if (metric.faulty(...stream.path, "fact")) continue;
    if (stream.fact === undefined) {
      if (shape === "exposures" && stream.value === undefined) {
        const expected = `a fact of shape events or units, for the exposures of fact ${exposures} hold no outcomes`;
        reportMetric([name, ...stream.path], `missing key: fact; expected ${expected}`, "key");
      } else checkStream(name, metric, stream, exposures, facts, reportMetric);
      continue;
    }
    const fact = facts.get(stream.fact);
    if (stream.fact === exposures || !fact?.value || fact.faulty("shape")) continue;
    const own = fact.value.shape;
    // A cube's rows were made elsewhere, from the very facts that its metrics name.
    if (own === "exposures" || (shape === "cube" && !holdsSums(own))) continue;
    if (holdsSums(shape)) {
      report(
        path,
        `invalid metric; the exposures are fact ${exposures} of shape ${shape} and have no units to join, but ${name} reads fact ${stream.fact}; expected fact: ${exposures}`
      );
    } else if (holdsSums(own)) {
      report(
        path,
        `invalid metric; ${name} reads fact ${stream.fact} of shape ${own}, whose rows have no unit; expected shape events or units`
      );
    } else if (own === "units" && fact.value.unit === undefined && !fact.faulty("unit")) {
      report(
        path,
        `invalid metric; ${name} reads fact ${stream.fact}, which names no unit column (sources.yaml: unit)`
      );
    } else if (shape === "units" && (unit === undefined || (own === "events" && timestamp === undefined))) {
      const lacks = unit === undefined ? "unit" : "timestamp";
      report(
        path,
        `invalid metric; ${name} reads fact ${stream.fact}, but the exposures of fact ${exposures} name no ${lacks} column to join by`
      );
    }
  }
}
