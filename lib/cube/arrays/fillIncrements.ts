import type {LoadContext} from "../loadFacts.ts";
import type {Numbered} from "../sql/increments.ts";
import {attributeSteps} from "../sql/increments.ts";
import type {Part, Scale} from "../sql/totals.ts";
import type {Make} from "../steps.ts";
import {doubles, whole} from "./eventRows.ts";
import {fillNumbers, fillRows} from "./fillTable.ts";

/**
 * Returns what makes `unit_totals` from typed arrays; null where there are none. So `unit_days` is made, too: nobody asks for
 * single days then, and each unit has one row.
 */
export function fillTotals(context: LoadContext, parts: readonly Part[], scale: Scale): Make | null {
  const {shards} = context;
  if (shards === undefined) return null;
  return async (name) => fillNumbers(context, name, await shards.ask("totals", parts, scale));
}

/** Returns what makes the increments of metrics that run on from typed arrays; null where there are none. */
export function fillIncrements(context: LoadContext, metrics: readonly Numbered[], scale: Scale): Make | null {
  const {shards} = context;
  if (shards === undefined) return null;
  return async (name) => {
    const fixed = await fixedLetters(context, metrics, scale);
    await fillRows(context, name, await shards.ask("increments", metrics, scale, fixed));
  };
}

/** The numbers that units bring along, in steps, by place: in the order that the units were read in. */
async function fixedLetters(
  {engine: {dialect, arrays}, places}: LoadContext,
  metrics: readonly Numbered[],
  scale: Scale
): Promise<Map<string, Float64Array>> {
  const wanted = metrics.flatMap((numbered) =>
    (["x", "v"] as const).flatMap((letter) => {
      const sql = attributeSteps(dialect, numbered, letter, scale);
      return sql === null ? [] : [{name: `${numbered.index}${letter}`, sql}];
    })
  );
  if (wanted.length === 0 || arrays === undefined || places === undefined) return new Map();
  const columns = wanted.map(({sql}) => `CAST(coalesce(${sql}, 0) AS DOUBLE)`);
  const [first, ...rest] = await arrays.read(`SELECT x.u, ${columns.join(", ")} FROM units AS x WHERE x.counts`);
  const numbers = whole(first);
  return new Map(
    wanted.map(({name}, w) => {
      const values = doubles(rest[w]);
      const byPlace = new Float64Array(numbers.length);
      numbers.forEach((u, i) => (byPlace[places[u]!] = values[i]!));
      return [name, byPlace];
    })
  );
}
