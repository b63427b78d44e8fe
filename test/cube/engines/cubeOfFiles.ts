import {buildCube} from "../../../lib/cube/buildCube.ts";
import type {Cube} from "../../../lib/cube/row.ts";
import {withFiles} from "../logs.ts";
import type {Case} from "./cases.ts";
import {tableCsv} from "./cases.ts";

/** Returns the cube of a case from CSV files, by DuckDB: what the other engines are held against. */
export function cubeOfFiles({tables, defined}: Case): Promise<Cube> {
  const files = Object.fromEntries(Object.entries(tables).map(([name, table]) => [`${name}.csv`, tableCsv(table)]));
  const {experiment, definitions} = defined((table) => ({path: `${table}.csv`}));
  return withFiles(files, (dataDir) => buildCube(experiment, definitions, {dataDir}));
}
