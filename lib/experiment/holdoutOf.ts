import {formatCount, formatDate, formatPercent, formatPercentInterval} from "./format.ts";
import type {HoldoutPlan} from "./holdoutExperiment.ts";
import type {HoldoutResult, Readout} from "./readout.ts";

/**
 * Returns the comparison with those who stayed behind, from the readout of the experiment that `holdoutExperiment` makes
 * of a launch. Nothing is decided by it: the intervals are those of one look, taken tonight.
 *
 * @param since the readout of the units that came since the launch; null where the log cannot tell (no dates)
 */
export function holdoutOf(plan: HoldoutPlan, since: Readout | null): HoldoutResult {
  const {variant, launched, from, share} = plan;
  const base = {variant, launched, from, share, asOf: null, units: [], sampleRatio: null, metrics: []};
  if (since === null || since.asOf === null || since.asOf < from) {
    const reason =
      since === null ? "this shape of log does not say when a unit came" : `there is no data since ${formatDate(from)}`;
    return {...base, sentence: `Nothing can be said of the holdout: ${reason}.`, reason};
  }
  const units = [variant, launched].map((key) => ({
    variant: key,
    units: since.variants.find((each) => each.key === key)?.units ?? 0
  }));
  const few = units.find((arm) => arm.units < since.minimumUnits);
  if (few !== undefined) {
    const reason = `fewer than ${since.minimumUnits} units of ${few.variant} came since ${formatDate(from)}`;
    return {...base, asOf: since.asOf, sentence: `Nothing can be said of the holdout: ${reason}.`, reason};
  }
  const check = since.health.checks.find(({key}) => key === "sample-ratio");
  return {
    ...base,
    asOf: since.asOf,
    units,
    sampleRatio: share === null || check === undefined ? null : {status: check.status, message: check.message},
    metrics: since.metrics.map(({key, name, role, kind, direction, unit, arms, comparisons}) => ({
      key,
      name,
      role,
      kind,
      direction,
      unit,
      arms,
      comparisons
    })),
    sentence: sentenceOf(
      plan,
      since,
      units.reduce((n, arm) => n + arm.units, 0)
    ),
    reason: null
  };
}

function sentenceOf({variant, launched, from}: HoldoutPlan, since: Readout, units: number): string {
  const called = (key: string): string => since.variants.find((each) => each.key === key)?.name ?? key;
  const metric = since.metrics.find(({role}) => role === "primary");
  const comparison = metric?.comparisons[0];
  const who = `Of ${formatCount(units)} units that came since ${formatDate(from)}`;
  if (metric === undefined || comparison?.relativeDifference == null || comparison.relativeInterval === null)
    return `${who}, nothing can be said yet${comparison?.reason ? `: ${comparison.reason}` : ""}.`;
  const [lower, upper] = comparison.relativeInterval;
  const better = metric.direction === "decrease" ? (upper ?? 0) < 0 : (lower ?? 0) > 0;
  const worse = metric.direction === "decrease" ? (lower ?? 0) > 0 : (upper ?? 0) < 0;
  const verdict = better
    ? "the effect is still there"
    : worse
      ? "the effect has turned"
      : "no effect is shown any more";
  const level = formatPercent(comparison.level, {decimals: 0});
  return `${who}, ${metric.name} with ${called(launched)} is ${formatPercent(comparison.relativeDifference, {signed: true})} (${level} interval ${formatPercentInterval(comparison.relativeInterval)}) against those held back with ${called(variant)}: ${verdict}.`;
}
