import type {Metric} from "./definition.ts";

/** What a metric counts or sums: the whole metric, or one side of a ratio. */
export interface Stream {
  /** The keys that lead to it within the metric: none, or the side of a ratio. */
  readonly path: readonly string[];
  /** The fact that it names; undefined stands for the fact of the experiment's exposures. */
  readonly fact: string | undefined;
  readonly event: string | undefined;
  readonly value: string | undefined;
}

/** Returns what a metric reads: one stream, or two for a ratio. */
export function streamsOf({kind, fact, event, value, numerator, denominator}: Metric): Stream[] {
  if (kind !== "ratio") return [{path: [], fact, event, value}];
  return Object.entries({numerator, denominator}).flatMap(([side, own]) =>
    own ? [{path: [side], fact: own.fact ?? fact, event: own.event ?? event, value: own.value ?? value}] : []
  );
}
