import type {Value} from "./csvOf.ts";
import type {Rows} from "./quickChart.ts";

/** What is used of Arquero: verbs that take columns. Those that take expressions compile code, which the policy forbids. */
export type Arquero = {table(columns: readonly (readonly [string, readonly Value[]])[]): ArqueroTable};
export type ArqueroTable = {
  array(column: string): ArrayLike<Value>;
  concat(...others: readonly ArqueroTable[]): ArqueroTable;
};

/**
 * Returns a result in its long form: for each row and each of some columns a row with what is kept, the column's name and
 * its value, column by column.
 *
 * @param keep position of the column that stays as it is
 * @param gather positions of the columns that become rows
 */
export function longRows(
  {columns, rows}: Rows,
  {keep, gather}: {keep: number; gather: readonly number[]},
  arquero: Arquero
): Rows {
  const valuesOf = (i: number) => rows.map((row) => row[i] ?? null);
  const parts = gather.map((i) =>
    arquero.table([
      ["key", valuesOf(keep)],
      ["column", rows.map(() => columns[i] ?? "")],
      ["value", valuesOf(i)]
    ])
  );
  const [first, ...rest] = parts;
  const long = first?.concat(...rest);
  const [key, column, value] = ["key", "column", "value"].map((name) => Array.from(long?.array(name) ?? []));
  return {
    columns: [columns[keep] ?? "", "column", "value"],
    rows: (value ?? []).map((_, i): Value[] => [key?.[i] ?? null, column?.[i] ?? null, value?.[i] ?? null])
  };
}
