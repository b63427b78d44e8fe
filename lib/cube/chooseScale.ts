import type {Hits} from "./buildLogs.ts";
import type {LoadContext} from "./loadFacts.ts";
import type {Plan} from "./plan.ts";
import {isSummed} from "./plan.ts";
import {largest, largestTotals} from "./sql/totals.ts";
import type {Scale} from "./sql/totals.ts";
import {numberOf} from "./steps.ts";
import {UnfitStateError} from "./store/unitState.ts";

/**
 * Returns the steps of whole numbers that values are added up in. They are as fine as they can be while the sum of
 * squares of all units still has fewer than 127 bits, and the largest total fits into a double: it has 52 bits, with
 * more than a million units fewer. Chosen from largest values and whole numbers only, they are the same at any number of threads.
 */
export async function chooseScale(
  {engine, steps, state, shards}: LoadContext,
  plan: Plan,
  hits: readonly Hits[],
  {asOf, units}: {asOf: number; units: number}
): Promise<Scale> {
  const bits: Record<string, number> = {};
  const room = Math.min(53, Math.floor((124 - Math.ceil(Math.log2(units + 2))) / 2));
  for (const [i, {table, streams}] of hits.entries()) {
    const summed = streams.filter(({id}) => isSummed(plan, id));
    if (summed.length === 0) continue;
    const mostOf = (found: readonly Record<string, number>[]): number[] =>
      summed.map(({id}) => Math.max(...found.map((each) => each[id] ?? 0)));
    const [maxima] =
      shards === undefined ? await steps.rows(largest(summed, table)) : [mostOf(await shards.ask("largest"))];
    const kept = state?.kept == null ? null : state.live(`scale_${i}`);
    const before =
      kept === null
        ? []
        : (await steps.rows(`SELECT ${summed.map(({id}) => `max(most_${id})`).join(", ")} FROM ${kept}`))[0];
    const exponents = summed.map((_, s) =>
      exponentOf(Math.max(numberOf(maxima?.[s]) ?? 0, numberOf(before?.[s]) ?? 0))
    );
    summed.forEach(({id}, s) => {
      if (state?.kept != null && state.kept.exponents[id] !== exponents[s]) throw new UnfitStateError(`largest ${id}`);
      if (state !== undefined) state.gained.exponents[id] = exponents[s] ?? 0;
    });
    const more = kept === null ? {} : {kept};
    const byStream = Object.fromEntries(summed.map(({id}, s) => [id, exponents[s] ?? 0]));
    const [totals] =
      shards === undefined
        ? await steps.rows(largestTotals(engine.dialect, summed, table, exponents, more))
        : [mostOf(await shards.ask("largestTotals", byStream))];
    summed.forEach(({id}, s) => {
      const total = Math.ceil(Math.log2((numberOf(totals?.[s]) ?? 0) + 1)) - 20 + (exponents[s] ?? 0);
      bits[id] = clamp(room - 1 - total);
    });
  }
  for (const {id} of plan.attributes) {
    const [maximum] = await steps.rows(
      `SELECT max(abs(${id})) FROM units WHERE counts AND ${engine.dialect.finite(id)}`
    );
    bits[id] = clamp(room - 1 - exponentOf(numberOf(maximum?.[0]) ?? 0));
  }
  for (const [id, before] of Object.entries(state?.kept?.bits ?? {}))
    if (bits[id] !== before) throw new UnfitStateError(`steps of ${id}`);
  return {bits, asOf};
}

/** The smallest e with value <= 2^e. */
function exponentOf(value: number): number {
  if (!(value > 0)) return 0;
  const exponent = Math.ceil(Math.log2(value));
  return value > 2 ** exponent ? exponent + 1 : exponent;
}

/** Steps from 2^200 to 2^-400: enough for any value that has a meaning. */
function clamp(bits: number): number {
  return Math.max(-200, Math.min(400, bits));
}
