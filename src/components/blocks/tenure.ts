import {
  formatCount,
  formatDate,
  formatDifference,
  formatDifferenceInterval,
  formatNumber,
  formatPercent,
  formatPercentInterval,
  formatPValue,
  plural,
  sayPValue
} from "../../lib/experiment/format.ts";
import {triangleCells} from "../../lib/experiment/novelty/triangleCells.ts";
import type {MetricResult, NoveltyResult, Readout} from "../../lib/experiment/readout.ts";
import {weekdayNames} from "../charts/weekdayNames.ts";
import {effectText, intervalCell} from "./effect.ts";
import {figure} from "./figure.ts";
import type {Content, Html} from "./html.ts";
import {html, name} from "./html.ts";
import {absent, sentence} from "./section.ts";
import {table} from "./table.ts";

/** Whether the effect on a metric lasts, of one treatment: of all units, or of one segment. */
export type TenureView = {
  result: NoveltyResult;
  metric: MetricResult;
  readout: Readout;
  /** The segment in words; null for all units. */
  segment?: string | null;
};

const words = {fading: "Fading", growing: "Growing", stable: "Stable", "not-enough-days": "Not enough days"} as const;

/** Returns what the verdict is called: `Cannot tell` where it is not days that are missing. */
export function noveltyWord({verdict, spans, test}: NoveltyResult): string {
  return verdict === "not-enough-days" && spans !== null && test?.pValue == null ? "Cannot tell" : words[verdict];
}

/** Returns the verdict with its reason, the charts by tenure, cohort and weekday, and every test behind them. */
export function tenureView(view: TenureView): Html {
  const {result, segment = null} = view;
  const whole = segment === null;
  const word = noveltyWord(result);
  return html`<p class="reading">
      <b>${word}${segment === null ? null : html`, ${name(segment)}`}.</b>
      ${sentence(word === "Cannot tell" ? result.sentence.replace(/^Cannot tell, because /, "") : result.sentence)}
    </p>
    ${pair([byDay(view), triangle(view)])} ${whole ? toldApart(result) : null}
    ${whole ? pair([byWeekday(view), longRun(result)]) : null} ${tests(view)}`;
}

/** Side by side if both have something to show. */
function pair(blocks: readonly Html[]): Html {
  const shown = blocks.filter(({value}) => /^\s*<(figure|div)/.test(value));
  return html`<div class="${shown.length === 2 ? "pair" : "single"}">${blocks}</div>`;
}

const sharedAssumptions: readonly string[] = [
  "A tenure day is 24 hours from a unit\u2019s exposure; with dates only, day 0 is partial and left out.",
  "Only days that a whole entry cohort has lived through count, so later days rest on earlier entrants.",
  "Units are independent of one another; days are not, because the same units live through them."
];

function byDay({result, metric}: TenureView): Html {
  const days = result.byTenure.filter((d) => d.relativeDifference !== null);
  if (days.filter(({day}) => day >= 0).length < 2)
    return absent(
      null,
      `Cannot tell by days since exposure, because ${(days.length === 0 ? result.byTenure.find((d) => d.reason !== null)?.reason : null) ?? "fewer than two whole days have been lived through"}.`
    );
  if (days.every(({day, relativeInterval}) => day < 0 || relativeInterval === null))
    return absent(
      null,
      `Cannot tell by days since exposure, because no day has an interval: ${days.find((d) => d.reason !== null)?.reason ?? "no variance"}.`
    );
  const fitted = result.longRun !== null && result.longRun.a !== null;
  const banded = days.some((d) => d.simultaneousInterval !== null);
  const before = days.some(({day}) => day < 0);
  const subtitle = [
    "point with its 95% interval",
    banded && "band: all days together",
    before && "open: before the exposure",
    fitted && "curve: fitted, its long-run level dashed"
  ];
  return figure({
    chart: "tenure",
    metric: metric.key,
    variant: result.variant,
    height: 260,
    title: "By days since exposure",
    subtitle: subtitle.filter(Boolean).join("; "),
    reading: dayReading(result),
    table: table(
      "Effect by days since exposure",
      [
        {head: "Day", number: true},
        {head: "Units", number: true, fold: true},
        {head: "Difference", number: true},
        {head: "95% interval", number: true},
        {head: "All days", number: true, fold: true}
      ],
      result.byTenure.map((d) => [
        formatNumber(d.day, {decimals: 0}),
        formatCount(d.n),
        d.relativeDifference === null && d.difference === null ? (d.reason ?? "\u2013") : effectText(d, metric),
        intervalCell(d, metric),
        formatPercentInterval(d.simultaneousInterval)
      ])
    ),
    assumptions: [
      ...sharedAssumptions,
      "The interval of a day is Fieller\u2019s, of the ratio of means; the band holds for all days from 0 on together.",
      "Before the exposure the arms saw the same, so those days show what chance does.",
      ...(fitted
        ? ["The curve a + b exp(-day / tau) looks beyond the data: it assumes that nothing else changes."]
        : [])
    ]
  });
}

