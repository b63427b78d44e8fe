import type {Loaded, LoadContext} from "./loadFacts.ts";
import type {UnitNumbers} from "./sql/unitNumbers.ts";
import {mostBetween} from "./sql/unitNumbers.ts";
import {wholeNumber} from "./steps.ts";

/** Numbers the units of all exposures that can be told apart: as their ids say where these are whole numbers close together, else by the table `unit_numbers`. */
export async function numberUnits(
  {steps, wholeUnits}: LoadContext,
  {once}: Pick<Loaded, "once">
): Promise<UnitNumbers> {
  const exposed = "FROM exposure_rows WHERE unit IS NOT NULL AND t IS NOT NULL";
  if (wholeUnits === true) {
    const [range] = await steps.rows(`SELECT min(unit), max(unit) ${exposed}`);
    const [least, most] = [wholeNumber(range?.[0]), wholeNumber(range?.[1])];
    if (most - least < mostBetween) return {least, most};
  }
  const table = "unit_numbers";
  const units = `SELECT ${once === true ? "" : "DISTINCT "}unit ${exposed}`;
  await steps.beside(table, `SELECT unit, CAST(row_number() OVER () AS INTEGER) AS u FROM (${units}) AS d`);
  return {table};
}
