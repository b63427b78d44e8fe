import type {TenureSums} from "./novelty/tenureSums.ts";
import type {Moments} from "../stats/moments.ts";
import type {QuantileBins} from "../stats/quantileBins.ts";

/** Moments of each variant that has units, by variant key. */
export type ArmMoments = Readonly<Record<string, Moments>>;

/** The sums of one entry phase, or of all units: by variant, with a sketch of the values for quantile metrics. */
export interface Stratum {
  readonly phase: string;
  readonly arms: ArmMoments;
  /** By variant, for quantile metrics. */
  readonly sketches?: Readonly<Record<string, QuantileBins>>;
}

/** What is known of one metric, all from published rows. */
export interface MetricSums {
  /** As of the readout's day. */
  readonly arms: ArmMoments;
  /** As of the end of each day since the start, oldest first, without gaps; strata as below. */
  readonly days: readonly {
    readonly date: string;
    readonly arms: ArmMoments;
    readonly strata: readonly Stratum[];
  }[];
  /** By value of each dimension, as of the readout's day; by entry phase, too, where there are several. */
  readonly segments: readonly (Omit<Stratum, "phase"> & {
    readonly dimension: string;
    readonly value: string;
    readonly strata?: readonly Stratum[];
  })[];
  /** By entry phase, as of the readout's day; one entry without phases. */
  readonly strata: readonly Stratum[];
  /** The last day on which the whole-variant sums are exact; null if nothing is published. */
  readonly exactFrom: string | null;
}

/** New units of one day, by variant. */
export interface TrafficDay {
  readonly date: string;
  readonly units: Readonly<Record<string, number>>;
}

/** Rows that do not count, and why. */
export interface ExcludedInput {
  readonly reason: string;
  /** The reason in words; default: the reason itself. */
  readonly words?: string;
  readonly fact: string | null;
  readonly rows: number;
  readonly units: number | null;
  readonly byVariant?: Readonly<Record<string, number>>;
}

/** The sums of one arm's rewards. */
export interface RewardSums {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
}

/** Units of a bandit that entered in one slice of time, by variant. */
export interface BanditSlice {
  /** When it begins, in the experiment's timezone: a date, or 2026-01-31T13:30. */
  readonly time: string;
  readonly units: Readonly<Record<string, number>>;
  /** The probability of each variant; null where they were not logged. */
  readonly probabilities: Readonly<Record<string, number>> | null;
}

/** What a bandit's log comes down to: units and their rewards by slices of entry time. Not published as it is. */
export interface BanditSums {
  /** Minutes of a slice: the longest in which every variant has one probability; a day where none was logged. */
  readonly minutes: number;
  /** Why there are no probabilities; null where there are. */
  readonly reason: string | null;
  /** Oldest first; without those in which nobody entered. */
  readonly slices: readonly BanditSlice[];
  /** Rewards by metric, as of the readout's day, of the units whose window is over: one entry for each slice. */
  readonly metrics: Readonly<
    Record<
      string,
      {
        readonly binary: boolean;
        readonly arms: readonly Readonly<Record<string, RewardSums>>[];
      }
    >
  >;
}

/** All that a readout is computed from: no log, no unit, no clock. */
export interface ExperimentSums {
  /** Last complete day in the experiment's timezone; null without any exposure. */
  readonly asOf: string | null;
  /** Exposed units by variant that count. */
  readonly units: Readonly<Record<string, number>>;
  readonly metrics: Readonly<Record<string, MetricSums>>;
  /** Sums over tenure days, by metric; absent where the input has none. */
  readonly tenure?: Readonly<Record<string, TenureSums>>;
  readonly traffic: readonly TrafficDay[];
  /** New units per hour of entry (0 to 23) and variant. */
  readonly entryHours: readonly {readonly hour: number; readonly units: Readonly<Record<string, number>>}[];
  /** Units by value of each dimension and variant. */
  readonly segmentUnits: readonly {
    readonly dimension: string;
    readonly value: string;
    readonly units: Readonly<Record<string, number>>;
  }[];
  /** For an experiment whose traffic follows the result. */
  readonly bandit?: BanditSums | null;
  /** Exposed units with any event of the facts in use, by variant; null where the input is no log of events. */
  readonly activeUnits: Readonly<Record<string, number>> | null;
  /** The largest share of a metric's total that one unit carries, in steps of 1%, 2%, 5%, 10%, 20%, 50%; 0 below 1%. */
  readonly largestShare: Readonly<Record<string, number>>;
  readonly excluded: readonly ExcludedInput[];
  /** Rows read. */
  readonly rows: number;
  /** Content hash of the input sums. */
  readonly hash: string;
  readonly sql: string | null;
  readonly coarsened: string | null;
}