/** What the points say: the first and the last day, how many exclude zero, and the days before. */
function dayReading({byTenure}: NoveltyResult): string {
  const known = byTenure.filter((d) => d.relativeDifference !== null);
  const [before, since] = [known.filter(({day}) => day < 0), known.filter(({day}) => day >= 0)];
  const excludes = (interval: readonly [number | null, number | null] | null) =>
    interval !== null && ((interval[0] ?? -Infinity) > 0 || (interval[1] ?? Infinity) < 0);
  const [first, last] = [since[0], since.at(-1)];
  const say = (d: typeof first) =>
    `${formatPercent(d?.relativeDifference ?? null, {signed: true})} on day ${d?.day ?? ""}`;
  const together = since.filter((d) => excludes(d.simultaneousInterval)).length;
  const banded = since.some((d) => d.simultaneousInterval !== null);
  const told = banded
    ? `; ${together === 0 ? "no day is" : `${together} of ${plural(since.length, "day")} are`} told from zero among all days together`
    : "";
  const early = before.filter((d) => excludes(d.relativeInterval)).length;
  const earlier =
    before.length === 0
      ? ""
      : ` Before the exposure ${early === 0 ? "no day" : `${early}`} of ${before.length} ${early === 0 ? "excludes" : early === 1 ? "excludes" : "exclude"} zero; chance alone does that on about 1 day in 20.`;
  const open = since.filter(({relativeInterval}) => relativeInterval === null);
  const without =
    open.length === 0
      ? ""
      : ` ${open.length} of ${plural(since.length, "day")} ${open.length === 1 ? "has" : "have"} no interval, because ${open[0]?.reason ?? "there is no variance"}.`;
  return `From ${say(first)} to ${say(last)}${told}.${without}${earlier}`;
}

