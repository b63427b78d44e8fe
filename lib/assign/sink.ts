/** Some lines of the log that travel together. A batch that is tried again keeps its id, so that a receiver can drop repeats. */
export interface Batch {
  readonly id: string;
  /** JSON lines, without line ends; see `logFields`. */
  readonly lines: readonly string[];
}

/** Where batches go. */
export interface Sink {
  /** Writes a batch, at once or later; throws or rejects if it could not. A `PermanentError` says that trying again is no use. */
  readonly write: (batch: Batch) => void | Promise<void>;
  /** Writes a batch before returning, for a process that is ending; absent if the sink cannot. */
  readonly writeSync?: (batch: Batch) => void;
  readonly close?: () => void;
}

/** A failure that trying again would repeat, such as an endpoint's refusal of a batch. */
export class PermanentError extends Error {}

/** Returns a batch as text: its lines, each with its line end. */
export function batchText({lines}: Batch): string {
  return lines.join("\n") + "\n";
}

/** Returns what was thrown as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
