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
  const shares: Record<string, number> = {};
  for (const [index, metric] of plan.metrics.entries()) {
    const select = totalsOf(metric, index);
    if (select === null) continue;
    const [row] = await run.rows(`SELECT max(abs(t)), sum(abs(t)), count(*) FROM (${select}) AS s`);
    const [largest, total, n] = [0, 1, 2].map((i) => numberOf(row?.[i]) ?? 0) as [number, number, number];
    const share = total > 0 && n >= plan.experiment.minimumUnits ? largest / total : 0;
    shares[metric.key] = steps.find((step) => share >= step) ?? 0;
  }
  return shares;
}

/** A SELECT of each unit's total `t`; null for metrics that are not sums. */
function totalsOf(metric: MetricPlan, index: number): string | null {
  const {y} = metric.sides;
  if (metric.kind !== "mean" || y === undefined) return null;
  if (y.of === "attribute") return y.truthy ? null : `SELECT ${y.attribute.id} AS t FROM units WHERE counts`;
  const column = partsOf(metric, index).find(({letter}) => letter === "y")?.column;
  if (column === undefined) return null;
  return metric.clock.running
    ? `SELECT u, sum(${column}) AS t FROM unit_days GROUP BY u`
    : `SELECT u, ${column} AS t FROM unit_totals`;
}
