import type {Letter} from "../../stats/moments.ts";
import type {Numbered} from "../sql/increments.ts";
import {aggregateNames, isCount, isSquareOfBit} from "../sql/increments.ts";
import type {Scale} from "../sql/totals.ts";
import {isEarlier, partsOf, sameParts} from "../sql/totals.ts";
import type {ExactRows, ExactSum} from "./exactRows.ts";
import {addNumber, addProduct, exactRows} from "./exactRows.ts";
import {placesByMask} from "./placesByMask.ts";
import type {LargestUnits} from "./largestTotals.ts";
import type {UnitHits} from "./unitHits.ts";
import type {UnitTotals} from "./unitTotals.ts";
import {lookOf} from "./unitTotals.ts";

export interface DailyOptions {
  readonly scale: Scale;
  /** The parts before the exposure, by column. */
  readonly totals: UnitTotals | null;
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

/** Places of the sums and of the metrics that a day changes. */
interface Work {
  readonly terms: Int32Array;
  readonly plans: Int32Array;
}

/** One sum: of letters by their place among all. */
interface Term {
  readonly a: number;
  /** -1 for the letter itself. */
  readonly b: number;
  /** Whether it changes only on the entry. */
  readonly once: boolean;
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
  const {groups, start, day, since, streams} = hits;
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
      const term = {a, b, once: [...pair].every((letter) => isEarlier(letter as Letter))};
      const known = terms.findIndex((each) => each.a === a && each.b === b && each.once === term.once);
      names[columns[i]!] = `s${known < 0 ? terms.push(term) - 1 : known}`;
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
  // What the loops below look at lies in arrays of numbers, so that they are compiled once, whatever the metrics.
  const offsets = rows.offsets.subarray(1 + plans.length);
  const looksOf = placesByMask(looks.map(({bit}) => bit));
  const reduces = Int32Array.from(looks, ({reduce}) => (reduce === "sum" ? 2 : reduce === "count" ? 1 : 0));
  const reachFrom = Float64Array.from(looks, (look) => look.from);
  const reachTo = Float64Array.from(looks, (look) => look.to);
  const numbers = looks.map(({values}) => values);
  const caps = Float64Array.from(letters, ({cap}) => cap);
  const fixedLetters = Int32Array.from(letters.flatMap(({part}, l) => (part < 0 ? [l] : [])));
  const fixedValues = letters.flatMap(({part, fixed: values}) => (part < 0 ? [values] : []));
  const lettersOf = looks.map((_, p) => Int32Array.from(letters.flatMap(({part}, l) => (part === p ? [l] : []))));
  const termA = Int32Array.from(terms, ({a}) => a);
  const termB = Int32Array.from(terms, ({b}) => b);
  const once = Uint8Array.from(terms, (term) => (term.once ? 1 : 0));
  const small = Uint8Array.from(kinds, (of) => (of === "small" ? 1 : 0));
  const everything: Work = {terms: Int32Array.from(terms.keys()), plans: Int32Array.from(plans.keys())};
  const workOf = new Map<number, Work>();

  const running = new Float64Array(looks.length);
  const own = new Float64Array(looks.length);
  const largest = new Float64Array(looks.length);
  const all = new Float64Array(2 * looks.length);
  const now = new Float64Array(letters.length);
  const then = new Float64Array(letters.length);
  // Days from the entry of a group to the last one; an hour that a clock repeats may lie on the day before.
  let sumsOfDays = new Float64Array(0);
  for (const {entryDay, variant, cell, from, to} of groups) {
    const first = entryDay - 1;
    const days = Math.max(asOf, entryDay) - first + 1;
    if (sumsOfDays.length < days * width) sumsOfDays = new Float64Array(days * width);
    else sumsOfDays.fill(0, 0, days * width);
    for (let place = from; place < to; ++place) addUnit(place, entryDay);
    for (let d = 0; d < days; ++d)
      if (isTouched(sumsOfDays, d * width)) rows.add([entryDay, first + d, variant, cell], sumsOfDays, d * width);
  }
  return {rows, largest: new Map(outcomes.flatMap(({column}) => largestTotalsOf(column)))};

  function largestTotalsOf(column: string): [string, LargestUnits][] {
    const p = distinct.findIndex((part) => part.column === same.get(column));
    return reduces[p] === 0 ? [] : [[column, [start.length - 1, largest[p]!, all[2 * p]!, all[2 * p + 1]!]]];
  }

