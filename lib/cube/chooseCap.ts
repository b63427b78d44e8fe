import type {LoadContext} from "./loadFacts.ts";
import type {MetricPlan} from "./plan.ts";
import {numberOf} from "./steps.ts";

/**
 * Returns the cap of a metric in whole steps, or null without one. A percentile is that of the units that count, those
 * without an event included: the smallest total that at least that share of units does not exceed. It is taken once,
 * over all arms together, and `pinned` from then on.
 */
export async function chooseCap(
  {engine, steps}: Pick<LoadContext, "engine" | "steps">,
  {metric, index, bits}: {metric: MetricPlan; index: number; bits: number},
  pinned: number | undefined
): Promise<number | null> {
  const {dialect} = engine;
  const {cap, clock} = metric;
  if (cap === undefined) return null;
  const value = pinned ?? (typeof cap === "number" ? cap : undefined);
  if (value !== undefined) return Math.round(value * 2 ** bits);
  const share = Number((Number.parseFloat(String(cap).slice(1)) / 100).toPrecision(12));
  const side = metric.sides.y;
  if (side?.of === "attribute") {
    const {id} = side.attribute;
    const [row] = await steps.rows(
      `SELECT ${dialect.percentile(id, share)} FROM units WHERE counts AND ${dialect.finite(id)}`
    );
    return Math.round((numberOf(row?.[0]) ?? 0) * 2 ** bits);
  }
  const totals = clock.running
    ? `(SELECT u, sum(m${index}y) AS total FROM unit_days GROUP BY u)`
    : `(SELECT u, m${index}y AS total FROM unit_totals)`;
  const [row] = await steps.rows(
    `SELECT ${dialect.percentile("coalesce(t.total, 0)", share)} FROM units AS x LEFT JOIN ${totals} AS t ON t.u = x.u WHERE x.counts`
  );
  return numberOf(row?.[0]) ?? 0;
}
