import {alphaSpendingBoundaries, alwaysValidPath, ledgerLooks, sequentialState} from "../sequential/index.ts";
import type {Crossing, Night, SequentialDesign, SpendingName} from "../sequential/index.ts";
import {formatDate, formatNumber, formatPValue, formatPercent} from "./format.ts";
import type {MetricResult, Readout, SequentialResult} from "./readout.ts";
import type {Method} from "./words.ts";

/** A design that a reader tries on data that are there already. */
export interface TriedDesign {
  readonly method: Method;
  /** For group-sequential. */
  readonly spending: Exclude<SpendingName, "table">;
  /** Planned mature units of all arms; positive. */
  readonly planned: number;
}

/** A point of the boundary; nights so far have a z. */
export interface BoundaryPoint {
  readonly fraction: number;
  readonly z: number | null;
  /** On |z|; null where the test could not stop. */
  readonly bound: number | null;
}

/** What another design would have said, night by night. */
export interface ExploredDesign {
  /** Nights, then what was still to come. */
  readonly points: readonly BoundaryPoint[];
  /** The always-valid p-value by day; empty for other methods. */
  readonly path: readonly {readonly date: string; readonly pValue: number}[];
  readonly crossed: Crossing | null;
  /** What the design would have let a reader conclude, in words. */
  readonly sentence: string;
}

/** Returns the design that a readout was registered with, as a start for trying others. */
export function registeredDesign(sequential: SequentialResult, units: number): TriedDesign {
  const names: readonly string[] = spendings;
  const named = sequential.spending !== null && names.includes(sequential.spending);
  return {
    method: sequential.method,
    spending: named ? (sequential.spending as TriedDesign["spending"]) : "obrien-fleming",
    planned: sequential.plannedUnits ?? Math.max(1, units)
  };
}

/** The spending functions that a reader may try; those with a parameter have its default. */
export const spendings = ["obrien-fleming", "pocock", "hwang-shih-decani", "kim-demets"] as const;

/**
 * Returns what a comparison's nights would have meant under another design: the same functions as the registered one,
 * from today's data, with no ledger. It explains; it decides nothing, since it was chosen after the data were seen.
 * Alpha and sides are the registered ones; two-sided bounds are on |z|. A day without a standard error is left out of
 * always-valid sequences. Without any night the points are the plan's alone.
 *
 * @throws {RangeError} if there is no such variant, or `planned` is not positive
 */
export function exploreDesign(
  {alternative, status, end, asOf}: Pick<Readout, "alternative" | "status" | "end" | "asOf">,
  {direction, sequential}: Pick<MetricResult, "direction" | "sequential">,
  variant: string,
  tried: TriedDesign
): ExploredDesign {
  const comparison = sequential?.comparisons.find((each) => each.variant === variant);
  if (!sequential || !comparison) throw new RangeError(`unknown variant: ${variant}`);
  const {method, spending, planned} = tried;
  if (!(planned > 0)) throw new RangeError(`invalid planned units; not a positive number: ${planned}`);
  const ended = status === "stopped" || (end !== null && asOf !== null && asOf >= end);
  const nights = comparison.nights.map(({date, units, z, standardError}, i, {length}): Night => ({
    date,
    fraction: units / planned,
    z,
    standardError,
    ...(ended && i === length - 1 ? {final: true} : {})
  }));
  const {mixing} = comparison;
  const design: SequentialDesign = {
    method,
    spending,
    alpha: sequential.alpha,
    alternative,
    direction,
    planned,
    ...(mixing !== null ? {mixing} : sequential.tuneAt !== null ? {tuneAt: sequential.tuneAt} : {})
  };
  if (method === "always-valid") return alwaysValid(design, nights);
  if (method === "fixed") return fixed(design, nights, sequential.sides);
  const {looks, crossed} = ledgerLooks(design, [], nights);
  const bounds = new Map(looks.map(({date, bound}) => [date, bound]));
  const {futureBounds} = sequentialState(design, looks, {stopped: status === "stopped"});
  const points = nights.flatMap(({date, fraction, z}) =>
    fraction === null ? [] : [{fraction, z, bound: bounds.get(date) ?? null}]
  );
  const last = looks.at(-1);
  const what = `${spendingWords[spending]} spending`;
  return {
    points: [...points, ...futureBounds.map(({fraction, bound}) => ({fraction, z: null, bound}))],
    path: [],
    crossed,
    sentence:
      last === undefined
        ? "There is no night to look at yet."
        : crossed !== null
          ? `With ${what} the boundary would have been crossed on ${formatDate(crossed.date)}, at ${formatPercent(last.fraction, {decimals: 0})} of the information: z = ${formatNumber(last.z, {decimals: 2})} against ${formatNumber(last.bound, {decimals: 2})}.`
          : last.bound === null
            ? `With ${what} nothing could be concluded yet: no alpha can be spent so early.`
            : `With ${what} no night would have crossed: the last z of ${formatNumber(last.z, {decimals: 2})} lies inside ${formatNumber(last.bound, {decimals: 2})}.`
  };
}

