import type {Direction, Role} from "../words.ts";

/** What the rows of a file are. */
export type TryShape = "units" | "summary";

/** How the spread of a mean is given in a summary. */
export type SpreadForm = "standard-deviation" | "variance" | "standard-error" | "sum-of-squares";

/** One metric of a file: where its values are and what they mean. */
export interface TryMetric {
  /** The column of its value; it names the metric. */
  readonly column: string;
  readonly role: Role;
  readonly kind: "proportion" | "mean" | "ratio";
  readonly direction: Direction;
  /** Summary: whether the column is a total over the units, or a mean (of a proportion: the rate). */
  readonly form: "total" | "mean";
  /** Summary: the spread of a mean. */
  readonly spread: {readonly column: string; readonly form: SpreadForm} | null;
  /** Units: the column below the line of a ratio. */
  readonly denominator: string | null;
  /** Units: a column from before the exposure, for CUPED. */
  readonly covariate: string | null;
}

/** What each column of a file means: all that a readout of it needs. */
export interface TryMapping {
  readonly shape: TryShape;
  readonly variant: string;
  /** The variant that the others are compared with. */
  readonly control: string;
  /** Planned shares of the traffic by variant; they add up to 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** Summary: the column with the number of units. */
  readonly count: string | null;
  /** Units: the column that names the unit. */
  readonly unit: string | null;
  /** The day of a row: of a unit's entry, or of what a summary row adds. */
  readonly date: string | null;
  readonly dimensions: readonly string[];
  readonly metrics: readonly TryMetric[];
  /** What an empty cell of a metric means for a unit: that it does not count, or 0. */
  readonly empty: "leave-out" | "zero";
  readonly alpha: number;
  /** Smallest relative effect on the primary metric worth acting on, a fraction; null for none. */
  readonly minimumEffect: number | null;
}

/** Variants that a file may have at most. */
export const maximumVariants = 12;