  /** Adds what the days of one unit changed to the sums of its group. */
  function addUnit(place: number, entryDay: number): void {
    const first = entryDay - 1;
    // A call of fill or set takes longer than a loop over a few numbers.
    for (let p = 0; p < running.length; ++p) running[p] = 0;
    for (let l = 0; l < now.length; ++l) now[l] = then[l] = 0;
    for (let f = 0; f < fixedLetters.length; ++f) {
      const l = fixedLetters[f]!;
      now[l] = then[l] = Math.min(fixedValues[f]?.[place] ?? 0, caps[l]!);
    }
    const end = start[place + 1]!;
    let i = start[place]!;
    let pending = true;
    for (;;) {
      const next = i < end && day[i]! <= asOf ? day[i]! : Infinity;
      const today = pending && entryDay <= next ? entryDay : next;
      if (today === Infinity) break;
      const enters = pending && today === entryDay;
      if (enters) pending = false;
      let any = false;
      for (; i < end && day[i] === today; ++i) {
        const mine = looksOf(streams[i]!);
        const after = since[i]!;
        for (let m = 0; m < mine.length; ++m) {
          const p = mine[m]!;
          if (!(after >= reachFrom[p]! && after < reachTo[p]!)) continue;
          any = true;
          if (reduces[p] === 2) own[p]! += numbers[p]![i]!;
          else if (reduces[p] === 1) own[p]!++;
          else own[p] = 1;
        }
      }
      const changed = any ? change() : 0;
      if (!enters && changed === 0) continue;
      addDay(sumsOfDays, (today - first) * width, enters ? everything : workFor(changed), enters);
      for (let l = 0; l < now.length; ++l) then[l] = now[l]!;
    }
    for (let p = 0; p < running.length; ++p) {
      const total = Math.abs(running[p]!);
      if (total > largest[p]!) largest[p] = total;
      addNumber(all, 2 * p, total);
    }
  }

  /** Adds what a day brought to the running totals; returns the letters that are others now, a bit each. */
  function change(): number {
    let changed = 0;
    for (let p = 0; p < own.length; ++p) {
      if (own[p] === 0) continue;
      running[p]! += own[p]!;
      own[p] = 0;
      const mine = lettersOf[p]!;
      for (let j = 0; j < mine.length; ++j) {
        const l = mine[j]!;
        now[l] = Math.min(running[p]!, caps[l]!);
        // With more letters than bits, several share one.
        if (now[l] !== then[l]) changed |= 1 << (l & 31);
      }
    }
    return changed;
  }

  /** What the changed letters have a part in. */
  function workFor(changed: number): Work {
    const found = workOf.get(changed);
    if (found !== undefined) return found;
    const isChanged = (l: number): boolean => l >= 0 && (changed & (1 << (l & 31))) !== 0;
    const work: Work = {
      terms: everything.terms.filter((t) => once[t] === 0 && (isChanged(termA[t]!) || isChanged(termB[t]!))),
      plans: everything.plans.filter((m) => plans[m]!.changing.some(isChanged))
    };
    workOf.set(changed, work);
    return work;
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
          ? {part: -1, fixed: totals?.columns.get(part.column) ?? null, most, cap: least}
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

  /** Adds what a day of a unit changed: n, the units touched of each metric, and the sums. */
  function addDay(to: Float64Array, place: number, work: Work, enters: boolean): void {
    if (enters) to[place]!++;
    for (let w = 0; w < work.plans.length; ++w) {
      const m = work.plans[w]!;
      const {changing} = plans[m]!;
      // Work is what changed letters have a part in; only where several share a bit it may be another one that changed.
      let touched = enters || letters.length <= 32;
      for (let c = 0; c < changing.length && !touched; ++c) touched = now[changing[c]!] !== then[changing[c]!];
      if (touched) to[place + 1 + m]!++;
    }
    for (let w = 0; w < work.terms.length; ++w) {
      const t = work.terms[w]!;
      const at = place + offsets[t]!;
      const x = now[termA[t]!]!;
      const xBefore = once[t] === 1 ? 0 : then[termA[t]!]!;
      if (termB[t]! < 0) {
        if (x === xBefore) continue;
        if (small[t] === 1) to[at]! += x - xBefore;
        else addNumber(to, at, x - xBefore);
      } else if (termA[t] === termB[t]) {
        if (x === xBefore) continue;
        if (small[t] === 1) to[at]! += (x - xBefore) * (x + xBefore);
        else addProduct(to, at, x - xBefore, x + xBefore);
      } else {
        const z = now[termB[t]!]!;
        const zBefore = once[t] === 1 ? 0 : then[termB[t]!]!;
        if (x === xBefore && z === zBefore) continue;
        if (small[t] === 1) to[at]! += x * z - xBefore * zBefore;
        else if (x === xBefore) addProduct(to, at, x, z - zBefore);
        else if (z === zBefore) addProduct(to, at, x - xBefore, z);
        else {
          if (x !== 0 && z !== 0) addProduct(to, at, x, z);
          if (xBefore !== 0 && zBefore !== 0) addProduct(to, at, -xBefore, zBefore);
        }
      }
    }
  }

  function isTouched(from: Float64Array, place: number): boolean {
    return plans.some((_, m) => from[place + 1 + m] !== 0);
  }
}

/** Returns the most hits of a unit; 1 at least. */
export function longestRun(start: Int32Array): number {
  let longest = 1;
  for (let place = 0; place + 1 < start.length; ++place) longest = Math.max(longest, start[place + 1]! - start[place]!);
  return longest;
}
