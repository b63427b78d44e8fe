import {asymptoticConfidenceSequence} from "../../sequential/index.ts";
import {covariance, mean} from "../../stats/index.ts";
import type {Moments} from "../../stats/index.ts";
import {formatDate, formatPercent, plural, sayPValue} from "../format.ts";
import type {HealthCheck, MetricResult} from "../readout.ts";
import type {MetricSums} from "../sums.ts";
import {lifetimeAlpha} from "./alarmLevels.ts";
import {check, variantKeys} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/** Units per arm below which a mean's normal approximation is not trusted to block. */
const minimumArm = 100;

/** Units of both arms at which the sequence is tightest where no number is planned; it must not depend on the data. */
const defaultTuning = 20_000;

/** The arms' covariates of one metric and treatment, followed over the nights. */
interface Followed {
  readonly label: string;
  /** Smallest always-valid p-value over the nights; 1 where nothing could be tested. */
  readonly pValue: number;
  readonly crossed: string | null;
  /** (treatment - control) / control as of the last night; null where it cannot be had. */
  readonly relative: number | null;
}

/**
 * Returns the pre-period A/A test: before exposure no treatment can have acted, so the arms' covariates must agree. Per
 * metric with a covariate and per treatment, the two-sided difference of covariate means (of covariate ratios for ratio
 * metrics; per arm the larger of its own variance and that of both arms together, by the delta method for ratios; entry
 * phases combined by their precision) is followed over the nights by an asymptotic confidence sequence. Alpha is 0.005, shared equally by the comparisons (Bonferroni): sound data are
 * ever blocked with a chance of at most 0.005, over metrics and nights together. Arms of fewer than 100 units are not
 * tested.
 *
 * @see Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2021), https://arxiv.org/abs/2103.06476
 */
export function prePeriod({experiment, sums, metrics}: HealthInput): HealthCheck {
  const [control, ...treatments] = variantKeys(experiment);
  const withCovariate = metrics.filter(({key}) =>
    Object.values(sums.metrics[key]?.arms ?? {}).some((arm) => arm.x !== 0 || arm.xx > 0)
  );
  const count = withCovariate.length * treatments.length;
  const tuneAt = experiment.design.plannedUnits ?? defaultTuning;
  const followed = withCovariate.flatMap((metric) =>
    treatments.map((variant) =>
      follow(metric, sums.metrics[metric.key]!, [control ?? "", variant], {alpha: lifetimeAlpha / count, tuneAt})
    )
  );
  const worst = followed.reduce<Followed | null>((a, b) => (a === null || b.pValue < a.pValue ? b : a), null);
  const adjusted = worst === null ? null : Math.min(1, count * worst.pValue);
  const blocked = adjusted !== null && adjusted < lifetimeAlpha;
  const apart = worst?.relative == null ? "" : ` by ${formatPercent(worst.relative, {signed: true})}`;
  const corrected = `${adjusted === null ? "" : `${sayPValue(adjusted)}, `}corrected over ${plural(count, "comparison")} and all nights`;
  return check({
    key: "pre-period",
    name: "Arms alike before exposure",
    status: blocked ? "blocked" : "ok",
    value: adjusted,
    threshold: lifetimeAlpha,
    date: blocked ? worst!.crossed : null,
    message:
      worst === null
        ? "Not known for this input: no metric has a covariate from before exposure."
        : blocked
          ? `The arms differed before exposure: ${worst.label}${apart} since ${formatDate(worst.crossed)} (${corrected}).`
          : `The arms were alike before exposure (${corrected}).`,
    whatToDo:
      "Do not read the effects: the groups were different people. Check how units were assigned, and since when.",
    details: followed.map(({label, pValue}) => {
      const value = Math.min(1, count * pValue);
      return {label, value, status: value < lifetimeAlpha ? "blocked" : "ok"};
    })
  });
}

function follow(
  {name, kind}: MetricResult,
  {days}: MetricSums,
  [control, treatment]: readonly [string, string],
  options: {alpha: number; tuneAt: number}
): Followed {
  let [pValue, crossed, relative]: [number, string | null, number | null] = [1, null, null];
  for (const {date, strata} of days) {
    const gap = pooledGap(
      strata.map(({arms}) => [arms[control], arms[treatment]]),
      kind === "ratio"
    );
    if (gap === null) continue;
    relative = gap.baseline === 0 ? null : gap.difference / gap.baseline;
    const tonight =
      gap.standardError > 0
        ? (asymptoticConfidenceSequence(gap.difference, gap.standardError, gap.n, options).pValue ?? 1)
        : gap.difference === 0
          ? 1
          : 0;
    pValue = Math.min(pValue, tonight);
    if (crossed === null && pValue < options.alpha) crossed = date;
  }
  return {label: `${name}, ${treatment}`, pValue, crossed, relative};
}

interface Gap {
  readonly difference: number;
  readonly standardError: number;
  readonly baseline: number;
  readonly n: number;
}

/** The difference of the phases, weighted by precision, so that it gathers information as independent increments. */
function pooledGap(
  strata: readonly (readonly [Moments | undefined, Moments | undefined])[],
  ratio: boolean
): Gap | null {
  const gaps = strata.flatMap(([control, treatment]) => {
    if (control === undefined || treatment === undefined) return [];
    if (control.n < minimumArm || treatment.n < minimumArm) return [];
    const [c, t] = [estimate(control, ratio), estimate(treatment, ratio)];
    if (c === null || t === null) return [];
    // Where values are skewed, the arm that missed the largest ones has a low mean and a small variance at once, and
    // looks far too sure of it. Alike arms have one variance, so neither is believed to vary less than both together.
    const both = ((control.n - 1) * c.variance + (treatment.n - 1) * t.variance) / (control.n + treatment.n - 2);
    return [
      {
        difference: t.value - c.value,
        variance: Math.max(c.variance, both) / control.n + Math.max(t.variance, both) / treatment.n,
        baseline: c.value,
        n: control.n + treatment.n
      }
    ];
  });
  if (gaps.length === 0) return null;
  // A phase without any spread says all it can by itself: its precision is not a number.
  const certain = gaps.filter(({variance}) => !(variance > 0));
  const used = certain.some(({difference}) => difference !== 0) ? certain : gaps.filter(({variance}) => variance > 0);
  if (used.length === 0) return {difference: 0, standardError: 0, baseline: gaps[0]!.baseline, n: gaps[0]!.n};
  const weights = used.map(({variance}) => (variance > 0 ? 1 / variance : 1));
  const total = weights.reduce((a, b) => a + b, 0);
  const mixed = (value: (gap: (typeof used)[number]) => number): number =>
    used.reduce((sum, gap, i) => sum + (weights[i]! / total) * value(gap), 0);
  return {
    difference: mixed(({difference}) => difference),
    standardError: used[0]!.variance > 0 ? 1 / Math.sqrt(total) : 0,
    baseline: mixed(({baseline}) => baseline),
    n: used.reduce((sum, {n}) => sum + n, 0)
  };
}

/** The covariate's mean, or ratio of means, with the variance of one unit's part in it. */
function estimate(arm: Moments, ratio: boolean): {value: number; variance: number} | null {
  const x = mean(arm, "x");
  const xx = covariance(arm, "x", "x");
  if (x === null || xx === null) return null;
  const v = mean(arm, "v");
  const [xv, vv] = [covariance(arm, "x", "v"), covariance(arm, "v", "v")];
  if (!ratio || v === null || v === 0 || xv === null || vv === null) return {value: x, variance: xx};
  const value = x / v;
  return {value, variance: Math.max(0, xx - 2 * value * xv + value * value * vv) / (v * v)};
}
