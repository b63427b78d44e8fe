import type {Connection} from "../../experiment/definition/definition.ts";
import {parseDuration} from "../../experiment/definition/parseDuration.ts";
import type {Engine} from "./engine.ts";
import {openClickhouse} from "./clickhouse.ts";
import {openPostgres} from "./postgres.ts";

/** A database that runs the statements itself. */
export interface Server extends Engine {
  /** The schema that an unqualified table is in; null where there is none of that name. */
  schemaOf(table: string): Promise<string | null>;
}

/** Opens a connection of sources.yaml whose database is to compute the cube. */
export function openServer({engine, url = "", timeout, memory}: Connection): Promise<Server> {
  const options = {url, timeout: parseDuration(timeout), ...(memory === undefined ? {} : {memory})};
  if (engine === "postgres") return openPostgres(options);
  if (engine === "clickhouse") return openClickhouse(options);
  throw new Error(`unknown engine of a connection that computes: ${engine}`);
}
