import type {BanditResult, MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {formatAmount, formatPercent} from "../../lib/experiment/format.ts";
import {colorIndex, variantName} from "../blocks/subject.ts";
import type {ChartSize} from "../charts/theme.ts";
import type {ArmPoint, BeliefPoint} from "./banditCharts.ts";
import {believed, bests, estimates, regrets, shares} from "./banditCharts.ts";

/** What a figure of a bandit's readout asks for; `metric` is the reward. */
export type BanditRequest = {readout: Readout; size: ChartSize};

/** The charts of a bandit's readout by the name that figures ask for them with; null for any other readout. */
export const banditFigures: Record<string, (request: BanditRequest) => Element | null> = {
  banditShares({readout, size}) {
    const points = sharesOf(readout);
    return points.length === 0 ? null : shares(points, {...size, all: last(points)});
  },
  banditBest({readout, size}) {
    const points = pathPoints(readout, (arm) => arm.probabilityBest);
    return points.length === 0 ? null : bests(points, {...size, all: last(points)});
  },
  banditPosterior({readout, size}) {
    const {bandit, metric} = subjectOf(readout);
    const points = beliefsOf(readout);
    if (points.length === 0 || !bandit || !metric) return null;
    return believed(points, {...size, all: last(points), format: rewardFormat(metric, bandit)});
  },
  banditRegret({readout, size}) {
    const points = regretsOf(readout);
    const {metric} = subjectOf(readout);
    if (points.length === 0 || !metric) return null;
    return regrets(points, {...size, all: points.at(-1)?.units ?? 0, format: (value) => lostText(value, metric)});
  },
  banditEstimates({readout, size}) {
    const {bandit, metric} = subjectOf(readout);
    if (!bandit?.logged || !metric) return null;
    const rows = bandit.arms.map(({variant, plainMean, mean, interval}) => ({
      name: variantName(readout, variant),
      color: colorIndex(readout, variant),
      truth: null,
      plain: plainMean === null ? null : {mean: plainMean, lower: plainMean, upper: plainMean},
      honest:
        mean === null || interval?.[0] == null || interval[1] === null
          ? null
          : {mean, lower: interval[0], upper: interval[1]}
    }));
    if (rows.every(({honest}) => honest === null)) return null;
    return estimates(rows, {...size, format: rewardFormat(metric, bandit)});
  }
};

/** Returns the bandit of a readout and the metric that it was rewarded by; null where there is none. */
export function subjectOf({bandit, metrics}: Readout): {bandit: BanditResult | null; metric: MetricResult | null} {
  return {bandit, metric: metrics.find(({key}) => key === bandit?.metric) ?? null};
}

/** Returns each day's share of new units by variant, at the units that had come by its end. */
export function sharesOf(readout: Readout): ArmPoint[] {
  let units = 0;
  const points = readout.traffic.flatMap(({units: counts}) => {
    const total = counts.reduce((sum, n) => sum + n, 0);
    if (total === 0) return [];
    units += total;
    return readout.variants.map(({key, name}, i) => ({
      units,
      name,
      color: colorIndex(readout, key),
      value: (counts[i] ?? 0) / total
    }));
  });
  // The first day's share holds from the first unit on.
  return [...points.slice(0, readout.variants.length).map((point) => ({...point, units: 0})), ...points];
}

/** Returns what was lost by each date, and what an even split would have lost, both by the estimates. */
export function regretsOf(readout: Readout): {date: string; units: number; regret: number; even: number}[] {
  const {bandit, metric} = subjectOf(readout);
  if (!bandit || !metric) return [];
  const means = bandit.arms.flatMap(({mean, plainMean}) => mean ?? plainMean ?? []);
  const top = means.reduce(
    (a, b) => (metric.direction === "increase" ? Math.max(a, b) : Math.min(a, b)),
    means[0] ?? 0
  );
  const gap = Math.abs(top - means.reduce((sum, mean) => sum + mean, 0) / Math.max(1, means.length));
  const points = bandit.path.flatMap(({date, units, regret}) =>
    regret === null ? [] : [{date, units, regret, even: units * gap}]
  );
  return points.length === 0 ? [] : [{date: readout.start, units: 0, regret: 0, even: 0}, ...points];
}

/** Returns a number of the path by variant and date, where it is known. */
export function pathPoints(
  readout: Readout,
  valueOf: (arm: BanditResult["path"][number]["arms"][number]) => number | null
): ArmPoint[] {
  return (readout.bandit?.path ?? []).flatMap(({units, arms}) =>
    arms.flatMap((arm) => {
      const value = valueOf(arm);
      if (value === null) return [];
      return [{units, name: variantName(readout, arm.variant), color: colorIndex(readout, arm.variant), value}];
    })
  );
}

/** Returns the posterior of each variant by date, where there is one. */
export function beliefsOf(readout: Readout): BeliefPoint[] {
  return (readout.bandit?.path ?? []).flatMap(({units, arms}) =>
    arms.flatMap(({variant, mean, interval}) => {
      const [lower, upper] = interval ?? [null, null];
      if (mean === null || lower === null || upper === null) return [];
      return [
        {units, name: variantName(readout, variant), color: colorIndex(readout, variant), value: mean, lower, upper}
      ];
    })
  );
}

/** Returns how a reward is written: a share as a percentage, an amount in the metric's unit. */
export function rewardFormat(metric: MetricResult, {binary}: BanditResult): (value: number) => string {
  return (value) => (binary ? formatPercent(value, {decimals: 1}) : formatAmount(value, metric));
}

/** Returns how much was lost in words: units of a share, else an amount. */
export function lostText(value: number, metric: MetricResult): string {
  const share = metric.kind === "proportion" || metric.kind === "retention";
  return formatAmount(value, share ? {kind: "mean", unit: null} : metric, {decimals: 0});
}

function last(points: readonly ArmPoint[]): number {
  return points.at(-1)?.units ?? 0;
}
