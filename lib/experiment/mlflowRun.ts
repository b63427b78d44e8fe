import type {Readout} from "./readout.ts";

/** A readout as a run of MLflow: what `runs/create` and `runs/log-batch` take. */
export interface MlflowRun {
  readonly name: string;
  /** Milliseconds since 1970: the end of the last day that is counted, or of the start without one. */
  readonly time: number;
  readonly params: readonly {readonly key: string; readonly value: string}[];
  readonly metrics: readonly {readonly key: string; readonly value: number}[];
  readonly tags: readonly {readonly key: string; readonly value: string}[];
}

/**
 * Returns a readout as a run of MLflow: parameters (alpha, smallest effect, test), metrics (users per arm; means, which
 * are rates of proportions and values of quantiles; lift, interval, p) and tags (decision, experiment, violations). A
 * number that cannot be had is left out.
 *
 * @see https://mlflow.org/docs/latest/rest-api.html
 */
export function mlflowRun(readout: Readout): MlflowRun {
  const metrics: {key: string; value: number}[] = [];
  const add = (key: string, value: number | null): void => {
    if (value !== null && Number.isFinite(value)) metrics.push({key: nameOf(key), value});
  };
  for (const {key, units} of readout.variants) add(`users.${key}`, units);
  for (const metric of readout.metrics) {
    for (const {variant, mean} of metric.arms) add(`${metric.key}.${variant}.mean`, mean);
    for (const c of metric.comparisons) {
      const prefix = `${metric.key}.${c.variant}`;
      add(`${prefix}.lift`, c.relativeDifference);
      add(`${prefix}.lift_lower`, c.relativeInterval?.[0] ?? null);
      add(`${prefix}.lift_upper`, c.relativeInterval?.[1] ?? null);
      add(`${prefix}.p_value`, c.pValue);
    }
  }
  const violations = readout.metrics.flatMap(({key, guardrail}) =>
    (guardrail ?? [])
      .filter(({status}) => status === "worsened" || status === "severe")
      .map(({variant, status}) => `${key} ${variant} ${status}`)
  );
  const primary = readout.metrics.find(({role}) => role === "primary");
  // MLflow takes 5000 bytes of a tag, 6000 of a parameter; a letter has at most four.
  const param = (key: string, value: unknown): {key: string; value: string} => ({
    key,
    value: String(value ?? "").slice(0, 1250)
  });
  return {
    name: `${readout.id} ${readout.asOf ?? readout.start}`,
    time: Date.parse(`${readout.asOf ?? readout.start}T00:00:00Z`) + 86_400_000,
    params: [
      param("alpha", readout.alpha),
      param("alternative", readout.alternative),
      param("correction", readout.correction),
      param("minimum_effect", primary?.power?.minimumEffect),
      param("test", primary?.comparisons[0]?.test),
      param("method", primary?.method),
      param("definition", readout.design.hash)
    ],
    metrics,
    tags: [
      param("readout.run_id", readout.runId),
      param("experiment_id", readout.id),
      param("title", readout.title),
      param("status", readout.status),
      param("decision", readout.decision.verdict),
      param("decision_label", readout.decision.label),
      param("health", readout.health.status),
      param("guardrail_violations", violations.join("; ") || "none")
    ]
  };
}

/** MLflow takes letters, digits, underscores, dashes, periods, spaces and slashes. */
function nameOf(key: string): string {
  return key.replace(/[^\w\-. /]/g, "_").slice(0, 250);
}
