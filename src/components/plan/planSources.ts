import {parse} from "yaml";
import type {MetricResult, Readout} from "../../lib/experiment/readout.ts";
import type {Direction} from "../../lib/experiment/words.ts";

/** A metric of an earlier experiment, as far as a plan needs it. */
export type PlanMetric = {
  key: string;
  name: string;
  kind: "share" | "mean";
  direction: Direction;
  unit: string | null;
  /** The control's mean, and the standard deviation of one unit without a covariate. */
  mean: number;
  standardDeviation: number;
  /** What the covariate took away, in [0, 1); null without one. */
  varianceReduction: number | null;
  /** Days until a unit counts; 0 where it counts at once. */
  maturity: number;
  /** Whether what a unit adds is over at some time, which nightly looks at a boundary need. */
  bounded: boolean;
};

/** An earlier experiment: its traffic, its metrics, and what a definition of another one can take over. */
export type PlanSource = {
  id: string;
  title: string;
  status: string;
  asOf: string | null;
  /** New units by day. */
  traffic: number[];
  metrics: PlanMetric[];
  exposures: string;
  timezone: string;
  dimensions: unknown;
  guardrails: unknown;
};

/** Units in an arm that say something, and experiments that a page can carry. */
const fewest = 100;
const most = 100;

/** Returns what earlier experiments tell a plan, finished ones first, the largest of them before others, a hundred at most; those without a metric that can be planned are left out. */
export function planSources(readouts: readonly Readout[]): PlanSource[] {
  const order = (source: PlanSource) => (source.status === "stopped" ? 0 : 1);
  return readouts
    .flatMap((readout) => {
      const definition = definitionOf(readout);
      const metrics = readout.metrics.flatMap((metric) => metricOf(metric, definition) ?? []);
      const traffic = readout.traffic.map(({units}) => units.reduce((a, b) => a + b, 0));
      const total = traffic.reduce((a, b) => a + b, 0);
      if (metrics.length === 0 || total === 0) return [];
      const {id, title, status, asOf, timezone} = readout;
      const {exposures, dimensions, guardrails} = definition;
      return [{id, title, status, asOf, timezone, traffic, metrics, exposures, dimensions, guardrails}];
    })
    .sort((a, b) => order(a) - order(b) || unitsOf(b) - unitsOf(a))
    .slice(0, most);
}

type Definition = {exposures: string; dimensions: unknown; guardrails: unknown; metrics: Record<string, unknown>};

function definitionOf({design}: Readout): Definition {
  const none: Definition = {exposures: "exposures", dimensions: [], guardrails: [], metrics: {}};
  let value: unknown;
  try {
    value = parse(design.text);
  } catch {
    return none;
  }
  if (!isRecord(value)) return none;
  const metrics = isRecord(value.metrics) ? value.metrics : {};
  const uses = isRecord(value.uses) && isRecord(value.uses.metrics) ? value.uses.metrics : {};
  return {
    exposures: typeof value.exposures === "string" ? value.exposures : none.exposures,
    dimensions: value.dimensions ?? [],
    guardrails: metrics.guardrails ?? [],
    metrics: uses
  };
}

function metricOf(metric: MetricResult, {metrics}: Definition): PlanMetric | null {
  const {key, name, kind, direction, unit, arms, comparisons, window} = metric;
  const [control, treatment] = arms;
  const comparison = comparisons[0];
  const mean = control?.mean ?? null;
  if (!control || !treatment || mean === null || mean === 0 || kind === "quantile") return null;
  if (control.n < fewest || treatment.n < fewest) return null;
  const varianceReduction = comparison?.adjustment.covariate ? (comparison.adjustment.varianceReduction ?? 0) : null;
  const isPlain = kind === "proportion" || kind === "retention" || kind === "mean";
  // Of a ratio, one unit's part in it: the standard error says it, the spread of the units' own ratios does not.
  const standardDeviation = isPlain
    ? control.standardDeviation
    : comparison?.standardError
      ? comparison.standardError / Math.sqrt((1 / control.n + 1 / treatment.n) * (1 - (varianceReduction ?? 0)))
      : null;
  if (standardDeviation === null || !(standardDeviation > 0)) return null;
  const own = metrics[key];
  const days = isRecord(own) && Array.isArray(own.days) ? Number(own.days[1]) + 1 : NaN;
  const bounded = window !== null || kind === "retention";
  return {
    key,
    name,
    kind: kind === "proportion" || kind === "retention" ? "share" : "mean",
    direction,
    unit,
    mean,
    standardDeviation,
    varianceReduction: varianceReduction === null ? null : Math.min(0.99, Math.max(0, varianceReduction)),
    maturity: kind === "retention" && days > 0 ? days : Math.ceil(window ?? 0),
    bounded
  };
}

function unitsOf({traffic}: PlanSource): number {
  return traffic.reduce((a, b) => a + b, 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
