import type {TenureDayRow, TenurePairRow} from "../../experiment/novelty/tenureSums.ts";
import {fillTenure} from "../arrays/tables/fillTenure.ts";
import type {TenureContext} from "./tenureContext.ts";
import {goneDays, newDays, range, step, sumsByEntry} from "./tenureContext.ts";
import type {TenureColumn, TenureMetric} from "./tenureSql.ts";
import {columnsOf, total, totalProduct} from "./tenureSql.ts";

/** Returns the products of a column on one day and of one on a later day that metrics ask for, each once. */
export function productPairs(metrics: readonly TenureMetric[]): (readonly [a: number, b: number])[] {
  const columns = columnsOf(metrics);
  const all = metrics.flatMap((metric) => factorsOf(metric).map((pair) => pair.map((each) => columns.indexOf(each))));
  const distinct = new Map(all.map(([a = 0, b = 0]) => [`${a} ${b}`, [a, b] as const]));
  return [...distinct.values()];
}

function factorsOf({y, w}: TenureMetric): (readonly [TenureColumn, TenureColumn])[] {
  return w === null
    ? [[y, y]]
    : [
        [y, y],
        [w, w],
        [y, w],
        [w, y]
      ];
}

/**
 * Returns products of pairs of days over the units that lived through both; n, y, z and the squares of a day come from the
 * day rows.
 */
