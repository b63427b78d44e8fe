import type {Letter} from "../../../stats/moments.ts";
import {day as dayLength} from "../../dialects/dialect.ts";
import type {MatureOptions, Numbered} from "../../sql/increments.ts";
import {aggregateNames, isCount, isSquareOfBit} from "../../sql/increments.ts";
import type {Scale} from "../../sql/totals.ts";
import {isEarlier, partsOf} from "../../sql/totals.ts";
import {localClock} from "../../zone.ts";
import {longestRun} from "./batches.ts";
import type {ExactRows, ExactSum} from "./exactRows.ts";
import {addNumber, addProduct, exactRows} from "./exactRows.ts";
import type {UnitHits} from "../hits/unitHits.ts";

export interface MatureRowsOptions extends Pick<MatureOptions, "after" | "offsets" | "calendar"> {
  readonly scale: Pick<Scale, "asOf">;
  /** Totals of the metrics' parts by column and place, as `totalsByPlace` gives them. */
  readonly totals: ReadonlyMap<string, Float64Array>;
  /** The letters that units bring along, in steps, by metric and letter (`0y`) and place; NaN where a unit has none. */
  readonly fixed: ReadonlyMap<string, Float64Array>;
}

/** A letter of a unit: its total, no more than the cap, or what stands for it without one. */
interface LetterPlan {
  readonly values: Float64Array;
  readonly without: number;
  readonly cap: number;
  /** The most that it can be. */
  readonly most: number;
}

/**
 * Returns what `matureIncrements` gives, from hits: the sums of metrics that count a unit once, on the day that it has
 * lived through the window, by entry day, that day, variant and cell.
 */
export function matureRows(
  hits: UnitHits,
  metrics: readonly Numbered[],
  {after, offsets, calendar, scale, totals, fixed}: MatureRowsOptions
): ExactRows {
  const {groups, entry, start} = hits;
  const longest = longestRun(start);
  const letters: LetterPlan[] = [];
  const sums: ExactSum[] = [];
  const names: Record<string, string> = {};
  const plans = metrics.map((numbered) => {
    const {metric, index} = numbered;
    const [touched = "", n = "", ...own] = aggregateNames(metric, index);
    const first = sums.push({name: `n${index}`, of: "small"}) - 1;
    names[touched] = names[n] = `n${index}`;
    const places = new Map<Letter, number>();
    const needed: number[] = [];
    for (const letter of Object.keys(metric.sides) as Letter[]) {
      places.set(letter, letters.push(letterPlan(numbered, letter)) - 1);
      if (metric.sides[letter]?.of === "attribute" && !isEarlier(letter)) needed.push(letters.length - 1);
    }
    const terms = metric.sums.map((pair, i) => {
      const [a = 0, b = -1] = ([...(isSquareOfBit(metric, pair) ? pair.slice(0, 1) : pair)] as Letter[]).map(
        (letter) => places.get(letter) ?? 0
      );
      const name = `s${index}_${i}`;
      names[own[i]!] = name;
      const bound = letters[a]!.most * (b < 0 ? 1 : letters[b]!.most) * start.length;
      sums.push({name, of: bound < 2 ** 53 ? "small" : b < 0 ? "numbers" : "products"});
      return [a, b] as const;
    });
    return {first, needed, terms};
  });
  const rows = exactRows(["entry_day", "day", "variant", "cell"], sums, {names});
  const {width, offsets: at} = rows;
  const kinds = sums.map(({of}) => of);
  const local = localClock(offsets);
  const own = new Float64Array(letters.length);
  // A day and the hours that clocks are moved by, before and after the entry day and the window.
  const days = 4;
  const ofDays = new Float64Array(days * width);
  const addUnit = (place: number, to: number): void => {
    for (let l = 0; l < letters.length; ++l) {
      const {values, without, cap} = letters[l]!;
      const value = values[place]!;
      own[l] = value === value ? Math.min(value, cap) : without;
    }
    for (let m = 0; m < plans.length; ++m) {
      const {first, needed, terms} = plans[m]!;
      if (needed.some((l) => own[l] !== own[l])) continue;
      ofDays[to + at[first]!]!++;
      for (let t = 0; t < terms.length; ++t) {
        const [a, b] = terms[t]!;
        const x = own[a]!;
        const z = b < 0 ? 1 : own[b]!;
        if (x === 0 || z === 0) continue;
        const sum = to + at[first + 1 + t]!;
        const of = kinds[first + 1 + t];
        if (of === "small") ofDays[sum]! += x * z;
        else if (of === "numbers") addNumber(ofDays, sum, x);
        else addProduct(ofDays, sum, x, z);
      }
    }
  };
  for (const {entryDay, variant, cell, from, to} of groups) {
    const first = entryDay + after - 2;
    const dayOf = (place: number): number => {
      if (after === 0) return entryDay;
      if (calendar) return entryDay + after - 1;
      return Math.floor(local(entry[place]! + after * dayLength - 1) / dayLength);
    };
    ofDays.fill(0);
    for (let place = from; place < to; ++place) {
      const day = dayOf(place);
      if (day <= scale.asOf) addUnit(place, (day - first) * width);
    }
    for (let d = 0; d < days; ++d) {
      const isAny = plans.some((plan) => ofDays[d * width + at[plan.first]!] !== 0);
      if (isAny) rows.add([entryDay, first + d, variant, cell], ofDays, d * width);
    }
  }
  return rows;

  function letterPlan({metric, index, cap}: Numbered, letter: Letter): LetterPlan {
    const part = partsOf(metric, index).find((each) => each.letter === letter);
    if (part === undefined) {
      const values = fixed.get(`${index}${letter}`) ?? new Float64Array(start.length - 1);
      return {values, without: NaN, cap: Infinity, most: 2 ** 53};
    }
    const {reduce, to} = part.side;
    const isCapped = reduce !== "first" && (letter === "y" || letter === "x") && cap !== null;
    return {
      values: totals.get(part.column) ?? new Float64Array(start.length - 1),
      without: reduce === "first" ? to : 0,
      cap: isCapped ? Number(cap) : Infinity,
      most: isCount(metric, letter) ? longest : 2 ** 53
    };
  }
}
