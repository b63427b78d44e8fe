import {banditEffectsOf, followBandit} from "./bandit/banditEffects.ts";
import {banditResultOf} from "./bandit/banditResultOf.ts";
import {bayesianOf} from "./bayesianOf.ts";
import {changesSince, daysOf, definitionChanges, publishedRun} from "./history/changesSince.ts";
import {comparisonOf} from "./comparisonOf.ts";
import {decisionOf} from "./decision/decisionOf.ts";
import type {Conflict} from "./definition/conflictsOf.ts";
import type {Experiment, Metrics} from "./definition/definition.ts";
import {daysBetween, formatCount} from "./format.ts";
import {guardrailsOf} from "./decision/guardrailsOf.ts";
import {hasEnded} from "./decision/hasEnded.ts";
import {healthChecks} from "./health/healthChecks.ts";
import {variantKeys} from "./health/healthInput.ts";
import {insightsOf} from "./insightsOf.ts";
import type {LedgerLook, LockedDefinition, Memory, PublishedRun} from "./history/memory.ts";
import {comparisonsOf, covariateText, effectsOf, metricResultOf, metricsInUse} from "./metricResultOf.ts";
import type {MetricEffects} from "./metricResultOf.ts";
import {notYetJudged} from "./notYetJudged.ts";
import {noveltyOf} from "./novelty/noveltyOf.ts";
import {parseDays} from "./definition/parseDays.ts";
import {parseShare} from "./definition/parseShare.ts";
import {phasesOf} from "./definition/phasesOf.ts";
import {powerOf} from "./powerOf.ts";
import type {Excluded, MetricResult, Readout} from "./readout.ts";
import {schemaVersion} from "./readout.ts";
import {sequentialOf} from "./sequentialOf.ts";
import type {ExperimentSums} from "./sums.ts";

/** What a readout is made from, beside the sums. */
export interface ReadoutInput {
  readonly experiment: Experiment;
  readonly metrics: Metrics;
  readonly sums: ExperimentSums;
  readonly memory: Memory;
  /** Content hash of definition and input. */
  readonly runId: string;
  /** The definition as text, secrets out, and in the parts that bind a result. */
  readonly definition: LockedDefinition & {readonly text: string};
  /** Other definitions of the same logged experiment that say something else about it; default: none. */
  readonly conflicts?: readonly Conflict[];
}

/** A readout with what its memory gains. */
export interface MadeReadout {
  readonly readout: Readout;
  readonly looks: LedgerLook[];
  readonly run: PublishedRun;
}

/**
 * Returns the readout of an experiment from its sums and its memory, and what to append to the memory. Pure: the same
 * input gives the same bytes; no clock, no log, no unit.
 */