function triangle({result, metric}: TenureView): Html {
  const cells = triangleCells(result).filter((c) => c.relativeDifference !== null);
  const cohorts = [...new Set(cells.map((c) => c.cohort))];
  if (new Set(result.triangle.map((row) => row.cohort)).size < 2)
    return absent(
      null,
      `Cannot lay cohorts over one another, because ${result.cohorts?.reason?.startsWith("one cohort") ? "there is one entry cohort only" : "fewer than two entry cohorts have lived through a whole day"}.`
    );
  if (cohorts.length < 2)
    return absent(
      null,
      `Cannot lay cohorts over one another, because the control is zero in ${cells.length === 0 ? "all of them" : "all but one"}.`
    );
  if (cells.length < 3) return absent(null, "Cannot lay cohorts over one another, because there are too few days.");
  const {triangleDays: length} = result;
  const units = cells.map((c) => c.n);
  const [low, high] = [Math.min(...units), Math.max(...units)];
  const days = [...new Set(triangleCells(result).map(({day}) => day))].sort((a, b) => a - b);
  return figure({
    chart: "triangle",
    metric: metric.key,
    variant: result.variant,
    height: 260,
    title: "Cohort by tenure",
    subtitle: `blue above zero, red below; a row entered ${length === 1 ? "on one date" : `within ${length} days`}${length === 1 ? "" : `, a column is ${length} days`}`,
    reading: `${plural(cohorts.length, "cohort")} from ${formatDate(cohorts[0] ?? null, {year: false})} to ${formatDate(cohorts.at(-1) ?? null, {year: false})}, ${low === high ? `${formatCount(low)} units each` : `of ${formatCount(low)} to ${formatCount(high)} units`}: a change from left to right is novelty, from row to row entrants, along the diagonals dates.`,
    table: table(
      "Effect by cohort and days since exposure",
      [
        {head: "Entered from"},
        {head: "Units", number: true, fold: true},
        ...days.map((day, k) => ({
          head: `${k === 0 ? "Day " : ""}${length === 1 ? day : `${day}\u2013${day + length - 1}`}`,
          number: true
        }))
      ],
      result.triangle.map(({cohort, day: first, n, relativeDifferences}) => [
        formatDate(cohort, {year: false}),
        formatCount(n),
        ...days.map((day) => {
          const value = relativeDifferences[(day - first) / length];
          return value === undefined ? "" : formatPercent(value, {signed: true});
        })
      ])
    ),
    assumptions: [
      ...sharedAssumptions,
      "A single cell is mostly noise; the tests below take all of them together.",
      ...(cells.length < triangleCells(result).length ? ["A cell without a number has a control of zero."] : []),
      "A steady change along dates is a steady change along tenure and entry together: no method tells those apart."
    ]
  });
}

/** The four readings of the triangle, each with its own test. */
function toldApart({reading}: NoveltyResult): Html | null {
  const parts = (reading ?? "").split(/(?:^|\s)(Tenure|Entrants|Dates|Mix): /).slice(1);
  if (parts.length < 2) return reading === null ? null : html`<p class="reading">${reading}</p>`;
  const pairs = parts.flatMap((text, i) => (i % 2 === 0 ? [[text, parts[i + 1] ?? ""] as const] : []));
  return html`<dl class="told-apart">
    ${pairs.map(
      ([key, text]) =>
        html`<div>
          <dt>${key}</dt>
          <dd>${sentence(text)}</dd>
        </div> `
    )}
  </dl>`;
}

function byWeekday({result, metric}: TenureView): Html {
  const {weekdays, weekdayTest} = result;
  const known = weekdays.filter((d) => d.relativeDifference !== null);
  if (known.length < 7 || known.every((d) => d.relativeInterval === null))
    return absent(
      null,
      `Cannot tell weekdays apart, because ${weekdayTest?.reason ?? "no unit has lived through a whole week"}.`
    );
  const [low, high] = [...known]
    .sort((a, b) => (a.relativeDifference ?? 0) - (b.relativeDifference ?? 0))
    .filter((_, i, all) => i === 0 || i === all.length - 1);
  const say = (d: typeof low) =>
    `${formatPercent(d?.relativeDifference ?? null, {signed: true})} on ${weekdayNames[(d?.weekday ?? 1) - 1] ?? ""}`;
  const test =
    weekdayTest === null || weekdayTest.pValue === null
      ? `whether they differ cannot be told, because ${weekdayTest?.reason ?? "there is no test"}`
      : weekdayTest.pValue < 0.05
        ? `they differ by more than chance explains (${sayPValue(weekdayTest.pValue)})`
        : `they do not differ more than chance explains (${sayPValue(weekdayTest.pValue)})`;
  return figure({
    chart: "weekdays",
    metric: metric.key,
    variant: result.variant,
    height: 190,
    title: "By day of the week",
    subtitle: "point with its 95% interval; whole weeks of each unit",
    reading: `From ${say(low)} to ${say(high)}; ${test}.`,
    table: table(
      "Effect by day of the week",
      [{head: "Day"}, {head: "Difference", number: true}, {head: "95% interval", number: true}],
      weekdays.map((d) => [
        weekdayNames[d.weekday - 1] ?? "",
        formatPercent(d.relativeDifference, {signed: true}),
        formatPercentInterval(d.relativeInterval)
      ])
    ),
    assumptions: [
      "Each unit counts over its whole weeks after the day of entry, so every weekday has the same units.",
      "The test is Wald\u2019s, with the covariance between the weekdays of a unit; 6 degrees of freedom."
    ]
  });
}

