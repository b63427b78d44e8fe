/** How units are numbered: by a table of them (`unit`) with their numbers (`u`), or, whole numbers, by what is between them and the least. */
export type UnitNumbers = {readonly table: string} | {readonly least: bigint; readonly most: bigint};

/** Ids of whole numbers are their own numbers where no more than so many lie between them: what is kept by number has room for each. */
export const mostBetween = 2n ** 24n;

/** Returns SQL for the number of a unit, from 1 on (0 for one without, -1 where there is no unit), and for what has to be joined. */
export function numberOfUnit(numbers: UnitNumbers, unit: string): {sql: string; join: string} {
  const none = `CASE WHEN ${unit} IS NULL THEN -1 ELSE 0 END`;
  if ("table" in numbers)
    return {sql: `coalesce(n.u, ${none})`, join: ` LEFT JOIN ${numbers.table} AS n ON n.unit = ${unit}`};
  const {least, most} = numbers;
  const between = `${unit} BETWEEN ${least} AND ${most}`;
  return {sql: `CASE WHEN ${between} THEN CAST(${unit} - ${least} AS INTEGER) + 1 ELSE ${none} END`, join: ""};
}
