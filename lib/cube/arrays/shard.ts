import type {NumberColumn} from "../engines/engine.ts";
import type {Numbered} from "../sql/increments.ts";
import type {Part, Scale} from "../sql/totals.ts";
import {isEarlier, partsOf} from "../sql/totals.ts";
import type {TenureColumn} from "../tenure/tenureSql.ts";
import type {AllHits} from "./allHits.ts";
import {dailyIncrements} from "./dailyIncrements.ts";
import type {ExactTable} from "./exactRows.ts";
import {tableOf} from "./exactRows.ts";
import type {LargestUnits} from "./largestTotals.ts";
import {activeByVariant, largestOf, largestTotalOf, largestUnits} from "./largestTotals.ts";
import type {BinGroups} from "../bins.ts";
import type {MatureRowsOptions} from "./matureRows.ts";
import {matureRows} from "./matureRows.ts";
import type {MeasuredLook} from "./measuredValues.ts";
import {valueCounts, valueIncrements, valueRange} from "./measuredValues.ts";
import type {Span} from "./placedUnits.ts";
import type {Reached} from "./reachedHits.ts";
import {reachedHits} from "./reachedHits.ts";
import type {TenureHits} from "./tenureHits.ts";
import {tenureHits} from "./tenureHits.ts";
import type {Pair, SpanOptions, WeekdayOptions} from "./tenureSums.ts";
import {dayProducts, dayRows, spanRows, weekdayRows} from "./tenureSums.ts";
import type {UnitHits} from "./unitHits.ts";
import {inSteps, unitHits} from "./unitHits.ts";
import {totalColumns, unitTotals} from "./unitTotals.ts";

/** Columns of a table of numbers, by name. */
export type NumberColumns = Record<string, NumberColumn>;

/** What can be asked of a share of the units. All of it may be asked from another thread. */
export interface Shard {
  /** Returns what `reachedHits` finds in the share. */
  reached(options: Parameters<typeof reachedHits>[1]): Reached[];
  /** Returns the largest absolute value of each stream that is added up. */
  largest(): Record<string, number>;
  /** Returns the largest sums of `largestTotalOf`, by stream, from the exponents of these. */
  largestTotals(exponents: Readonly<Record<string, number>>): Record<string, number>;
  /** Turns values into steps; what follows adds these up. */
  inSteps(scale: Scale): void;
  /** Returns the columns of a table of totals: `u`, and one of each part. */
  totals(parts: readonly Part[], scale: Pick<Scale, "asOf">): NumberColumns;
  /**
   * Returns the rows of `dailyIncrements`.
   *
   * @param fixed what units bring along, in steps, by metric and letter (`0x`) and by place among all units
   */
  increments(metrics: readonly Numbered[], scale: Scale, fixed: ReadonlyMap<string, Float64Array>): ExactTable;
  /**
   * Returns the rows of `matureRows`.
   *
   * @param options with what units bring along by place among all units
   */
  mature(metrics: readonly Numbered[], options: MatureRowsOptions): ExactTable;
  /** Gathers what units did on each of their tenure days, or on each date; what follows is taken from it. */
  tenure(columns: readonly TenureColumn[], scale: Pick<Scale, "asOf">, key: "k" | "day"): void;
  /** Returns the rows of `dayRows`, from tenure days. */
  tenureDays(pairs: readonly Pair[]): ExactTable;
  /** Returns the rows of `dayProducts`, from tenure days. */
  tenureProducts(pairs: readonly Pair[], first: number): ExactTable;
  /** Returns the rows of `spanRows`, from tenure days. */
  tenureSpans(options: SpanOptions): ExactTable;
  /** Returns the rows of `weekdayRows`, from dates. */
  weekdays(options: WeekdayOptions): {sums: ExactTable; products: ExactTable};
  /** Returns what `largestUnits` finds in the share. */
  largestUnits(parts: readonly Part[], options: {asOf: number; running: boolean}): Map<string, LargestUnits>;
  /** Returns what `valueRange` finds in the share. */
  valueRange(look: MeasuredLook, few: number): ReturnType<typeof valueRange>;
  /** Returns what `valueCounts` counts in the share. */
  valueCounts(look: MeasuredLook, groups: BinGroups): Float64Array;
  /** Returns the rows of `valueIncrements`. */
  valueIncrements(look: MeasuredLook, groups: BinGroups): Float64Array;
  /** Returns the variants with the share's units that have any hit since the entry. */
  active(asOf: number): [variant: number, units: number][];
}

/** Returns what a span of the units answers. */
export function openShard(all: AllHits, span: Span): Shard {
  const hits = unitHits(all, span);
  const gathered = new Map<"k" | "day", TenureHits>();
  const days = (key: "k" | "day"): TenureHits => {
    const found = gathered.get(key);
    if (found === undefined) throw new Error(`missing tenure hits by ${key}`);
    return found;
  };
  const ownOf = (fixed: ReadonlyMap<string, Float64Array>): Map<string, Float64Array> =>
    new Map([...fixed].map(([name, values]) => [name, values.subarray(...span)]));
  const own = (look: MeasuredLook): MeasuredLook => ({...look, days: look.days?.subarray(...span) ?? null});
  const ofStreams = (value: (id: string, values: Float64Array) => number): Record<string, number> =>
    Object.fromEntries([...hits.values].map(([id, values]) => [id, value(id, values)]));
  return {
    reached: (options) => reachedHits(hits, options),
    largest: () => ofStreams((_, values) => largestOf(values)),
    largestTotals: (exponents) => ofStreams((id, values) => largestTotalOf(hits, values, exponents[id] ?? 0)),
    inSteps: (scale) => inSteps(hits, scale),
    totals: (parts, scale) => totalColumns(hits, unitTotals(hits, parts, scale)),
    increments(metrics, scale, fixed) {
      const totals = earlierOf(hits, metrics, scale);
      return tableOf(dailyIncrements(hits, metrics, {scale, totals, fixed: ownOf(fixed)}));
    },
    mature: (metrics, options) => tableOf(matureRows(hits, metrics, {...options, fixed: ownOf(options.fixed)})),
    tenure(columns, scale, key) {
      gathered.set(key, tenureHits(hits, columns, scale, {key}));
    },
    tenureDays: (pairs) => tableOf(dayRows(hits, days("k"), pairs)),
    tenureProducts: (pairs, first) => tableOf(dayProducts(hits, days("k"), {pairs, first})),
    tenureSpans: (options) => tableOf(spanRows(hits, days("k"), options)),
    weekdays(options) {
      const {sums, products} = weekdayRows(hits, days("day"), options);
      return {sums: tableOf(sums), products: tableOf(products)};
    },
    largestUnits: (parts, options) => largestUnits(hits, parts, options),
    valueRange: (look, few) => valueRange(hits, own(look), few),
    valueCounts: (look, edges) => valueCounts(hits, own(look), edges),
    valueIncrements: (look, edges) => valueIncrements(hits, own(look), edges),
    active: (asOf) => activeByVariant(hits, asOf)
  };
}

/** The totals before the exposure, of the metrics that have any. */
function earlierOf(hits: UnitHits, metrics: readonly Numbered[], scale: Scale) {
  const parts = metrics.flatMap(({metric, index}) => partsOf(metric, index).filter(({letter}) => isEarlier(letter)));
  return parts.length === 0 ? null : unitTotals(hits, parts, scale);
}
