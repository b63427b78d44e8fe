import {basename} from "node:path";
import type {DefinitionError} from "../experiment/definition/definitionErrors.ts";
import {formatDefinitionError} from "../experiment/definition/definitionErrors.ts";
import type {ExitCode} from "./exitCodes.ts";
import {exitCodes} from "./exitCodes.ts";
import {redacted} from "./secrets.ts";

/** A mistake that the user can mend: the message is one paragraph that says what, where and what to do. */
export class UserError extends Error {
  override readonly name: string = "UserError";
  readonly exitCode: ExitCode;

  constructor(message: string, {exitCode = exitCodes.unable, cause}: {exitCode?: ExitCode; cause?: unknown} = {}) {
    super(message, {cause});
    this.exitCode = exitCode;
  }
}

/** All mistakes of a folder of definitions, one a line. */
export class DefinitionsError extends UserError {
  override readonly name = "DefinitionsError";
  readonly errors: readonly DefinitionError[];

  constructor(errors: readonly DefinitionError[]) {
    const files = new Set(errors.map(({file}) => file));
    const where = files.size === 1 ? [...files].map((file) => basename(file)).join() : `${files.size} files`;
    const count = `${errors.length} ${errors.length === 1 ? "error" : "errors"} in ${where}`;
    super([...errors.map(formatDefinitionError), count].join("\n"));
    this.errors = errors;
  }
}

/** Returns what to print for an error, secrets out: the message of a user's mistake, the stack of the program's own. */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return redacted(error.message);
  if (!(error instanceof Error)) return redacted(`unexpected error: ${String(error)}`);
  const hint = systemHint(error);
  return redacted(hint === null ? `unexpected error: ${error.stack ?? error.message}` : hint);
}

/** Returns the exit code for an error. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof UserError ? error.exitCode : exitCodes.unable;
}

/** Returns the code of a system error, such as ENOENT; null for other errors. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

const systemWords: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  ENOSPC: "no space left on the disk",
  EDQUOT: "no space left in the quota",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
  ENOENT: "no such file or folder",
  ENOTDIR: "not a folder",
  EISDIR: "a folder, not a file"
};

/** Trouble with the file system is the user's to mend and needs no stack. */
function systemHint(error: Error): string | null {
  const words = systemWords[systemCode(error) ?? ""];
  if (words === undefined) return null;
  const path = "path" in error && typeof error.path === "string" ? error.path : null;
  return path === null ? `${words}: ${error.message}` : `${words}: ${path}`;
}
