/**
 * What tenure.parquet holds of one metric: sums over units by days since exposure. No row is of fewer than `minimumUnits`
 * units.
 *
 * A unit's *value on its k-th day* is what it did on that day alone: the sum or count of a mean, any event or none of a
 * proportion (again on every day, not only the first time), numerator and denominator of a ratio; outside of the
 * metric's window too, and not capped over days, because a cap on the running total would fake fading. Quantiles,
 * retention and time-to-event have no tenure rows.
 *
 * Day k is the 24 hours from exposure + 24 k hours. With calendar-only data it is the k-th date after the entry date; day
 * 0 is partial then and is left out. Days below 0 lie before the exposure. A cohort has a day only if *all* of its units
 * have lived through it: with times k <= asOf - until - 1, calendar-only k <= asOf - until.
 *
 * Sums are about `origin`: y is the sum of (value - origin.y), w of (denominator - origin.w). w and the products with it
 * exist for ratios only. All units that count for the experiment are in, also those without any event (value 0).
 */
export interface TenureSums {
  readonly kind: "mean" | "proportion" | "ratio";
  readonly origin: Readonly<{y?: number; w?: number}>;
  /** Whether tenure is counted in dates, so that day 0 is left out. */
  readonly calendarOnly: boolean;
  /** Oldest first; entry dates do not overlap. Consecutive dates of one phase are merged until each variant has `minimumUnits`. */
  readonly cohorts: readonly TenureCohort[];
  /** By cohort, variant and day, for every day that the cohort has lived through, and for days below 0 that the log covers. */
  readonly days: readonly TenureDayRow[];
  /** By phase, variant and pair of days j <= k (not below 0): products over the units that lived through both. */
  readonly products: readonly TenurePairRow[];
  /** The days compared, both bounds within; null where no cohort has lived through enough of them. See `tenureSpans`. */
  readonly spans: TenureSpans | null;
  /** By cohort and variant, for cohorts that lived through the early span: the unit's mean value per day of that span. */
  readonly early: readonly TenureRow[];
  /** By cohort and variant, for cohorts that lived through both spans: e and l are the unit's mean values per day. */
  readonly both: readonly TenureSpanRow[];
  /** By cohort and variant, for cohorts that lived through `spans.trend`: y is the unit's own least-squares slope per day. Not for ratios. */
  readonly slopes: readonly TenureRow[];
  /**
   * By phase, variant and pair of weekdays j <= k (1 Monday to 7 Sunday): the unit's mean value on that weekday over its
   * whole weeks, dates entry + 1 to entry + 7 m, m as large as its cohort has lived through, at least 1. Primary metrics
   * only, and not for ratios.
   */
  readonly weekdays: readonly TenurePairRow[];
  /** Units of all variants by cohort and value of each dimension; empty without dimensions. */
  readonly entrants: readonly TenureEntrants[];
  /** By value of each dimension, one dimension at a time; absent without dimensions. */
  readonly segments?: readonly TenureSegment[];
}

/** The rows of one value of a dimension, about the origin of the whole. */
export interface TenureSegment {
  readonly dimension: string;
  readonly value: string;
  /** Runs of the whole's cohorts, with the units of this value. */
  readonly cohorts: readonly TenureCohort[];
  readonly days: readonly TenureDayRow[];
  readonly both: readonly TenureSpanRow[];
}

/** Units with entry dates from `cohort` to `until`, of one phase; the first date is its name. */
export interface TenureCohort {
  readonly cohort: string;
  readonly until: string;
  readonly phase: string;
  /** The last day that all of it have lived through; below the first day if none. */
  readonly lastDay: number;
  /** Units by variant. */
  readonly units: Readonly<Record<string, number>>;
}

/** Sums over the units of one cohort and variant. */
export interface TenureRow {
  readonly cohort: string;
  readonly variant: string;
  readonly n: number;
  readonly y: number;
  readonly yy: number;
  readonly w?: number;
  readonly ww?: number;
  readonly yw?: number;
}

/** The same of one tenure day. */
export interface TenureDayRow extends TenureRow {
  readonly day: number;
}

/** Sums over the units that have both: y and w of j, z and v of k, and their products. */
export interface TenurePairRow {
  readonly phase: string;
  readonly variant: string;
  readonly j: number;
  readonly k: number;
  readonly n: number;
  readonly y: number;
  readonly z: number;
  readonly yz: number;
  readonly w?: number;
  readonly v?: number;
  readonly wv?: number;
  readonly yv?: number;
  readonly wz?: number;
}

/** Sums over units of the mean values per day in both spans: e and l; of a ratio's denominator f and m. */
export interface TenureSpanRow {
  readonly cohort: string;
  readonly variant: string;
  readonly n: number;
  readonly e: number;
  readonly l: number;
  readonly ee: number;
  readonly ll: number;
  readonly el: number;
  readonly f?: number;
  readonly m?: number;
  readonly ff?: number;
  readonly mm?: number;
  readonly fm?: number;
  readonly ef?: number;
  readonly lm?: number;
  readonly em?: number;
  readonly lf?: number;
}

/** Units of all variants together. */
export interface TenureEntrants {
  readonly dimension: string;
  readonly value: string;
  readonly cohort: string;
  readonly n: number;
}

/** First and last day of each span. */
export interface TenureSpans {
  readonly early: readonly [number, number];
  readonly late: readonly [number, number];
  /** The days of the units' slopes: whole weeks where there are two or more. */
  readonly trend: readonly [number, number];
}
