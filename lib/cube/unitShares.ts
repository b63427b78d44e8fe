import type {Hits} from "./buildLogs.ts";
import type {Dialect} from "./dialects/dialect.ts";
import type {LoadContext} from "./loadFacts.ts";
import type {MetricPlan, Plan} from "./plan.ts";
import {numberOf} from "./steps.ts";
import {mergeLargest} from "./arrays/sums/largestTotals.ts";
import type {Part} from "./sql/totals.ts";
import {partsByClock, partsOf, smallSum} from "./sql/totals.ts";

/** Steps in which the largest share is told: a finer one would tell one unit's value. */
const steps = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01];

/**
 * Returns the exposed units that have any event since their exposure, by variant, from the tables of hits; null where
 * the metrics read no events.
 */
export async function activeUnits(
  {steps: run, state, shards}: LoadContext,
  plan: Plan,
  hits: readonly Hits[],
  {asOf}: {asOf: number}
): Promise<Record<string, number> | null> {
  if (hits.length === 0) return null;
  const selects = hits.map(
    ({table}) => `SELECT u FROM ${table} WHERE u IS NOT NULL AND since >= 0 AND day <= ${asOf} GROUP BY u`
  );
  const kept = state?.kept == null ? null : state.live("active");
  const since = kept === null ? "" : ` ANTI JOIN (SELECT u FROM ${kept}) AS k ON k.u = a.u`;
  const count = `SELECT x.variant, count(*) FROM (SELECT a.u FROM (${selects.join(" UNION ")}) AS a${since}) AS a JOIN units AS x ON x.u = a.u GROUP BY 1 ORDER BY 1`;
  const rows = shards !== undefined ? (await shards.ask("active", asOf)).flat() : await run.rows(count);
  if (kept !== null) rows.push(...(await run.rows(`SELECT variant, count(*) FROM ${kept} GROUP BY 1`)));
  const active = Object.fromEntries(plan.variants.map((variant) => [variant, 0]));
  for (const [variant, n] of rows) {
    const key = plan.variants[Number(variant)] ?? "";
    active[key] = (active[key] ?? 0) + Number(n);
  }
  return active;
}

/**
 * Returns for each mean the largest share of its total that one unit carries, in coarse steps from 1% to 50% (0 below),
 * so that the share does not tell the unit's value. Uncapped: a cap is the answer to it, not its measure.
 */
export async function largestShares(
  {engine, steps: run, shards}: LoadContext,
  plan: Plan,
  {asOf}: {asOf: number}
): Promise<Record<string, number>> {
  const found = new Map<string, number>();
  const totals = plan.metrics.flatMap((metric, index) => totalOf(engine.dialect, metric, index) ?? []);
  const shareOf = (key: string, n: number, most: number, total: number): void => {
    const share = total > 0 && n >= plan.experiment.minimumUnits ? most / total : 0;
    found.set(key, steps.find((step) => share >= step) ?? 0);
  };
  for (const from of new Set(totals.map((total) => total.from))) {
    const own = totals.filter((total) => total.from === from);
    if (shards !== undefined && from !== attributes) {
      const running = from === days;
      // Units without any event that a metric looks at have no row of those totals that do not run on.
      const parts = running ? own.flatMap(({part}) => part ?? []) : partsByClock(plan.metrics).once;
      const sums = await shards.ask("largestUnits", parts, {asOf, running});
      for (const {key, part} of own) shareOf(key, ...mergeLargest(sums.map((each) => each.get(part?.column ?? ""))));
      continue;
    }
    const columns = own.map(({sql}, i) => `${sql} AS t${i}`).join(", ");
    const largest = own.map((_, i) => `count(t${i}), max(abs(t${i})), sum(abs(t${i}))`).join(", ");
    const [row = []] = await run.rows(`SELECT ${largest} FROM (SELECT ${columns} ${from}) AS s`);
    own.forEach(({key}, i) => {
      const [n, most, total] = [0, 1, 2].map((at) => numberOf(row[3 * i + at]) ?? 0) as [number, number, number];
      shareOf(key, n, most, total);
    });
  }
  return Object.fromEntries(totals.map(({key}) => [key, found.get(key) ?? 0]));
}

const attributes = "FROM units WHERE counts";
const days = "FROM unit_days GROUP BY u";

/** Each unit's total, and what it is taken from; null for metrics that are not sums. */
function totalOf(
  dialect: Dialect,
  metric: MetricPlan,
  index: number
): {key: string; sql: string; from: string; part?: Part} | null {
  const {key, kind, sides, clock} = metric;
  if (kind !== "mean" || sides.y === undefined) return null;
  if (sides.y.of === "attribute") return sides.y.truthy ? null : {key, sql: sides.y.attribute.id, from: attributes};
  const part = partsOf(metric, index).find(({letter}) => letter === "y");
  if (part === undefined) return null;
  return clock.running
    ? {key, sql: smallSum(dialect, part.column), from: days, part}
    : {key, sql: part.column, from: "FROM unit_totals", part};
}
