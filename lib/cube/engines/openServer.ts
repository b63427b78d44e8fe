import type {Connection} from "../../experiment/definition/definition.ts";
import {parseDuration} from "../../experiment/definition/parseDuration.ts";
import type {Engine} from "./engine.ts";

/** A database that runs the statements itself. */
export interface Server extends Engine {
  /** The schema that an unqualified table is in; null where there is none of that name. */
  schemaOf(table: string): Promise<string | null>;
}

/** Opens a connection of sources.yaml whose database is to compute the cube; its client is loaded when it is needed. */
export async function openServer({engine, url = "", timeout, memory}: Connection): Promise<Server> {
  const options = {url, timeout: parseDuration(timeout), ...(memory === undefined ? {} : {memory})};
  if (engine === "postgres") return (await import("./postgres.ts")).openPostgres(options);
  if (engine === "clickhouse") return (await import("./clickhouse.ts")).openClickhouse(options);
  throw new Error(`unknown engine of a connection that computes: ${engine}`);
}