function longRun({longRun: fit}: NoveltyResult): Html {
  if (fit === null) return html``;
  return html`<div class="long-run">
    <p class="heading"><strong>In the long run</strong></p>
    <p class="reading">${sentence(fit.sentence)}</p>
    <details class="data assumptions">
      <summary>Assumptions</summary>
      <ul>
        <li>The effect approaches a level as a + b exp(-day / tau): it may rise or fall, but it does not turn.</li>
        <li>
          Fitted by generalized least squares with the covariance between days; the interval carries what is not known
          of tau.
        </li>
        <li>
          A level that lies far beyond the last day is a guess, and is refused where a straight line fits as well.
        </li>
      </ul>
    </details>
  </div>`;
}

function tests({result, metric}: TenureView): Html | null {
  const {test, absolute, trend, cohorts, calendar, mix, weekdayTest, spans} = result;
  const days =
    spans === null ? "late against early" : `days ${spans.late.join("\u2013")} against ${spans.early.join("\u2013")}`;
  const log = (value: number | null) => (value === null ? null : Math.expm1(value));
  const chi = (q: number | null, df: number | null) =>
    q === null ? "\u2013" : `\u03c7\u00b2 ${formatNumber(q, {decimals: 1})}, ${plural(df ?? 0, "degree")} of freedom`;
  const row = (label: Content, value: Content, p: number | null, reason: string | null): Content[] => [
    label,
    p === null ? (reason ?? "not known") : value,
    formatPValue(p)
  ];
  const rows = [
    test &&
      row(
        `Relative effect, ${days}`,
        `\u00d7 ${formatNumber(test.estimate === null ? null : Math.exp(test.estimate), {decimals: 3})} (${formatPercentInterval(test.interval === null ? null : [log(test.interval[0]), log(test.interval[1])])}), ${formatCount(test.n)} units`,
        test.pValue,
        test.reason
      ),
    absolute &&
      row(
        `Absolute effect a day, ${days}`,
        `${formatDifference(absolute.estimate, metric)} (${formatDifferenceInterval(absolute.interval, metric)})`,
        absolute.pValue,
        absolute.reason
      ),
    trend &&
      row(
        "Slope of the absolute effect, per day",
        `${formatDifference(trend.estimate, metric)} (${formatDifferenceInterval(trend.interval, metric)})`,
        trend.pValue,
        trend.reason
      ),
    cohorts &&
      row(
        "Entry cohorts differ, early span",
        chi(cohorts.cochranQ, cohorts.degreesOfFreedom),
        cohorts.pValue,
        cohorts.reason
      ),
    calendar &&
      row(
        "Dates differ, beyond both",
        chi(calendar.cochranQ, calendar.degreesOfFreedom),
        calendar.pValue,
        calendar.reason
      ),
    mix && row("The mix of entrants changes", chi(mix.chiSquare, mix.degreesOfFreedom), mix.pValue, mix.reason),
    weekdayTest &&
      row(
        "Weekdays differ",
        chi(weekdayTest.cochranQ, weekdayTest.degreesOfFreedom),
        weekdayTest.pValue,
        weekdayTest.reason
      )
  ].filter((r) => r !== null);
  if (rows.length === 0) return null;
  return html`<details class="data">
    <summary>Every test</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Every test">
      ${table("Tests of whether the effect lasts", [{head: "Test"}, {head: "Estimate"}, {head: "p", number: true}], rows)}
    </div>
    <p>
      The verdict is that of the first test: on the scale of ratios a constant relative effect on a falling baseline is
      no change. Nothing here is adjusted over metrics, treatments or nights: it warns, it does not decide.
    </p>
  </details>`;
}
