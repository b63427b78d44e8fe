import type {Connection} from "../../experiment/definition/definition.ts";
import {passwordOf, redact} from "../../experiment/definition/environment.ts";
import {codeOf, isTransient} from "./retries.ts";

/** A database could not be asked. The message is whole: source, experiment, reason and what to do; no secret in it. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

/** Where an error comes from. */
export interface Source {
  /** Of the connection. */
  readonly name: string;
  readonly connection: Connection;
  readonly experiment?: string;
  readonly fact?: string;
}

/**
 * Returns the error of a database as a user can mend it.
 *
 * An error that has been explained already only gains the experiment.
 */
export function explain(error: unknown, {name, connection, experiment, fact}: Source): SourceError {
  const whose = experiment === undefined ? "" : `experiment ${experiment}: `;
  if (error instanceof SourceError)
    return error.message.startsWith(whose) ? error : new SourceError(`${whose}${error.message}`);
  const code = codeOf(error);
  const advice = adviceOf(code, error, {name, connection});
  const from = `connection ${name} (${connection.engine})`;
  const reason = reasonOf(error, code);
  // What reads a fact says so already.
  const what = reason.startsWith("cannot read fact")
    ? `${from}: `
    : `cannot read ${fact === undefined ? "" : `fact ${fact} over `}${from}: `;
  const text = `${whose}${what}${reason}${advice === null ? "" : `; ${advice}`}`;
  const url = connection.url ?? "";
  const secrets = url.length < 4 ? [] : [{name: null, value: url}, ...passwordOf(url)];
  return new SourceError(redact(text, secrets));
}

/** Whether an error comes from a database or the way to it, and not from a definition that does not fit. */
export function isDatabases(error: unknown): boolean {
  return codeOf(error) !== null || (error instanceof Error && error.name === "SQLite3Error");
}

/** The server's words, without values of the data: those may be a person's. */
function reasonOf(error: unknown, code: string | null): string {
  if (!(error instanceof Error)) return "unknown error";
  const message = error.message === "" ? (code ?? "no reason was given") : error.message;
  const line = (message.split("\n")[0] ?? "").replace(/[.:]? *In scope .*|: while executing .*/, "").slice(0, 500);
  return code?.startsWith("22") ? line.replace(/"[^"]*"/g, '"…"') : line;
}

function adviceOf(
  code: string | null,
  error: unknown,
  {name, connection}: {name: string; connection: Connection}
): string | null {
  const {engine, mode, timeout} = connection;
  const pull = engine === "postgres" && mode !== "pull" ? ", or set mode: pull" : "";
  switch (code) {
    case "28P01":
    case "28000":
    case "516":
      return "check user and password in the variable that holds its url";
    case "3D000":
    case "81":
      return "check the name of the database at the end of its url";
    case "42P01":
    case "60":
      return "check table or sql of the fact in sources.yaml, with the schema before the table's name";
    case "42703":
    case "47":
      return "check the fact's columns in sources.yaml and where in metrics.yaml";
    case "42501":
    case "497":
      return /temporary/i.test(String(error instanceof Error ? error.message : ""))
        ? `let its user make temporary tables (GRANT TEMPORARY ON DATABASE)${pull}`
        : "let its user read the table (GRANT SELECT)";
    case "25006":
      return `a read-only replica makes no temporary tables${pull === "" ? "" : "; set mode: pull"}`;
    case "57014":
    case "159":
      return `it took longer than its timeout of ${timeout}: raise timeout of connection ${name}${pull}`;
    case "55P03":
      return "something else holds a lock on the table; try again later";
    case "53100":
    case "243":
      return "the server's disk is full; free some room there";
    case "53200":
    case "241":
      return `the server's memory does not suffice; let it have more${pull}`;
    case "ENOTFOUND":
      return "check the host in its url";
    case "ENOSPC":
      return "free some room on this machine's disk";
  }
  if (isTransient(error)) return "tried several times; is the server up, and is the address in its url right";
  return null;
}
