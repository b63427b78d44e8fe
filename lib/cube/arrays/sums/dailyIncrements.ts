import type {Letter} from "../../../stats/moments.ts";
import type {Numbered} from "../../sql/increments.ts";
import {aggregateNames, isCount, isSquareOfBit} from "../../sql/increments.ts";
import type {Scale} from "../../sql/totals.ts";
import {isEarlier, partsOf, sameParts} from "../../sql/totals.ts";
import {gatheredUnits, largestBatch, longestRun} from "./batches.ts";
import type {ExactRows, ExactSum} from "./exactRows.ts";
import {addNumber, exactRows} from "./exactRows.ts";
import type {LargestUnits} from "./largestTotals.ts";
import type {LetterChanges} from "./letterChanges.ts";
import {letterChanges} from "./letterChanges.ts";
import {addToEach, addToOne, kindsOf} from "./pairSums.ts";
import {firstEntry} from "../hits/placedUnits.ts";
import {totalChanges} from "./totalChanges.ts";
import type {UnitHits} from "../hits/unitHits.ts";
import {lookOf} from "./unitTotals.ts";

export interface DailyOptions {
  readonly scale: Scale;
  /** The totals of the parts before the exposure, by column and place. */
  readonly totals: ReadonlyMap<string, Float64Array>;
  /** The letters that units bring along, in steps, by metric and letter (`0x`) and place. */
  readonly fixed: ReadonlyMap<string, Float64Array>;
}

/** A letter as the sums see it: of the part that it follows from day to day, or as it is from the entry on. */
interface LetterPlan {
  /** Place among the distinct parts; -1 for a fixed one. */
  readonly part: number;
  readonly fixed: Float64Array | null;
  /** The most that its number can be, and may be. */
  readonly most: number;
  readonly cap: number;
}

/** One sum: of letters by their place among all. */
interface Term {
  readonly a: number;
  /** -1 for the letter itself. */
  readonly b: number;
}

/** What `dailyIncrements` returns. */
export interface DailyIncrements {
  readonly rows: ExactRows;
  /** The largest and the sum of the units' totals, of parts that count or add up, by column. */
  readonly largest: ReadonlyMap<string, LargestUnits>;
}

/**
 * Returns what `runningIncrements` gives, from hits: what each day changed of the sums of the metrics that run on, by entry
 * day, day, variant and cell. What several metrics ask for is added up once.
 *
 * @param metrics metrics whose outcomes are all made of events
 */
