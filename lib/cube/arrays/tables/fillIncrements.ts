import type {LoadContext} from "../../loadFacts.ts";
import type {Numbered} from "../../sql/increments.ts";
import {attributeSteps} from "../../sql/increments.ts";
import type {MatureOptions} from "../../sql/increments.ts";
import type {Part, Scale} from "../../sql/totals.ts";
import type {Make} from "../../steps.ts";
import {fillNumbers, fillRows} from "./fillTable.ts";
import {numbersByPlace} from "./numbersByPlace.ts";

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

/** Returns what makes the increments of metrics that count a unit once from typed arrays; null where there are none. */
export function fillMature(
  context: LoadContext,
  metrics: readonly Numbered[],
  scale: Scale,
  options: Pick<MatureOptions, "after" | "offsets" | "calendar"> & {readonly parts: readonly Part[]}
): Make | null {
  const {shards} = context;
  if (shards === undefined) return null;
  return async (name) => {
    const fixed = await fixedLetters(context, metrics, scale);
    await fillRows(context, name, await shards.ask("mature", metrics, {...options, scale, fixed}));
  };
}

/** The numbers that units bring along, in steps, by place; NaN for none, where a unit without one is left out. */
async function fixedLetters(
  context: LoadContext,
  metrics: readonly Numbered[],
  scale: Scale
): Promise<Map<string, Float64Array>> {
  const {double} = context.engine.dialect;
  const wanted = metrics.flatMap((numbered) =>
    (["y", "w", "x", "v"] as const).flatMap((letter) => {
      const sql = attributeSteps(context.engine.dialect, numbered, letter, scale);
      if (sql === null) return [];
      return [
        {name: `${numbered.index}${letter}`, sql: `coalesce(CAST(${sql} AS ${double}), CAST('nan' AS ${double}))`}
      ];
    })
  );
  if (wanted.length === 0) return new Map();
  const columns = await numbersByPlace(
    context,
    wanted.map(({sql}) => sql)
  );
  return new Map(wanted.map(({name}, i) => [name, columns[i]!]));
}
