import type {TenureCohort, TenureDayRow} from "../../experiment/novelty/tenureSums.ts";
import type {Value} from "../engines/engine.ts";
import {dayOfDate} from "../zone.ts";
import type {SegmentPlan} from "./segmentPlans.ts";
import {valueIn} from "./segmentPlans.ts";
import type {TenureContext} from "./tenureContext.ts";
import {goneDays, newDays, range, step, sumsByEntry} from "./tenureContext.ts";
import {fillTenure} from "../arrays/tables/fillTenure.ts";
import type {Pair} from "../arrays/sums/pairSums.ts";
import {keptCells} from "../store/unitState.ts";
import type {TenureMetric} from "./tenureSql.ts";
import {columnsOf, daysBefore, total, totalProduct} from "./tenureSql.ts";

/** The rows of one metric: of whole cohorts, and of each value of each dimension that is published. */
export interface DaySums {
  readonly days: TenureDayRow[];
  /** In the order of the segment plans, by value. */
  readonly segments: readonly ReadonlyMap<string, TenureDayRow[]>[];
}

/** Returns what is summed on each day: columns, their squares, and products of the two of a ratio. */
export function dayPairs(metrics: readonly TenureMetric[]): Pair[] {
  const columns = columnsOf(metrics);
  return [
    ...columns.map((_, c): Pair => [c, null]),
    ...columns.map((_, c): Pair => [c, c]),
    ...metrics.flatMap(({y, w}): Pair[] => (w === null ? [] : [[columns.indexOf(y), columns.indexOf(w)]]))
  ];
}

/**
 * Returns the sums by cohort, variant and day, of every metric, from `tenure_days`; units without any event that day are in n
 * with a value of 0. Makes the table `tenure_cells`: the same by cell.
 *
 * @param logDay the first day of each metric's log: days before it are not known to be empty
 */
