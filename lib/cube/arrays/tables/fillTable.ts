import type {NumberColumn} from "../../engines/engine.ts";
import type {LoadContext} from "../../loadFacts.ts";
import type {ExactTable} from "../sums/exactRows.ts";
import {sumOfParts} from "../sums/exactRows.ts";
import type {NumberColumns} from "../threads/shard.ts";

/** Makes a table of the rows of all shards: their keys as 32 bits, and their sums as 128. */
export async function fillRows(
  {engine}: Pick<LoadContext, "engine">,
  table: string,
  shards: readonly ExactTable[]
): Promise<void> {
  const parts = shards.map(({keys, sums, names, columns}): TablePart => {
    const selected = Object.entries(names).map(([column, name]) => {
      const sum = sums.find((each) => each.name === name);
      return `${sum === undefined ? "NULL" : sumOfParts(sum)} AS ${column}`;
    });
    return {columns, selected: [...keys, ...selected]};
  });
  await fill(engine, table, parts);
}

/** Makes a table of the whole numbers of all shards: 32 bits as they are, doubles as 64 bits, NaN as null. */
export async function fillNumbers(
  {engine}: Pick<LoadContext, "engine">,
  table: string,
  shards: readonly NumberColumns[]
): Promise<void> {
  const parts = shards.map((columns): TablePart => {
    const selected = Object.entries(columns).map(([name, column]) =>
      column instanceof Int32Array ? name : `CASE WHEN NOT isnan(${name}) THEN CAST(${name} AS BIGINT) END AS ${name}`
    );
    return {columns, selected};
  });
  await fill(engine, table, parts);
}

/** What one shard gives to a table: columns, and what is selected of them. */
interface TablePart {
  readonly columns: Readonly<Record<string, NumberColumn>>;
  readonly selected: readonly string[];
}

async function fill(engine: LoadContext["engine"], table: string, parts: readonly TablePart[]): Promise<void> {
  const names = parts.map((_, i) => `${table}_raw_${i}`);
  for (const [i, {columns}] of parts.entries()) await engine.arrays?.write(names[i] ?? "", columns);
  const selects = parts.map(({selected}, i) => `SELECT ${selected.join(", ")} FROM ${names[i]}`);
  await engine.table(table, selects.join(" UNION ALL "));
  for (const name of names) await engine.drop(name);
}
