import {
  formatCount,
  formatDate,
  formatNumber,
  formatPercent,
  formatPercentInterval
} from "../../lib/experiment/format.ts";
import type {BanditResult, MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {figure} from "../blocks/figure.ts";
import type {Html} from "../blocks/html.ts";
import {html, name} from "../blocks/html.ts";
import {section, sentence} from "../blocks/section.ts";
import {colorIndex, variantName} from "../blocks/subject.ts";
import {table} from "../blocks/table.ts";
import {beliefsOf, lostText, pathPoints, regretsOf, rewardFormat, sharesOf, subjectOf} from "./banditFigures.ts";

/** Returns the section of a bandit: its traffic, what it believes, what it lost, and what can honestly be said; nothing for others. */
export function banditStory(readout: Readout): Html {
  const {bandit, metric} = subjectOf(readout);
  if (bandit === null || metric === null) return html``;
  return section(
    "bandit",
    "Where did the traffic go?",
    bandit.logged
      ? html`The traffic followed the result: the probabilities were set anew ${everyText(bandit.minutes)}, never below
        ${formatPercent(bandit.floor, {decimals: 1})}. An arm that was unlucky early is given up and cannot correct
        itself, so plain means come out wrong.`
      : html`The traffic followed the result, and the probabilities were not logged. An arm that was unlucky early is
        given up and cannot correct itself, so plain means come out wrong.`,
    warnings(readout, bandit),
    traffic(readout),
    beliefs(readout, bandit, metric),
    regret(readout, bandit, metric),
    estimates(readout, bandit, metric)
  );
}

function warnings(readout: Readout, {warnings: found}: BanditResult): Html | null {
  if (found.length === 0) return null;
  return html`${found.map(
    ({code, message, bias}) =>
      html`<p class="notice ${code === "no-propensities" ? "harm" : "care"}">
        ${sentence(message)} ${bias ? biasText(readout, bias) : null}
      </p>`
  )}`;
}

function biasText(readout: Readout, bias: NonNullable<BanditResult["warnings"][number]["bias"]>): Html {
  const parts = bias.flatMap(({variant, relativeBias, coverage}) =>
    relativeBias === null || coverage === null
      ? []
      : [
          html`${name(variantName(readout, variant))} by ${formatPercent(relativeBias, {signed: true, decimals: 1})},
          its interval holding in ${formatPercent(coverage, {decimals: 0})}`
        ]
  );
  return html`In 200 simulated bandits like this one, plain means were off:
  ${parts.map((part, i) => html`${i ? "; " : ""}${part}`)}.`;
}

function traffic(readout: Readout): Html {
  const points = sharesOf(readout);
  const count = readout.variants.length;
  const end = points.slice(-count);
  const most = end.reduce<(typeof end)[number] | null>((a, b) => (a === null || b.value > a.value ? b : a), null);
  return figure({
    chart: "banditShares",
    title: "Share of the traffic",
    subtitle: "of each day’s new units",
    height: 250,
    reading: most
      ? html`On the last day ${formatPercent(most.value, {decimals: 0})} of the new units got ${name(most.name)}.`
      : "No units yet.",
    table: table(
      "Share of the traffic",
      [{head: "Units so far"}, ...readout.variants.map((v) => ({head: name(v.name), number: true}))],
      rowsOf(points.slice(count), count, (value) => formatPercent(value, {decimals: 0}))
    )
  });
}

function beliefs(readout: Readout, bandit: BanditResult, metric: MetricResult): Html | null {
  const points = pathPoints(readout, (arm) => arm.probabilityBest);
  if (points.length === 0) return null;
  const best = bandit.arms.reduce((a, b) => ((b.probabilityBest ?? 0) > (a.probabilityBest ?? 0) ? b : a));
  const format = rewardFormat(metric, bandit);
  const count = readout.variants.length;
  return html`<div class="pair">
    ${figure({
      chart: "banditBest",
      title: "Probability of being best",
      subtitle: "by the posterior, as the bandit believes",
      height: 230,
      reading: html`${name(variantName(readout, best.variant))} is the best with probability
      ${formatPercent(best.probabilityBest, {decimals: 1})}.`,
      table: table(
        "Probability of being best",
        [{head: "Units so far"}, ...readout.variants.map((v) => ({head: name(v.name), number: true}))],
        rowsOf(points, count, (value) => formatPercent(value, {decimals: 1}))
      )
    })}
    ${figure({
      chart: "banditPosterior",
      title: "What is believed",
      subtitle: html`posterior mean and ${formatPercent(1 - readout.alpha, {decimals: 0})} of belief`,
      height: 230,
      reading: html`${name(variantName(readout, best.variant))}: ${format(best.posteriorMean ?? 0)},
      ${formatPercent(1 - readout.alpha, {decimals: 0})} of belief from ${boundsText(best.credibleInterval, format)}.`,
      table: table(
        "Posterior mean",
        [{head: "Units so far"}, ...readout.variants.map((v) => ({head: name(v.name), number: true}))],
        rowsOf(beliefsOf(readout), count, format)
      )
    })}
  </div>`;
}

function regret(readout: Readout, bandit: BanditResult, metric: MetricResult): Html | null {
  const points = regretsOf(readout);
  const end = points.at(-1);
  if (end === undefined || bandit.best === null) return null;
  const what = lostNoun(metric);
  return figure({
    chart: "banditRegret",
    title: "Regret",
    subtitle: html`lost against ${name(variantName(readout, bandit.best))}, the best in hindsight; dashed: by an even
    split`,
    height: 220,
    reading: html`${lostText(end.regret, metric)}${what} lost to worse variants, by the estimates; an even split would
    have lost ${lostText(end.even, metric)}.`,
    table: table(
      "Regret",
      [{head: "Day"}, {head: "Units", number: true}, {head: "Lost", number: true}, {head: "Even split", number: true}],
      points
        .slice(1)
        .map((p) => [
          formatDate(p.date, {year: false}),
          formatCount(p.units),
          lostText(p.regret, metric),
          lostText(p.even, metric)
        ])
    )
  });
}

function estimates(readout: Readout, bandit: BanditResult, metric: MetricResult): Html {
  const format = rewardFormat(metric, bandit);
  const precise = (value: number | null) =>
    value === null ? "none" : bandit.binary ? formatPercent(value, {decimals: 2}) : format(value);
  const rows = table(
    "Estimates by variant",
    [
      {head: "Variant"},
      {head: "Units", number: true},
      {head: "P(best)", number: true},
      {head: "Plain mean", number: true, fold: true},
      {head: "Honest estimate", number: true},
      {head: `${formatPercent(1 - readout.alpha, {decimals: 0})} interval`, number: true}
    ],
    bandit.arms.map(({variant, n, probabilityBest, plainMean, mean, interval}) => [
      html`<span class="swatch v${colorIndex(readout, variant)}"></span>${name(variantName(readout, variant))}`,
      formatCount(n),
      formatPercent(probabilityBest, {decimals: 1}),
      precise(plainMean),
      precise(mean),
      interval === null
        ? "none"
        : bandit.binary
          ? formatPercentInterval(interval, {signed: false})
          : boundsText(interval, format)
    ])
  );
  return html`${
      bandit.logged
        ? figure({
            chart: "banditEstimates",
            title: html`${name(metric.name)} of each variant`,
            subtitle: "solid: honest estimate with its interval; open: plain mean",
            height: 56 + 46 * bandit.arms.length,
            quiet: true,
            reading: html`Honest estimates by variant, as in the table below.`,
            table: null
          })
        : null
    }
    <div class="scroll" tabindex="0" role="region" aria-label="Estimates by variant">${rows}</div>
    <p class="reading">
      ${
        bandit.logged
          ? html`Each unit is weighted by the probability that it had (adaptively weighted, augmented inverse
              propensities: <a href="https://arxiv.org/abs/1911.02768">Hadad et al., 2021</a>), over
              ${formatCount(bandit.slices)} slices of time; such intervals cover though the data chose the arms.`
          : html`There is no honest estimate without the probabilities. Log them: a column <code>propensity</code> of
              the exposures is enough.`
      }
    </p>`;
}

function rowsOf(
  points: readonly {units: number; value: number}[],
  count: number,
  format: (value: number) => string
): string[][] {
  const rows: string[][] = [];
  for (let i = 0; i < points.length; i += count)
    rows.push([formatCount(points[i]?.units ?? 0), ...points.slice(i, i + count).map(({value}) => format(value))]);
  return rows.reverse();
}

function boundsText(
  interval: readonly [number | null, number | null] | null,
  format: (value: number) => string
): string {
  const [lower, upper] = interval ?? [null, null];
  return lower === null || upper === null ? "–" : `${format(lower)} to ${format(upper)}`;
}

/** What is lost, after its number; nothing where the number has a unit. */
function lostNoun({kind}: MetricResult): string {
  if (kind === "proportion") return " conversions were";
  return kind === "retention" ? " returns were" : " was";
}

function everyText(minutes: number): string {
  if (minutes === 1440) return "each day";
  if (minutes % 60 === 0)
    return minutes === 60 ? "each hour" : `every ${formatNumber(minutes / 60, {decimals: 0})} hours`;
  return `every ${formatNumber(minutes, {decimals: 0})} minutes`;
}