export function dailyIncrements(
  hits: UnitHits,
  metrics: readonly Numbered[],
  {scale: {asOf}, totals, fixed}: DailyOptions
): DailyIncrements {
  const {groups, start, day} = hits;
  const outcomes = metrics.flatMap(({metric, index}) =>
    partsOf(metric, index).filter(({letter}) => !isEarlier(letter))
  );
  const same = sameParts(outcomes);
  const distinct = outcomes.filter(({column}) => same.get(column) === column);
  const looks = distinct.map((part) => lookOf(hits, part));
  const longest = longestRun(start);
  const letters: LetterPlan[] = [];
  const terms: Term[] = [];
  const names: Record<string, string> = {};
  const plans = metrics.map((numbered) => {
    const {metric, index} = numbered;
    const [touched = "", n = "", ...columns] = aggregateNames(metric, index);
    names[n] = "n";
    names[touched] = touched;
    const places = new Map(
      (Object.keys(metric.sides) as Letter[]).map((letter) => [letter, placeOf(numbered, letter)])
    );
    metric.sums.forEach((pair, i) => {
      const own = [...(isSquareOfBit(metric, pair) ? pair.slice(0, 1) : pair)] as Letter[];
      const [a = 0, b = -1] = own.map((letter) => places.get(letter) ?? 0);
      const known = terms.findIndex((each) => each.a === a && each.b === b);
      names[columns[i]!] = `s${known < 0 ? terms.push({a, b}) - 1 : known}`;
    });
    return {touched, changing: [...places.values()].filter((l) => letters[l]!.part >= 0)};
  });
  const kinds = terms.map(({a, b}) => kindOf(a, b));
  const sums = [
    {name: "n", of: "small"} as const,
    ...plans.map(({touched}): ExactSum => ({name: touched, of: "small"})),
    ...kinds.map((of, i): ExactSum => ({name: `s${i}`, of}))
  ];
  const rows = exactRows(["entry_day", "day", "variant", "cell"], sums, {names});
  const {width} = rows;
  const offsets = rows.offsets.subarray(1 + plans.length);
  const ways = kindsOf(rows).slice(1 + plans.length);
  const changes = totalChanges(hits, looks, asOf);
  const running = letters.map(({part, cap}) => (part < 0 ? null : letterChanges(changes, part, cap)));
  const size = 2 * largestBatch(start);
  const places = new Int32Array(Math.max(size, gatheredUnits));
  const [ones, others] = [new Float64Array(size), new Float64Array(size)];
  const brought = letters.map(() => new Float64Array(gatheredUnits));
  const isSummed = looks.map(({reduce}) => reduce === "sum" || reduce === "count");
  const largest = new Float64Array(looks.length);
  const all = new Float64Array(2 * looks.length);
  const seen = new Int32Array(gatheredUnits * (Math.max(0, asOf - firstEntry(groups)) + 2));
  let look = 0;
  // Days from the entry of a group to the last one; an hour that a clock repeats may lie on the day before.
  let sumsOfDays = new Float64Array(0);
  for (const {entryDay, variant, cell, from, to} of groups) {
    const first = entryDay - 1;
    const days = Math.max(asOf, entryDay) - first + 1;
    if (sumsOfDays.length < days * width) sumsOfDays = new Float64Array(days * width);
    else sumsOfDays.fill(0, 0, days * width);
    let place = from;
    changes.gather(from, to, (units) => {
      addUnits(units, place, entryDay);
      place += units;
    });
    for (let d = 0; d < days; ++d)
      if (isTouched(sumsOfDays, d * width)) rows.add([entryDay, first + d, variant, cell], sumsOfDays, d * width);
  }
  return {rows, largest: new Map(outcomes.flatMap(({column}) => largestTotalsOf(column)))};

  function largestTotalsOf(column: string): [string, LargestUnits][] {
    const p = distinct.findIndex((part) => part.column === same.get(column));
    return isSummed[p] === true ? [[column, [start.length - 1, largest[p]!, all[2 * p]!, all[2 * p + 1]!]]] : [];
  }

  /** Adds what the days of some units changed, from a place on, to the sums of their group. */
  function addUnits(units: number, place: number, entryDay: number): void {
    for (let p = 0; p < looks.length; ++p) if (isSummed[p] === true) addLargest(p, units);
    letters.forEach(({fixed: values, cap}, l) => {
      const own = running[l];
      if (own != null) own.fill(units);
      else for (let u = 0; u < units; ++u) brought[l]![u] = Math.min(values?.[place + u] ?? 0, cap);
    });
    sumsOfDays[width]! += units;
    plans.forEach(({changing}, m) => addTouched(m, changing, units, entryDay));
    terms.forEach(({a, b}, t) => addTerm(t, a, b, units, entryDay - 1));
  }

  function addLargest(p: number, units: number): void {
    const [begin, totals] = [changes.start[p]!, changes.after[p]!];
    for (let u = 0; u < units; ++u) {
      if (begin[u] === begin[u + 1]) continue;
      const total = Math.abs(totals[begin[u + 1]! - 1]!);
      if (total > largest[p]!) largest[p] = total;
      addNumber(all, 2 * p, total);
    }
  }

  /** Counts the units that a metric touches on a day: on its entry each, and later where any of its letters changed. */
  function addTouched(m: number, changing: readonly number[], units: number, entryDay: number): void {
    sumsOfDays[width + 1 + m]! += units;
    look++;
    for (const l of changing) {
      const {start: begin, unit, day: dates} = running[l]!;
      for (let i = 0; i < begin[units]!; ++i) {
        const date = dates[i]! - entryDay + 1;
        const at = date * gatheredUnits + unit[i]!;
        if (date === 1 || (changing.length > 1 && seen[at] === look)) continue;
        seen[at] = look;
        sumsOfDays[date * width + 1 + m]!++;
      }
    }
  }

  /** Adds what a sum changed, by the days since the first one. */
  function addTerm(t: number, a: number, b: number, units: number, first: number): void {
    const to = sumsOfDays.subarray(offsets[t]!);
    const [left, right] = [running[a], b < 0 ? null : running[b]];
    const add = (columns: readonly [Float64Array, Float64Array | null], count: number): void =>
      addToEach(ways[t]!, to, places, columns, count);
    const fillPlaces = ({start: begin, day: dates}: LetterChanges): number => {
      for (let i = 0; i < begin[units]!; ++i) places[i] = (dates[i]! - first) * width;
      return begin[units]!;
    };
    if (left == null && right == null) {
      // What units bring along counts from their entry on.
      const columns = [brought[a]!, b < 0 ? null : brought[b]!] as const;
      return addToOne(ways[t]!, to, width, columns, units);
    }
    if (left != null && b < 0) return add([left.change, null], fillPlaces(left));
    if (left != null && a === b) return add([left.change, left.sum], fillPlaces(left));
    if (left != null && right != null) return add([ones, others], fillCross(left, right, units, first));
    const [own, other] = left == null ? [right!, brought[a]!] : [left, brought[b]!];
    const count = fillPlaces(own);
    for (let i = 0; i < count; ++i) ones[i] = other[own.unit[i]!]!;
    return add([ones, own.change], count);
  }

  /** What the product of two letters changed: of one it is times the other as it is after the day, of the other times the first as it was before it. */
  function fillCross(left: LetterChanges, right: LetterChanges, units: number, first: number): number {
    let count = 0;
    for (let u = 0; u < units; ++u) {
      const begin = left.start[u]!;
      const end = left.start[u + 1]!;
      const otherBegin = right.start[u]!;
      const otherEnd = right.start[u + 1]!;
      for (let i = begin, j = otherBegin; i < end; ++i) {
        while (j < otherEnd && right.day[j]! <= left.day[i]!) j++;
        if (j === otherBegin) continue;
        places[count] = (left.day[i]! - first) * width;
        ones[count] = left.change[i]!;
        others[count++] = right.now[j - 1]!;
      }
      for (let j = otherBegin, i = begin; j < otherEnd; ++j) {
        while (i < end && left.day[i]! < right.day[j]!) i++;
        if (i === begin) continue;
        places[count] = (right.day[j]! - first) * width;
        ones[count] = right.change[j]!;
        others[count++] = left.now[i - 1]!;
      }
    }
    return count;
  }

  /** The place of a letter among all, which metrics share that ask for the same. */
  function placeOf({metric, index, cap}: Numbered, letter: Letter): number {
    const part = partsOf(metric, index).find((each) => each.letter === letter);
    const most = isCount(metric, letter) ? longest : 2 ** 53;
    const least = letter === "y" || letter === "x" ? Number(cap ?? Infinity) : Infinity;
    const plan: LetterPlan =
      part === undefined
        ? {part: -1, fixed: fixed.get(`${index}${letter}`) ?? null, most, cap: Infinity}
        : isEarlier(letter)
          ? {part: -1, fixed: totals.get(part.column) ?? null, most, cap: least}
          : {
              part: distinct.findIndex(({column}) => column === same.get(part.column)),
              fixed: null,
              most,
              cap: part.side.reduce === "any" ? 1 : least
            };
    const keys = ["part", "fixed", "most", "cap"] as const;
    const known = letters.findIndex((each) => keys.every((key) => each[key] === plan[key]));
    return known < 0 ? letters.push(plan) - 1 : known;
  }

  function kindOf(a: number, b: number): ExactSum["of"] {
    const bound = 2 * letters[a]!.most * (b < 0 ? 1 : letters[b]!.most) * (day.length + start.length);
    return bound < 2 ** 53 ? "small" : b < 0 ? "numbers" : "products";
  }

  function isTouched(from: Float64Array, place: number): boolean {
    return plans.some((_, m) => from[place + 1 + m] !== 0);
  }
}
