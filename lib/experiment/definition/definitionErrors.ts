/** One mistake in the definitions, and where it stands. */
export interface DefinitionError {
  /** The file as it was named to the parser. */
  readonly file: string;
  /** Line and column count from 1; both are 1 for what concerns the file as a whole. */
  readonly line: number;
  readonly column: number;
  /** The keys that lead there; empty for the file as a whole. */
  readonly path: readonly (string | number)[];
  /** What was found, what was expected, and the nearest valid name where there is one. */
  readonly message: string;
}

/**
 * Returns the error as a line that editors and terminals make clickable.
 *
 * @example "data/experiments/green.yaml:12:5: unknown metric: purchse; did you mean purchase?"
 */
export function formatDefinitionError({file, line, column, message}: DefinitionError): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** Orders errors of one file by their place. */
export function byPlace(a: DefinitionError, b: DefinitionError): number {
  return a.line - b.line || a.column - b.column;
}

/** Returns "; did you mean purchase?", or nothing where no name is near. */
export function didYouMean(name: string | null): string {
  return name === null ? "" : `; did you mean ${name}?`;
}

/** Returns names in a row, the first twelve of them: "purchase, revenue, latency". */
export function listNames(names: Iterable<string>, most = 12): string {
  const all = [...names];
  if (all.length === 0) return "none";
  if (all.length <= most) return all.join(", ");
  return `${all.slice(0, most).join(", ")} and ${all.length - most} more`;
}

/**
 * Returns a value of a definition as words for a message: text that could be misread is quoted, long text is cut,
 * containers are only named.
 */
export function showFound(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return Object.keys(value).length === 0 ? "an empty map" : "a map";
  if (typeof value !== "string") return String(value);
  const cut = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return /^[\p{L}_][\p{L}\p{N} ._/:%+@-]*$/u.test(cut) && cut === cut.trim() ? cut : JSON.stringify(cut);
}