export function readoutOf(input: ReadoutInput): MadeReadout {
  const {experiment, sums, memory, runId, definition} = input;
  const bandit = sums.bandit ?? null;
  const uses = metricsInUse(experiment, input.metrics, sums.metrics).map((use) =>
    bandit === null ? effectsOf(experiment, use) : banditEffectsOf(experiment, use, bandit)
  );
  const results = plainResults(experiment, uses);
  if (bandit !== null) for (const metric of results) followBandit(experiment, metric, bandit);
  const [primary] = experiment.metrics.primary;
  if (bandit === null)
    for (const [i, metric] of results.entries()) metric.power = powerResult(experiment, uses[i]!, metric, sums);
  const first = results.find(({key}) => key === primary);
  const ended = hasEnded(
    experiment,
    primary === undefined ? undefined : input.metrics[primary],
    sums.asOf,
    first?.power ?? null
  );
  const looks = bandit !== null ? [] : uses.flatMap((use, i) => addSequential(use, results[i]!, {...input, ended}));
  for (const metric of results) {
    metric.guardrail = guardrailsOf(experiment, metric);
    if (bandit !== null) continue;
    const early = notYetJudged(sums.metrics[metric.key]?.strata ?? [], input.metrics[metric.key]?.minimumTotal);
    metric.novelty = early === null ? noveltyResults(experiment, metric, sums) : null;
    metric.bayesian = bayesianOf({...metric, level: 1 - experiment.alpha});
  }
  const changed = definitionChanges(memory.definitions, definition);
  const phases = phasesOf(experiment);
  const health = healthChecks({
    experiment,
    definitions: input.metrics,
    phases,
    sums,
    metrics: results,
    definitionChanges: changed,
    conflicts: input.conflicts ?? []
  });
  const variants = variantKeys(experiment).map((key) => ({
    key,
    name: experiment.variants[key]?.name ?? key,
    role: experiment.variants[key]?.role ?? ("treatment" as const),
    weight: experiment.variants[key]?.weight ?? 0,
    units: sums.units[key] ?? 0
  }));
  const decision = decisionOf({experiment, metrics: results, health, variants, ended, asOf: sums.asOf});
  const readout: Readout = {
    schemaVersion,
    id: experiment.id,
    title: experiment.title,
    hypothesis: experiment.hypothesis ?? null,
    description: experiment.description ?? null,
    owner: experiment.owner ?? null,
    tags: experiment.tags,
    status: experiment.status,
    start: experiment.start,
    end: experiment.end ?? null,
    asOf: sums.asOf,
    timezone: experiment.timezone,
    runId,
    stale: null,
    pin: null,
    alpha: experiment.alpha,
    powerGoal: experiment.power,
    alternative: experiment.alternative,
    correction: experiment.correction,
    minimumUnits: experiment.minimumUnits,
    phases: [...phases],
    dimensions: Object.entries(experiment.dimensions).map(([key, {name}]) => ({
      key,
      name: name ?? key,
      values: [...new Set(sums.segmentUnits.filter(({dimension}) => dimension === key).map(({value}) => value))]
    })),
    variants,
    metrics: results,
    bandit: banditResultOf(experiment, results, sums),
    health,
    decision,
    insights: insightsOf(results, health, sums.traffic),
    changes: [],
    timeline: [],
    holdout: null,
    traffic: sums.traffic.map(({date, units}) => ({date, units: variants.map(({key}) => units[key] ?? 0)})),
    input: {
      rows: sums.rows,
      units: variants.reduce((n, {units}) => n + units, 0),
      excluded: sums.excluded.map(excludedOf),
      hash: sums.hash,
      sql: sums.sql,
      coarsened: sums.coarsened
    },
    design: {text: definition.text, hash: definition.hash, registered: registeredOf(memory, definition)},
    files: []
  };
  const run = publishedRun(readout);
  readout.changes = [
    ...changesSince(memory.runs, run, {
      primary: experiment.metrics.primary,
      names: (key) => results.find((metric) => metric.key === key)?.name ?? key,
      checks: (key) => health.checks.find((check) => check.key === key)?.name ?? key,
      told: changed,
      then: daysOf(readout)
    }),
    ...changed.reverse()
  ];
  readout.timeline = timelineOf(memory.runs, run);
  return {readout, looks, run};
}

/** The definition as the first build found it: what every later one is held against. */
function registeredOf({definitions: [first]}: Memory, now: LockedDefinition): {date: string | null; hash: string} {
  const {date, hash} = first ?? now;
  return {date, hash};
}

/** All metrics without memory: primary and secondary families corrected apart, guardrails each by itself. */
function plainResults(experiment: Experiment, uses: readonly MetricEffects[]): MetricResult[] {
  const comparisons = new Map([
    ...comparisonsOf(
      experiment,
      uses.filter(({role}) => role === "primary"),
      experiment.correction
    ),
    ...comparisonsOf(
      experiment,
      uses.filter(({role}) => role === "secondary"),
      experiment.correction
    ),
    ...comparisonsOf(
      experiment,
      uses.filter(({role}) => role === "guardrail"),
      "none"
    )
  ]);
  return uses.map((use) => metricResultOf(experiment, use, comparisons.get(use.key) ?? []));
}

/** Alpha of one primary comparison: shared equally, so that all looks of all comparisons together spend alpha. */
function alphaShare({alpha, correction, metrics: {primary}, variants}: Experiment): number {
  const comparisons = primary.length * Math.max(1, Object.keys(variants).length - 1);
  return correction === "none" ? alpha : alpha / comparisons;
}

