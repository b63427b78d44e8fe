import type {LoadContext} from "../../loadFacts.ts";
import {doubles, whole} from "./columns.ts";

/** Returns numbers of the units that count, by place, of SQL on `units` (`x`) without a null; in memory that threads share. */
export async function numbersByPlace(
  {engine: {arrays}, places}: LoadContext,
  selected: readonly string[]
): Promise<Float64Array[]> {
  if (arrays === undefined || places === undefined) throw new Error("missing typed arrays of the units");
  const columns = selected.map((sql) => `CAST(${sql} AS DOUBLE)`);
  const [first, ...rest] = await arrays.read(`SELECT x.u, ${columns.join(", ")} FROM units AS x WHERE x.counts`);
  const numbers = whole(first);
  return rest.map((column) => {
    const values = doubles(column);
    const byPlace = new Float64Array(new SharedArrayBuffer(8 * numbers.length));
    numbers.forEach((u, i) => (byPlace[places[u]!] = values[i]!));
    return byPlace;
  });
}
