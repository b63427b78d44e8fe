import {formatCount, formatPercent, formatPercentInterval, plural, sayPValue} from "../format.ts";
import type {NoveltyResult} from "../readout.ts";
import type {Direction, NoveltyVerdict} from "../words.ts";
import type {DayEffect} from "./dayEffects.ts";
import type {Need} from "./halvingNeed.ts";
import type {NoveltyOptions} from "./noveltyOf.ts";
import type {SpanTests} from "./spanTests.ts";
import type {TenureSums} from "./tenureSums.ts";

/** What the sentence is made of. */
export interface NoveltyFacts {
  readonly sums: TenureSums;
  readonly effects: readonly DayEffect[];
  readonly tests: SpanTests;
  readonly need: Need;
  readonly longRun: NoveltyResult["longRun"];
  readonly direction: Direction;
  readonly options: NoveltyOptions;
}

/** Returns the verdict in a sentence or two, with its numbers; it does not begin with the verdict's own word. */
export function noveltySentence(
  verdict: NoveltyVerdict,
  {sums, effects, tests, need, longRun, direction, options}: NoveltyFacts
): string {
  const {change, early, late, n} = tests;
  const {alpha = 0.05, power = 0.8} = options;
  const {spans} = sums;
  if (change.pValue === null || spans === null) return missing({sums, effects, tests, need, options});
  const percent = (log: number | null) => formatPercent(log === null ? null : Math.expm1(log), {signed: true});
  const from = `${percent(early.estimate)} on days ${say(spans.early)}`;
  const to = `${percent(late.estimate)} on days ${say(spans.late)}`;
  const p = sayPValue(change.pValue);
  if (verdict === "fading" || verdict === "growing") {
    const sign = Math.sign((verdict === "fading" ? -1 : 1) * (change.estimate ?? 0));
    const turned = (early.estimate ?? 0) * (late.estimate ?? 0) < 0;
    const what = verdict === "growing" && turned ? "effect" : sign > 0 === (direction === "increase") ? "gain" : "loss";
    const told = late.pValue !== null && late.pValue < alpha;
    const past = verdict === "fading" && turned && told ? ", past zero" : "";
    const lasting =
      longRun?.a === null || longRun?.a === undefined
        ? ""
        : ` Expect about ${formatPercent(longRun.a, {signed: true})} in the long run (${formatPercentInterval(longRun.interval)}).`;
    return `The ${what} went from ${from} to ${to}${past} (${p}), among the ${plural(n, "unit")} that lived through both.${lasting}`;
  }
  const same = `${from} and ${to} do not differ more than chance explains (${p})`;
  const seen = `a halving of ${what(need)} would have been seen with`;
  const share = formatPercent(need.power, {decimals: 0});
  if (verdict === "stable" && need.declared)
    return `No effect that could fade: ${from} and ${to}, the change between them not told from zero (${p}); ${seen} ${share} power.`;
  if (verdict === "stable") return `${same}; ${seen} ${share} power.`;
  return `${same}, but ${seen} only ${share} power; ${demand(need, power)}.`;
}

function say([from, to]: readonly [number, number]): string {
  return from === to ? String(from) : `${from}\u2013${to}`;
}

function what({effect, declared}: Need): string {
  return `${declared ? "an effect of " : ""}${formatPercent(Math.expm1(effect), {signed: true})}`;
}

function demand({units, days}: Need, power: number): string {
  const goal = `${formatPercent(power, {decimals: 0})} power`;
  if (units === null) return `how many units give ${goal} is not known`;
  const through = `${goal} needs ${formatCount(units)} units through both spans`;
  return days === null
    ? `${through}, more than there will be`
    : `${through}, which takes ${plural(days, "day")} since the first entry at the rate so far`;
}

function missing({sums, effects, tests, need, options}: Omit<NoveltyFacts, "longRun" | "direction">): string {
  const first = sums.calendarOnly ? 1 : 0;
  const lived = new Set(effects.filter(({day}) => day >= first).map(({day}) => day)).size;
  if (sums.spans === null) {
    const {spans = null} = options;
    const wanted = spans === null ? first + 13 : spans.late[1];
    const asked = spans === null ? "the first two weeks" : `days ${say(spans.early)} and ${say(spans.late)}`;
    const goal = need.units === null ? "" : ` For a halving of ${what(need)}, ${demand(need, options.power ?? 0.8)}.`;
    return lived === 0
      ? `Cannot tell yet: no cohort has lived through a whole day since exposure; the test compares ${asked}.`
      : `Cannot tell yet: the oldest cohort has lived through ${plural(lived, "day")} since exposure, and the test compares ${asked}, up to day ${wanted}.${goal}`;
  }
  return `Cannot tell, because ${tests.change.reason ?? "there is no test"}.`;
}
