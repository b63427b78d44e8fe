import type {LoadContext} from "../loadFacts.ts";
import type {Plan} from "../plan.ts";
import type {Numbered} from "../sql/increments.ts";
import {attributeSteps} from "../sql/increments.ts";
import type {Part, Scale} from "../sql/totals.ts";
import {isEarlier, partsOf} from "../sql/totals.ts";
import type {Make} from "../steps.ts";
import {dailyIncrements} from "./dailyIncrements.ts";
import {fillNumbers, fillRows} from "./fillTable.ts";
import type {UnitHits} from "./unitHits.ts";
import {totalColumns, totalsUntil, unitTotals} from "./unitTotals.ts";

/** Returns what makes `unit_totals` from typed arrays; null where there are none. */
export function fillTotals(context: LoadContext, parts: readonly Part[], scale: Scale): Make | null {
  const {unitHits} = context;
  if (unitHits === undefined) return null;
  return (name) => fillNumbers(context, name, totalColumns(unitHits, unitTotals(unitHits, parts, scale)));
}

/**
 * Returns what makes `unit_days` from typed arrays; null where there are none. Nobody asks for single days then: each unit
 * has a row until the day of the state that is kept, and one after it.
 */
export function fillUnitDays(context: LoadContext, plan: Plan, parts: readonly Part[], {asOf}: Scale): Make | null {
  const {unitHits, state} = context;
  if (unitHits === undefined) return null;
  const isAsked = state !== undefined || plan.metrics.some(({cap}) => typeof cap === "string");
  return (name) =>
    fillNumbers(context, name, totalsUntil(unitHits, isAsked ? parts : [], {until: state?.day ?? asOf, asOf}));
}

/** Returns what makes the increments of metrics that run on from typed arrays; null where there are none. */
export function fillIncrements(context: LoadContext, metrics: readonly Numbered[], scale: Scale): Make | null {
  const {unitHits} = context;
  if (unitHits === undefined) return null;
  return async (name) => {
    const earlier = metrics.flatMap(({metric, index}) =>
      partsOf(metric, index).filter(({letter}) => isEarlier(letter))
    );
    const totals = earlier.length === 0 ? null : unitTotals(unitHits, earlier, scale);
    const fixed = await fixedLetters(context, unitHits, metrics, scale);
    await fillRows(context, name, dailyIncrements(unitHits, metrics, {scale, totals, fixed}));
  };
}

/** The numbers that units bring along, in steps, by place. */
async function fixedLetters(
  {engine: {dialect, arrays}}: LoadContext,
  {u: places, placeOf}: UnitHits,
  metrics: readonly Numbered[],
  scale: Scale
): Promise<Map<string, Float64Array>> {
  const wanted = metrics.flatMap((numbered) =>
    (["x", "v"] as const).flatMap((letter) => {
      const sql = attributeSteps(dialect, numbered, letter, scale);
      return sql === null ? [] : [{name: `${numbered.index}${letter}`, sql}];
    })
  );
  if (wanted.length === 0 || arrays === undefined) return new Map();
  const columns = wanted.map(({sql}) => `CAST(coalesce(${sql}, 0) AS DOUBLE)`);
  const [numbers, ...values] = await arrays.read(`SELECT x.u, ${columns.join(", ")} FROM units AS x WHERE x.counts`);
  return new Map(
    wanted.map(({name}, w) => {
      const byPlace = new Float64Array(places.length);
      numbers?.forEach((u, i) => (byPlace[placeOf[u]!] = values[w]?.[i] ?? 0));
      return [name, byPlace];
    })
  );
}