export async function productSums(
  context: TenureContext,
  days: (metric: TenureMetric) => readonly TenureDayRow[]
): Promise<Map<string, TenurePairRow[]>> {
  const {engine, steps, state, metrics, cohorts, first, variants, told} = context;
  const {dialect} = engine;
  const columns = columnsOf(metrics);
  const pairs = productPairs(metrics);
  const sums = pairs.map(([a, b]) => {
    const [left, right] = [columns[a]!, columns[b]!];
    return totalProduct(dialect, [left, `a.${left.name}`], [right, `b.${right.name}`]);
  });
  const place = (a: TenureColumn, b: TenureColumn): number =>
    pairs.findIndex((pair) => columns[pair[0]] === a && columns[pair[1]] === b);
  const places = new Map(metrics.map((metric) => [metric.key, factorsOf(metric).map((pair) => place(...pair))]));
  const names = sums.map((_, i) => `p${i}`);
  if (told !== undefined) await steps.beside("tenure_phase_products", fillTenure(context, "products"));
  else if (state !== undefined) {
    const keys = ["entry_day", "variant", "j", "k"];
    const select = (days: string, later: string) =>
      `SELECT b.entry_day, b.variant, a.k AS j, b.k AS k, ${sums.map((sql, i) => `${sql} AS ${names[i]}`).join(", ")} FROM ${days} AS a JOIN ${later} AS b ON b.u = a.u AND b.k > a.k WHERE a.k >= ${first} GROUP BY b.entry_day, b.variant, a.k, b.k`;
    const kept =
      state.kept === null ? "" : `SELECT ${[...keys, ...names].join(", ")} FROM ${state.from("tenure_entry_products")}`;
    const now = select("tenure_days", newDays(state));
    const gone = select("gone_tenure", goneDays(state));
    await engine.table("tenure_entry_products", sumsByEntry({engine}, state, {keys, names, now, gone, kept}));
  }
  const added = names.map((name) => total(dialect, `t.${name}`)).join(", ");
  const byPhase = `SELECT t.phase, t.variant, t.j, t.k, ${added} FROM tenure_phase_products AS t GROUP BY t.phase, t.variant, t.j, t.k`;
  const byEntry = `SELECT e.phase, t.variant, t.j, t.k, ${added} FROM tenure_entry_products AS t JOIN tenure_entries AS e ON e.entry_day = t.entry_day WHERE t.k <= e.last_day GROUP BY e.phase, t.variant, t.j, t.k`;
  const byUnit = `SELECT x.phase, x.variant, a.k, b.k, ${sums.join(", ")} FROM tenure_days AS a JOIN tenure_days AS b ON b.u = a.u AND b.k > a.k JOIN tenure_units AS x ON x.u = a.u WHERE a.k >= ${first} AND b.k <= x.last_day GROUP BY x.phase, x.variant, a.k, b.k`;
  const rows = await steps.rows(told !== undefined ? byPhase : state !== undefined ? byEntry : byUnit);
  const phases = [...new Set(cohorts.map(({phase}) => phase))];
  const byKey = new Map(rows.map((row) => [row.slice(0, 4).join(" "), row.slice(4)]));
  return new Map(metrics.map((metric) => [metric.key, pairsOf(metric)]));

  function pairsOf(metric: TenureMetric): TenurePairRow[] {
    const {key, y, w} = metric;
    const [sy, sw] = [step(y), step(w)];
    const own = places.get(key) ?? [];
    // Sums over the cohorts of a phase that lived through day k, of day j: from the youngest cohort to the oldest.
    const lived = livedSums(metric);
    return phases.flatMap((phase, p) =>
      variants.flatMap((variant, v) => {
        const at = lived.get(`${phase} ${variant}`);
        if (at === undefined) return [];
        return range(first, at.last).flatMap((k) =>
          range(first, k).map((j): TenurePairRow => {
            const [a, b] = [at.sums(j, k), at.sums(k, k)];
            const found = byKey.get(`${p} ${v} ${j} ${k}`);
            const [yz = 0, wv = 0, yv = 0, wz = 0] = own.map((i) => Number(found?.[i] ?? 0));
            const {yy, ww, yw} = at.squares(k);
            const row = {phase, variant, j, k, n: b.n, y: a.y, z: b.y, yz: j === k ? yy : yz / sy / sy};
            if (w === null) return row;
            if (j === k) return {...row, w: a.w, v: b.w, wv: ww, yv: yw, wz: yw};
            return {...row, w: a.w, v: b.w, wv: wv / sw / sw, yv: yv / sy / sw, wz: wz / sy / sw};
          })
        );
      })
    );
  }

  function livedSums(metric: TenureMetric) {
    const lastDays = new Map(cohorts.map(({cohort, lastDay, phase}) => [cohort, {lastDay, phase}]));
    const groups = new Map<string, {last: number; rows: TenureDayRow[]}>();
    for (const row of days(metric)) {
      if (row.day < first) continue;
      const key = `${lastDays.get(row.cohort)?.phase ?? ""} ${row.variant}`;
      const group = groups.get(key) ?? {last: -1, rows: []};
      groups.set(key, group);
      group.last = Math.max(group.last, row.day);
      group.rows.push(row);
    }
    return new Map(
      [...groups].map(([key, {last, rows: own}]) => {
        const size = last + 1;
        const [n, y, w] = [0, 1, 2].map(() => new Float64Array(size * size));
        const [yy, ww, yw] = [0, 1, 2].map(() => new Float64Array(size));
        // Cohorts come oldest first; adding them in that order gives every sum in the same order of its terms.
        for (const row of own) {
          yy![row.day]! += row.yy;
          ww![row.day]! += row.ww ?? 0;
          yw![row.day]! += row.yw ?? 0;
          const until = lastDays.get(row.cohort)?.lastDay ?? -1;
          for (let k = row.day; k <= Math.min(until, last); ++k) {
            const at = row.day * size + k;
            n![at]! += row.n;
            y![at]! += row.y;
            w![at]! += row.w ?? 0;
          }
        }
        const sums = (j: number, k: number) => ({n: n![j * size + k]!, y: y![j * size + k]!, w: w![j * size + k]!});
        const squares = (k: number) => ({yy: yy![k]!, ww: ww![k]!, yw: yw![k]!});
        return [key, {last, sums, squares}] as const;
      })
    );
  }
}
