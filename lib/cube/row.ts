import type {BanditSums} from "../experiment/sums.ts";
import type {TenureSums} from "../experiment/novelty/tenureSums.ts";
import type {Origin, Sum} from "../stats/moments.ts";

/**
 * A row of the path: what one day added to the sums of one cell and metric. A row for a variant as a whole has
 * `cell` null; a row of a cell has one value per dimension, in the order of the definition.
 */
export type CubeRow = {
  /** The day, 2026-01-31, in the experiment's timezone; in `entries` the entry date. */
  readonly date: string;
  readonly variant: string;
  readonly cell: readonly string[] | null;
  readonly metric: string;
  /** The bin of a quantile's sketch, else null. */
  readonly bin: number | null;
  /** The edges of the bin's values; absent without a bin. */
  readonly lower?: number;
  readonly upper?: number;
  /** Units whose state changed that day; what `minimumUnits` is judged by. It is not published. */
  readonly touched: number;
  readonly n: number;
} & Readonly<Record<Sum, number>>;

/** What a cube is made of, before anything is published. */
export interface Cube {
  readonly dimensions: readonly string[];
  /** Last complete day in the experiment's timezone, from the data; null without any exposure. */
  readonly asOf: string | null;
  readonly path: readonly CubeRow[];
  readonly entries: readonly CubeRow[];
  readonly traffic: readonly TrafficRow[];
  /** Sums over tenure days of the metrics that have some, by metric; safe by themselves. */
  readonly tenure: Readonly<Record<string, TenureSums>>;
  /** Exposed units with any event, by variant; null where the input is no log of events. */
  readonly activeUnits: Readonly<Record<string, number>> | null;
  /** The largest share of a mean's total that one unit carries, in coarse steps. */
  readonly largestShare: Readonly<Record<string, number>>;
  /** For a bandit, its units by slices of entry time; it is not published. */
  readonly bandit?: BanditSums | null;
  /** Which quantile each quantile metric is, in (0, 1). */
  readonly quantiles?: Readonly<Record<string, number>>;
  /** Who is behind the rows, for deciding what may be published; null where it is not known (a ready-made cube). */
  readonly links: readonly Links[] | null;
  /** The numeric origin of each metric's sums. */
  readonly origins: Readonly<Record<string, Origin>>;
  readonly excluded: readonly ExcludedRows[];
  /** Rows read, of all facts together. */
  readonly rows: number;
  /** Distinct exposed units that count. */
  readonly units: number;
  /** The statement that made it. */
  readonly sql: string;
  /** What was chosen from the data, and is to be the same on the next day. */
  readonly pins: Pins;
}

/**
 * How many units that entered on one date changed their state on another, for one metric: columns of one length. A
 * unit is in as many rows as there are dates on which its state changed; units of different entry dates are different.
 * It is not published.
 */
export interface Links {
  readonly metric: string;
  readonly entry: readonly string[];
  readonly date: readonly string[];
  readonly variant: readonly string[];
  /** The cell, or an empty list without dimensions. */
  readonly cell: readonly (readonly string[])[];
  readonly units: readonly number[];
}

/** What a definition leaves to the data; fixed once and kept in the definition's lock. */
export interface Pins {
  /** The value of each metric's cap that was given as a percentile, in the metric's unit. */
  readonly caps: Readonly<Record<string, number>>;
  /** The values of each dimension that are kept; the rest is `other`. */
  readonly tops: Readonly<Record<string, readonly string[]>>;
  readonly origins: Readonly<Record<string, Origin>>;
}

/** Exposures of one hour: `hour` is 2026-01-31T13:00, in the experiment's timezone. */
export interface TrafficRow {
  readonly hour: string;
  readonly variant: string;
  readonly units: number;
}

/** Rows that do not count, and why: never dropped silently. */
export interface ExcludedRows {
  readonly reason: string;
  readonly fact: string | null;
  readonly rows: number;
  readonly units: number | null;
  readonly byVariant?: Readonly<Record<string, number>>;
}

/** A row that may be published: made by enough units, and so is every difference of such rows. */
export type PublishedRow = Omit<CubeRow, "touched">;

/** What may be published of a cube. */
export interface Publication {
  readonly dimensions: readonly string[];
  readonly asOf: string | null;
  readonly path: readonly PublishedRow[];
  readonly entries: readonly PublishedRow[];
  readonly traffic: readonly TrafficRow[];
  /** Sums over tenure days, of the same values of dimensions. */
  readonly tenure: Readonly<Record<string, TenureSums>>;
  readonly origins: Readonly<Record<string, Origin>>;
  /** Where a cell (null: a variant as a whole) is behind: what happened from `from` on is in the row of `until`. */
  readonly carried: readonly Carried[];
  /** What was made coarser than asked for, in words. */
  readonly coarser: readonly string[];
}

/** A stretch of dates in which a row lags: as of `from` and later dates before `until` it is not exact. */
export interface Carried {
  readonly table: "path" | "entries";
  readonly metric: string;
  readonly variant: string;
  readonly cell: readonly string[] | null;
  readonly from: string;
  readonly until: string;
  /** The dates whose rows are in the row of `until`, which is one of them or a later one. */
  readonly dates: readonly string[];
}

/** The dimension that a cube has beside those of the definition where weights change mid-run: the phase of exposure. */
export const phaseDimension = "phase";