const spendingWords: Record<TriedDesign["spending"], string> = {
  "obrien-fleming": "O\u2019Brien-Fleming",
  pocock: "Pocock",
  "hwang-shih-decani": "Hwang-Shih-DeCani (gamma -4)",
  "kim-demets": "Kim-DeMets (rho 3)"
};

/** One look: the first night that has all planned units or is the last, else one still to come. */
function fixed(design: SequentialDesign, nights: readonly Night[], sides: 1 | 2): ExploredDesign {
  const {z: bounds} = alphaSpendingBoundaries([1], {alpha: design.alpha, sides});
  const bound = bounds[0] ?? null;
  const {looks, crossed} = ledgerLooks(design, [], nights);
  const look = looks[0];
  const points = nights.flatMap(({date, fraction, z}) =>
    fraction === null ? [] : [{fraction, z, bound: date === look?.date ? bound : null}]
  );
  const wait = "A fixed design allows one look, at its end";
  return {
    points: look === undefined ? [...points, {fraction: 1, z: null, bound}] : points,
    path: [],
    crossed,
    sentence:
      look === undefined
        ? `${wait}: none of the nights so far would have been one.`
        : `${wait}: on ${formatDate(look.date)}, z = ${formatNumber(look.z, {decimals: 2})} against ${formatNumber(bound, {decimals: 2})}, ${crossed === null ? "no difference would have been shown" : "a difference would have been shown"}.`
  };
}

/** The sequence's critical value each night; to come: where it would lie with standard errors that shrink as planned. */
function alwaysValid(design: SequentialDesign, nights: readonly Night[]): ExploredDesign {
  const known = nights.filter(({standardError, fraction}) => standardError && fraction);
  const last = known.at(-1);
  const coming = Array.from({length: 12}, (_, k): Night => {
    const from = last?.fraction ?? 0;
    const fraction = from + ((1 - from) * (k + 1)) / 12;
    return {
      date: `to come ${k}`,
      fraction,
      z: 0,
      standardError: (last?.standardError ?? 1) * Math.sqrt(from / fraction)
    };
  });
  const ahead = last?.fraction != null && last.fraction < 0.99 ? coming : [];
  const {path, crossed} = alwaysValidPath(design, [...known, ...ahead]);
  const points = path.flatMap(({fraction, estimate, interval}, i): BoundaryPoint[] => {
    const {z = null, standardError} = [...known, ...ahead][i] ?? {};
    if (fraction === null) return [];
    const reach = interval?.[0] ?? interval?.[1] ?? null;
    const bound =
      reach === null || estimate === null || !standardError ? null : Math.abs(reach - estimate) / standardError;
    return [{fraction, z: i < known.length ? z : null, bound}];
  });
  const days = path.slice(0, known.length).map(({date, pValue}) => ({date, pValue}));
  const p = days.at(-1)?.pValue;
  return {
    points,
    path: days,
    crossed,
    sentence:
      p === undefined
        ? "There is no night to look at yet."
        : crossed === null
          ? `The always-valid p-value would be ${formatPValue(p)} tonight, and above ${design.alpha} on every night so far.`
          : `The always-valid p-value would have reached ${design.alpha} on ${formatDate(crossed.date)}; tonight it is ${formatPValue(p)}.`
  };
}
