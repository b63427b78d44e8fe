import type {Fact} from "../experiment/definition/definition.ts";
import type {Engine} from "./engines/engine.ts";
import {enclose} from "./expression.ts";
import type {Relation} from "./scan.ts";
import {reading} from "./scan.ts";

/** The names of the tables that are made while facts are still read, after FROM or JOIN. */
const own =
  /\b(?:from|join)\s+(exposure_rows|events_\d+(?:_once)?|activation_rows|first_touch|activated|attributes_\d+)\b(?!\s*\.)/i;

/**
 * Returns the relation of a fact at a server: its table, or the analyst's own SELECT. `schemaOf` finds the schema of a
 * table named without one, so that no temporary table can stand in its place.
 *
 * @throws {Error} naming the fact if it cannot be read
 */
export async function scanServer(
  engine: Engine & {schemaOf: (table: string) => Promise<string | null>},
  name: string,
  fact: Fact
): Promise<Relation> {
  const {identifier} = engine.dialect;
  const relation = async (): Promise<string> => {
    if (fact.sql !== undefined) {
      const taken = own.exec(fact.sql)?.[1];
      if (taken !== undefined)
        throw new Error(`ambiguous table of fact ${name}; name its schema too, such as public.${taken}: ${taken}`);
      return `${enclose(fact.sql, `fact ${name}, sql`)} AS t`;
    }
    if (fact.table === undefined)
      throw new Error(`missing table of fact ${name}; give table or sql beside connection: ${fact.connection ?? ""}`);
    if (fact.table.includes(".")) return fact.table.split(".").map(identifier).join(".");
    const schema = await engine.schemaOf(fact.table);
    if (schema === null)
      throw new Error(`missing table of fact ${name}; the connection finds none of that name: ${fact.table}`);
    return `${identifier(schema)}.${identifier(fact.table)}`;
  };
  const sql = await reading(name, relation);
  const columns = await reading(name, () => engine.columns(sql));
  return {fact: name, sql, columns, files: []};
}
