import type {NumberColumn} from "../engines/engine.ts";
import type {LoadContext} from "../loadFacts.ts";
import type {ExactRows} from "./exactRows.ts";
import {sumOfParts} from "./exactRows.ts";

/** Makes a table of rows: their keys as 32 bits, and their sums as 128. */
export async function fillRows(
  {engine}: Pick<LoadContext, "engine">,
  table: string,
  {keys, sums, names, columns}: ExactRows
): Promise<void> {
  const selected = Object.entries(names).map(([column, name]) => {
    const sum = sums.find((each) => each.name === name);
    return `${sum === undefined ? "NULL" : sumOfParts(sum)} AS ${column}`;
  });
  await fill(engine, table, columns(), [...keys, ...selected]);
}

/** Makes a table of whole numbers: 32 bits as they are, doubles as 64 bits, NaN as null. */
export async function fillNumbers(
  {engine}: Pick<LoadContext, "engine">,
  table: string,
  columns: Readonly<Record<string, NumberColumn>>
): Promise<void> {
  const selected = Object.entries(columns).map(([name, column]) =>
    column instanceof Int32Array ? name : `CASE WHEN NOT isnan(${name}) THEN CAST(${name} AS BIGINT) END AS ${name}`
  );
  await fill(engine, table, columns, selected);
}

async function fill(
  engine: LoadContext["engine"],
  table: string,
  columns: Readonly<Record<string, NumberColumn>>,
  selected: readonly string[]
): Promise<void> {
  const raw = `${table}_raw`;
  await engine.arrays?.write(raw, columns);
  await engine.table(table, `SELECT ${selected.join(", ")} FROM ${raw}`);
  await engine.drop(raw);
}
