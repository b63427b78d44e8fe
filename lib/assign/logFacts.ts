/** Which attributes of the log the facts should offer. */
export interface LogFactsOptions {
  /** Attributes of exposures; defaults to none. */
  readonly dimensions?: readonly string[];
  /** Numeric fields of events beside `value`; defaults to none. */
  readonly values?: readonly string[];
}

/**
 * Returns the two facts that read a log: what to write under `facts` in data/sources.yaml.
 *
 * @param path the log's path or pattern, relative to the data folder
 * @example logFacts("logs/*.jsonl", {dimensions: ["country"]}).exposures.unit // "unit"
 */
export function logFacts(path: string, {dimensions = [], values = []}: LogFactsOptions = {}) {
  return {
    exposures: {
      shape: "exposures",
      path,
      unit: "unit",
      variant: "variant",
      timestamp: "ts",
      experiment: "experiment",
      dimensions: [...dimensions]
    },
    events: {shape: "events", path, unit: "unit", timestamp: "ts", event: "event", values: ["value", ...values]}
  };
}
