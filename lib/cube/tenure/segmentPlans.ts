import type {TenureCohort} from "../../experiment/novelty/tenureSums.ts";
import type {TenureAtom} from "./isTenureSafe.ts";
import {isTenureSafe} from "./isTenureSafe.ts";

/** Units of one cohort (by its place), variant and cell. */
export interface CohortCell {
  readonly cohort: number;
  readonly variant: string;
  /** The values of all dimensions. */
  readonly values: readonly string[];
  readonly n: number;
}

/** How the tenure rows of one dimension are published. */
export interface SegmentPlan {
  readonly dimension: string;
  /** Its place among the dimensions of a cell. */
  readonly at: number;
  /** The values that are told apart; all others are `other`, which is among them then. */
  readonly values: readonly string[];
  /** The run of each cohort: runs are numbered from 0. */
  readonly runs: readonly number[];
  /** The runs of each value as cohorts, with the units of that value. */
  readonly cohorts: ReadonlyMap<string, readonly TenureCohort[]>;
}

/** How segments are chosen. */
export interface SegmentPlansOptions {
  readonly minimum: number;
  /** Values of a dimension at most, and runs of cohorts; defaults to 12 and 8. */
  readonly mostValues?: number;
  readonly mostRuns?: number;
  /** Rows at most, of all dimensions together, over variants and days lived through; defaults to 4000. */
  readonly budget?: number;
}

/**
 * Returns, for each dimension whose tenure rows may be published, its values and runs of consecutive cohorts of one phase:
 * as fine as it goes while every value has none or `minimum` units in each variant and run, and while no difference to
 * whole cohorts and to the dimensions before it brings a smaller group back. Small values become `other`. A dimension with
 * fewer than two such values is left out.
 */
export function segmentPlans(
  cells: readonly CohortCell[],
  cohorts: readonly TenureCohort[],
  dimensions: readonly {readonly name: string; readonly at: number}[],
  {minimum, mostValues = 12, mostRuns = 8, budget = 4000}: SegmentPlansOptions
): SegmentPlan[] {
  const plans: SegmentPlan[] = [];
  for (const {name, at} of dimensions) {
    const sizes = new Map<string, number>();
    for (const {values, n} of cells) sizes.set(values[at] ?? "", (sizes.get(values[at] ?? "") ?? 0) + n);
    const ordered = [...sizes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value]) => value);
    const rows = Math.floor(budget / Math.max(1, dimensions.length));
    const plan = finest(ordered.filter((value) => value !== "other").slice(0, mostValues), (values, count) => {
      const runs = runsOf(cohorts, count);
      const tried = planOf(cells, cohorts, {dimension: name, at, values, runs, minimum});
      return tried !== null && rowsIn(tried) <= rows && isSafe(cells, cohorts, [...plans, tried], minimum)
        ? tried
        : null;
    });
    if (plan !== null) plans.push(plan);
  }
  return plans;

  function finest(
    candidates: readonly string[],
    attempt: (values: readonly string[], runs: number) => SegmentPlan | null
  ): SegmentPlan | null {
    for (let values = candidates; values.length > 0; values = values.slice(0, -1))
      for (let runs = mostRuns; runs >= 1; runs = runs >> 1) {
        const plan = attempt(values, runs);
        if (plan !== null && plan.values.length >= 2) return plan;
      }
    return null;
  }
}

/** Returns the value's name in a plan. */
export function valueIn({values, at}: Pick<SegmentPlan, "values" | "at">, cell: readonly string[]): string {
  const value = cell[at] ?? "";
  return values.includes(value) ? value : "other";
}

/** Runs of consecutive cohorts of one phase, so many of all phases together or one for each. */
function runsOf(cohorts: readonly TenureCohort[], count: number): number[] {
  const length = Math.ceil(cohorts.length / count);
  let [run, inside] = [-1, 0];
  return cohorts.map(({phase}, i) => {
    if (i === 0 || phase !== cohorts[i - 1]?.phase || inside >= length) {
      run++;
      inside = 0;
    }
    inside++;
    return run;
  });
}

function planOf(
  cells: readonly CohortCell[],
  cohorts: readonly TenureCohort[],
  {dimension, at, values, runs, minimum}: Omit<SegmentPlan, "cohorts"> & {minimum: number}
): SegmentPlan | null {
  const variants = Object.keys(cohorts[0]?.units ?? {});
  const count = Math.max(-1, ...runs) + 1;
  const kept = cells.some(({values: own}) => !values.includes(own[at] ?? "")) ? [...values, "other"] : [...values];
  const units = new Map(kept.map((value) => [value, Array.from({length: count}, (): Record<string, number> => ({}))]));
  for (const {cohort, variant, values: own, n} of cells) {
    const run = units.get(valueIn({values: kept, at}, own))?.[runs[cohort] ?? 0];
    if (run !== undefined) run[variant] = (run[variant] ?? 0) + n;
  }
  const few = [...units.values()].some((own) =>
    own.some((run) => variants.some((variant) => (run[variant] ?? 0) > 0 && (run[variant] ?? 0) < minimum))
  );
  if (few) return null;
  const members = Array.from({length: count}, (_, run) => cohorts.filter((_, i) => runs[i] === run));
  return {
    dimension,
    at,
    values: kept,
    runs,
    cohorts: new Map(
      [...units].map(([value, own]) => [
        value,
        own.flatMap((run, i) => {
          const [first, last] = [members[i]?.[0], members[i]?.at(-1)];
          if (first === undefined || last === undefined) return [];
          return [
            {
              cohort: first.cohort,
              until: last.until,
              phase: first.phase,
              lastDay: last.lastDay,
              units: Object.fromEntries(variants.map((variant) => [variant, run[variant] ?? 0]))
            }
          ];
        })
      ])
    )
  };
}

function rowsIn({cohorts}: SegmentPlan): number {
  let rows = 0;
  for (const own of cohorts.values())
    for (const {lastDay, units} of own) rows += Math.max(0, lastDay + 15) * Object.keys(units).length;
  return rows;
}

function isSafe(
  cells: readonly CohortCell[],
  cohorts: readonly TenureCohort[],
  plans: readonly SegmentPlan[],
  minimum: number
): boolean {
  const offsets: number[] = [];
  let groups = cohorts.length;
  for (const {values, runs} of plans) {
    offsets.push(groups);
    groups += values.length * (Math.max(-1, ...runs) + 1);
  }
  const variants = new Map<string, Map<string, TenureAtom>>();
  for (const {cohort, variant, values, n} of cells) {
    const own = [
      cohort,
      ...plans.map(
        (plan, i) =>
          (offsets[i] ?? 0) + (plan.runs[cohort] ?? 0) * plan.values.length + plan.values.indexOf(valueIn(plan, values))
      )
    ];
    const atoms = variants.get(variant) ?? new Map<string, TenureAtom>();
    variants.set(variant, atoms);
    const key = own.join(" ");
    atoms.set(key, {groups: own, n: n + (atoms.get(key)?.n ?? 0)});
  }
  return [...variants.values()].every((atoms) => isTenureSafe([...atoms.values()], {groups, minimum}));
}