function powerResult(
  experiment: Experiment,
  {key, metric}: MetricEffects,
  result: MetricResult,
  sums: ExperimentSums
): MetricResult["power"] {
  const declared = experiment.minimumEffect[key];
  if (result.role !== "primary" && declared === undefined) return null;
  const powers = result.comparisons.flatMap((comparison) => {
    const control = result.arms.find(({variant}) => variant === comparison.baseline);
    const treatment = result.arms.find(({variant}) => variant === comparison.variant);
    if (control === undefined || treatment === undefined) return [];
    return powerOf({
      kind: metric.kind,
      direction: metric.direction,
      comparison,
      control,
      treatment,
      units: result.arms.reduce((n, arm) => n + arm.n, 0),
      minimumEffect: declared === undefined ? undefined : parseShare(declared),
      alpha: result.role === "primary" ? alphaShare(experiment) : experiment.alpha,
      power: experiment.power,
      alternative: experiment.alternative,
      traffic: sums.traffic.map(({units}) => Object.values(units).reduce((a, b) => a + b, 0)),
      elapsed: daysBetween(experiment.start, sums.asOf),
      maturity: metric.window === undefined || metric.mature === false ? 0 : parseDays(metric.window)
    });
  });
  return powers.reduce<MetricResult["power"]>(
    (a, b) => (a === null || (b.requiredUnits ?? 0) > (a.requiredUnits ?? 0) ? b : a),
    null
  );
}

/**
 * Whether a metric's effect lasts; null for metrics without tenure rows. Of metrics that are not primary the triangle is
 * coarser and the simultaneous intervals are by Sidak's rule.
 */
function noveltyResults(
  experiment: Experiment,
  {key, role, direction}: MetricResult,
  {tenure, asOf}: ExperimentSums
): MetricResult["novelty"] {
  const own = tenure?.[key];
  const [control, ...treatments] = variantKeys(experiment);
  if (own === undefined || control === undefined) return null;
  const declared = experiment.minimumEffect[key];
  return noveltyOf(
    own,
    {control, treatments},
    {
      alpha: experiment.alpha,
      power: experiment.power,
      direction,
      minimumEffect: declared === undefined ? null : parseShare(declared),
      spans: experiment.novelty ?? null,
      ...(role === "primary" ? {} : {bands: "sidak", triangleBlocks: 8}),
      entering:
        experiment.status !== "stopped" && (experiment.end === undefined || asOf === null || asOf < experiment.end)
    }
  );
}

/** Puts the sequential part into a primary metric's result; returns the looks that it adds to the ledger. */
function addSequential(
  use: MetricEffects,
  result: MetricResult,
  {experiment, memory, definition, sums, ended}: ReadoutInput & {ended: boolean}
): LedgerLook[] {
  if (use.role !== "primary") return [];
  const {
    result: sequential,
    added,
    tonight
  } = sequentialOf(use, {
    experiment,
    alpha: alphaShare(experiment),
    ledger: memory.looks,
    ended,
    definition: definition.hash,
    firstBuild: memory.looks.length === 0 && memory.runs.length === 0,
    asOf: sums.asOf
  });
  result.sequential = sequential;
  result.comparisons = result.comparisons.map((plain) => {
    const own = tonight.get(plain.variant);
    const effect = use.effects.find(({variant}) => variant === plain.variant)?.effect;
    if (own === undefined || effect === undefined) return plain;
    const {comparison} = own;
    const name = sequential.method === "group-sequential" ? "repeated at the looks taken" : "confidence sequence";
    return comparisonOf({...comparison, method: `${comparison.method}, ${name}`}, effect, {
      variant: plain.variant,
      baseline: plain.baseline,
      covariate: covariateText(use.metric),
      correction: sequential.alpha < experiment.alpha ? "bonferroni" : "none",
      adjustedPValue:
        comparison.pValue === null ? null : Math.min(1, (comparison.pValue * experiment.alpha) / sequential.alpha),
      adjustedInterval: comparison.interval,
      intervalKind: "simultaneous"
    });
  });
  if (tonight.size > 0)
    result.path = result.path.map(({date, comparisons}) => ({
      date,
      comparisons: comparisons.map(
        (plain) => tonight.get(plain.variant)?.path.find((day) => day.date === date)?.comparison ?? plain
      )
    }));
  return added;
}

function excludedOf({
  reason,
  words = reason,
  fact,
  rows,
  units,
  byVariant
}: ExperimentSums["excluded"][number]): Excluded {
  const count =
    units === null ? `${formatCount(rows)} rows` : `${formatCount(rows)} rows of ${formatCount(units)} units`;
  return {
    reason,
    fact,
    rows,
    units,
    ...(byVariant === undefined ? {} : {byVariant: {...byVariant}}),
    text: `${count}: ${words}`
  };
}

function timelineOf(runs: readonly PublishedRun[], now: PublishedRun): Readout["timeline"] {
  const all = [...runs.filter(({runId}) => runId !== now.runId), now].map(({date, runId, verdict, label}) => ({
    date,
    runId,
    verdict,
    label
  }));
  return all.filter(({verdict}, i) => i === 0 || verdict !== all[i - 1]!.verdict);
}
