import type {Hits} from "./buildLogs.ts";
import type {LoadContext} from "./loadFacts.ts";
import type {MetricPlan, Plan} from "./plan.ts";
import {numberOf} from "./steps.ts";
import {partsOf} from "./sql/totals.ts";

/** Steps in which the largest share is told: a finer one would tell one unit's value. */
const steps = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01];

/**
 * Returns the exposed units that have any event since their exposure, by variant, from the tables of hits; null where
 * the metrics read no events.
 */
export async function activeUnits(
  {steps: run, state}: LoadContext,
  plan: Plan,
  hits: readonly Hits[],
  {asOf}: {asOf: number}
): Promise<Record<string, number> | null> {
  if (hits.length === 0) return null;
  const selects = hits.map(
    ({table}) => `SELECT u FROM ${table} WHERE u IS NOT NULL AND since >= 0 AND day <= ${asOf} GROUP BY u`
  );
  if (state?.kept != null) selects.push(`SELECT u FROM ${state.live("active")}`);
  const rows = await run.rows(
    `SELECT x.variant, count(*) FROM (${selects.join(" UNION ")}) AS a JOIN units AS x ON x.u = a.u GROUP BY 1 ORDER BY 1`
  );
  return {
    ...Object.fromEntries(plan.variants.map((variant) => [variant, 0])),
    ...Object.fromEntries(rows.map(([variant, n]) => [plan.variants[Number(variant)] ?? "", Number(n)]))
  };
}

/**
 * Returns for each mean the largest share of its total that one unit carries, in coarse steps from 1% to 50% (0 below),
 * so that the share does not tell the unit's value. Uncapped: a cap is the answer to it, not its measure.
 */
export async function largestShares({steps: run}: LoadContext, plan: Plan): Promise<Record<string, number>> {
  const found = new Map<string, number>();
  const totals = plan.metrics.flatMap((metric, index) => totalOf(metric, index) ?? []);
  for (const from of new Set(totals.map((total) => total.from))) {
    const own = totals.filter((total) => total.from === from);
    const columns = own.map(({sql}, i) => `${sql} AS t${i}`).join(", ");
    const largest = own.map((_, i) => `count(t${i}), max(abs(t${i})), sum(abs(t${i}))`).join(", ");
    const [row = []] = await run.rows(`SELECT ${largest} FROM (SELECT ${columns} ${from}) AS s`);
    own.forEach(({key}, i) => {
      const [n, most, total] = [0, 1, 2].map((at) => numberOf(row[3 * i + at]) ?? 0) as [number, number, number];
      const share = total > 0 && n >= plan.experiment.minimumUnits ? most / total : 0;
      found.set(key, steps.find((step) => share >= step) ?? 0);
    });
  }
  return Object.fromEntries(totals.map(({key}) => [key, found.get(key) ?? 0]));
}

/** Each unit's total, and what it is taken from; null for metrics that are not sums. */
function totalOf(metric: MetricPlan, index: number): {key: string; sql: string; from: string} | null {
  const {key, kind, sides, clock} = metric;
  if (kind !== "mean" || sides.y === undefined) return null;
  if (sides.y.of === "attribute")
    return sides.y.truthy ? null : {key, sql: sides.y.attribute.id, from: "FROM units WHERE counts"};
  const column = partsOf(metric, index).find(({letter}) => letter === "y")?.column;
  if (column === undefined) return null;
  return clock.running
    ? {key, sql: `sum(${column})`, from: "FROM unit_days GROUP BY u"}
    : {key, sql: column, from: "FROM unit_totals"};
}