export async function daySums(
  context: TenureContext,
  logDay: (metric: TenureMetric) => number
): Promise<Map<string, DaySums>> {
  const {engine, steps, metrics, cohorts, variants, segments} = context;
  const {dialect} = engine;
  const columns = columnsOf(metrics);
  const squares = columns.map((column) =>
    totalProduct(dialect, [column, `t.${column.name}`], [column, `t.${column.name}`])
  );
  const ratios = metrics.filter(({w}) => w !== null);
  const products = ratios.map(({y, w}) =>
    totalProduct(dialect, [y, `t.${y.name}`], w === null ? [y, "0"] : [w, `t.${w.name}`])
  );
  const sums = [...columns.map(({name}) => total(dialect, `t.${name}`)), ...squares, ...products];
  const names = sums.map((_, i) => `a${i}`);
  const cell = segments.length > 0 ? ["x.cell"] : [];
  const {state, told} = context;
  if (told !== undefined) await steps.beside("tenure_entry_cells", fillTenure(context, "days"));
  else if (state !== undefined) {
    const keys = ["entry_day", "variant", "k", "cell"];
    const select = (days: string) =>
      `SELECT t.entry_day, t.variant, t.k, t.cell, ${sums.map((sql, i) => `${sql} AS ${names[i]}`).join(", ")} FROM ${days} AS t WHERE t.k >= ${-daysBefore} GROUP BY t.entry_day, t.variant, t.k, t.cell`;
    const statement = sumsByEntry(context, state, {
      keys,
      names,
      now: select(newDays(state)),
      gone: select(goneDays(state)),
      kept:
        state.kept === null
          ? ""
          : keptCells(state, {
              table: "tenure_entry_cells",
              keys: keys.slice(0, 3),
              names,
              dimensions: context.dimensions
            })
    });
    await engine.table("tenure_entry_cells", statement);
  }
  const byEntry = `SELECT e.cohort, t.variant, t.k, ${[...(segments.length > 0 ? ["t.cell"] : []), ...names.map((name) => `${total(dialect, `t.${name}`)} AS ${name}`)].join(", ")} FROM tenure_entry_cells AS t JOIN tenure_entries AS e ON e.entry_day = t.entry_day WHERE t.k <= e.last_day GROUP BY e.cohort, t.variant, t.k${segments.length > 0 ? ", t.cell" : ""}`;
  await steps.table(
    "tenure_cells",
    `SELECT x.cohort, x.variant, t.k, ${[...cell, ...sums.map((sql, i) => `${sql} AS ${names[i]}`)].join(", ")}
  FROM tenure_days AS t JOIN tenure_units AS x ON x.u = t.u WHERE t.k <= x.last_day AND t.k >= ${-daysBefore} GROUP BY x.cohort, x.variant, t.k${cell.map((name) => `, ${name}`).join("")}`,
    state === undefined && told === undefined ? {} : {instead: byEntry}
  );
  const added = names.map((name) => total(dialect, `t.${name}`)).join(", ");
  const whole = await steps.rows(`SELECT cohort, variant, k, ${added} FROM tenure_cells AS t GROUP BY 1, 2, 3`);
  const bySegment: (readonly Value[])[][] = [];
  for (const plan of segments) {
    const rows = await steps.rows(
      `SELECT r.run, t.variant, t.k, d.d${plan.at}, ${added} FROM tenure_cells AS t JOIN cells AS d ON d.cell = t.cell JOIN (${runTable(plan)}) AS r ON r.cohort = t.cohort WHERE t.k <= r.last_day GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`
    );
    bySegment.push(rows);
  }

  const read = (metric: TenureMetric): ((row: readonly Value[]) => number[]) => {
    const at = (column: TenureMetric["y"] | null): number => (column === null ? -1 : columns.indexOf(column));
    const [y, w] = [at(metric.y), at(metric.w)];
    const places = [y, columns.length + y];
    if (metric.w !== null) places.push(w, columns.length + w, 2 * columns.length + ratios.indexOf(metric));
    return (row) => places.map((place) => Number(row[place]));
  };

  return new Map(
    metrics.map((metric) => {
      const values = read(metric);
      const start = logDay(metric);
      const listed = (own: readonly TenureCohort[], sumsAt: (key: string) => number[] | undefined): TenureDayRow[] =>
        dayRows(context, metric, own, {start, sumsAt});
      const byKey = new Map(whole.map((row) => [row.slice(0, 3).join(" "), values(row.slice(3))]));
      return [
        metric.key,
        {
          days: listed(cohorts, (key) => byKey.get(key)),
          segments: segments.map((plan, i) => {
            const found = new Map<string, number[]>();
            for (const row of bySegment[i] ?? []) {
              const key = `${valueAt(plan, row[3])} ${row.slice(0, 3).join(" ")}`;
              const known = found.get(key);
              const mine = values(row.slice(4));
              found.set(key, known === undefined ? mine : known.map((sum, j) => sum + (mine[j] ?? 0)));
            }
            return new Map(
              [...plan.cohorts].map(([value, own]) => [value, listed(own, (key) => found.get(`${value} ${key}`))])
            );
          })
        }
      ];
    })
  );

  function valueAt(plan: SegmentPlan, value: Value | undefined): string {
    const cell: string[] = [];
    cell[plan.at] = String(value);
    return valueIn(plan, cell);
  }

  /** Cohorts by their place, with their run and the last day that all of the run have lived through. */
  function runTable({runs}: SegmentPlan): string {
    const lastOf = new Map<number, number>();
    cohorts.forEach(({lastDay}, i) => {
      const run = runs[i] ?? 0;
      lastOf.set(run, Math.min(lastDay, lastOf.get(run) ?? lastDay));
    });
    const rows = runs.map((run, i) => `(${i}, ${run}, ${lastOf.get(run)})`);
    return `SELECT * FROM (VALUES ${rows.join(", ")}) AS v (cohort, run, last_day)`;
  }

  function dayRows(
    {first}: TenureContext,
    {y, w}: TenureMetric,
    own: readonly TenureCohort[],
    {start, sumsAt}: {start: number; sumsAt: (key: string) => number[] | undefined}
  ): TenureDayRow[] {
    const [sy, sw] = [step(y), step(w)];
    return own.flatMap((cohort, c) =>
      variants.flatMap((variant, v) => {
        const n = cohort.units[variant] ?? 0;
        const from = Math.max(-daysBefore, start + 1 - dayOfDate(cohort.cohort));
        const days = range(Math.min(from, 0), cohort.lastDay).filter((k) => k < 0 || k >= first);
        return days.map((day): TenureDayRow => {
          const [sum = 0, square = 0, sumW = 0, squareW = 0, product = 0] = sumsAt(`${c} ${v} ${day}`) ?? [];
          const row = {cohort: cohort.cohort, variant, day, n, y: sum / sy, yy: square / sy / sy};
          return w === null ? row : {...row, w: sumW / sw, ww: squareW / sw / sw, yw: product / sy / sw};
        });
      })
    );
  }
}
