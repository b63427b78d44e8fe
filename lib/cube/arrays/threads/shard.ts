import type {NumberColumn} from "../../engines/engine.ts";
import type {Numbered} from "../../sql/increments.ts";
import type {Part, Scale} from "../../sql/totals.ts";
import {isEarlier, partsOf} from "../../sql/totals.ts";
import type {TenureColumn} from "../../tenure/tenureSql.ts";
import type {AllHits} from "../hits/allHits.ts";
import {dailyIncrements} from "../sums/dailyIncrements.ts";
import type {ExactTable} from "../sums/exactRows.ts";
import {tableOf} from "../sums/exactRows.ts";
import type {LargestUnits} from "../sums/largestTotals.ts";
import {activeByVariant, largestOf, largestTotalOf, largestUnits} from "../sums/largestTotals.ts";
import type {BinGroups} from "../../bins.ts";
import type {MatureRowsOptions} from "../sums/matureRows.ts";
import {matureRows} from "../sums/matureRows.ts";
import type {MeasuredLook} from "../sums/measuredValues.ts";
import {valueCounts, valueIncrements, valueRange} from "../sums/measuredValues.ts";
import type {Span} from "../hits/placedUnits.ts";
import type {Reached} from "../hits/reachedHits.ts";
import {reachedHits} from "../hits/reachedHits.ts";
import {tenureHits} from "../sums/tenureHits.ts";
import type {TenureOptions} from "../sums/tenureRows.ts";
import {tenureRows} from "../sums/tenureRows.ts";
import type {WeekdayOptions} from "../sums/weekdayRows.ts";
import {weekdayRows} from "../sums/weekdayRows.ts";
import {inSteps, unitHits} from "../hits/unitHits.ts";
import {totalColumns, totalsByPlace, unitTotals} from "../sums/unitTotals.ts";

/** Columns of a table of numbers, by name. */
export type NumberColumns = Record<string, NumberColumn>;

/** The sums of what units did on their days. */
export interface TenureTables {
  readonly days: ExactTable;
  readonly products: ExactTable;
  /** Null where no spans are compared. */
  readonly spans: ExactTable | null;
}

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
   * @param options with what units bring along by place among all units, and the parts of all metrics that are one number of a
   * unit: these are added up once, whichever metrics are asked for first
   */
  mature(
    metrics: readonly Numbered[],
    options: Omit<MatureRowsOptions, "totals"> & {readonly parts: readonly Part[]}
  ): ExactTable;
  /** Returns the rows of `tenureRows`: of what units did on each of their tenure days. */
  tenure(columns: readonly TenureColumn[], scale: Pick<Scale, "asOf">, options: TenureOptions): TenureTables;
  /** Returns the rows of `weekdayRows`: of what units did on each date. */
  weekdays(
    columns: readonly TenureColumn[],
    scale: Pick<Scale, "asOf">,
    options: WeekdayOptions
  ): {sums: ExactTable; products: ExactTable};
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
  let once: ReadonlyMap<string, Float64Array> = new Map();
  /** Totals of some parts, added up unless they were before. */
  const totalsOf = (parts: readonly Part[], all: readonly Part[], scale: Pick<Scale, "asOf">): typeof once => {
    if (!parts.every(({column}) => once.has(column))) once = totalsByPlace(hits, all, scale);
    return once;
  };
  // The totals of units that run on are found on the way to their increments.
  const running = new Map<string, LargestUnits>();
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
      const parts = metrics
        .flatMap(({metric, index}) => partsOf(metric, index))
        .filter(({letter}) => isEarlier(letter));
      const totals = totalsOf(parts, parts, scale);
      const {rows, largest} = dailyIncrements(hits, metrics, {scale, totals, fixed: ownOf(fixed)});
      for (const [column, found] of largest) running.set(column, found);
      return tableOf(rows);
    },
    mature(metrics, {parts, ...options}) {
      const own = metrics.flatMap(({metric, index}) => partsOf(metric, index));
      const totals = totalsOf(own, parts, options.scale);
      return tableOf(matureRows(hits, metrics, {...options, totals, fixed: ownOf(options.fixed)}));
    },
    tenure(columns, scale, options) {
      // Nobody asks for them any more.
      once = new Map();
      const {days, products, spans} = tenureRows(hits, tenureHits(hits, columns, scale, {key: "k"}), options);
      return {days: tableOf(days), products: tableOf(products), spans: spans === null ? null : tableOf(spans)};
    },
    weekdays(columns, scale, options) {
      const {sums, products} = weekdayRows(hits, tenureHits(hits, columns, scale, {key: "day"}), options);
      return {sums: tableOf(sums), products: tableOf(products)};
    },
    largestUnits(parts, options) {
      const isKnown = options.running && parts.every(({column}) => running.has(column));
      return isKnown ? new Map(running) : largestUnits(hits, parts, options);
    },
    valueRange: (look, few) => valueRange(hits, own(look), few),
    valueCounts: (look, edges) => valueCounts(hits, own(look), edges),
    valueIncrements: (look, edges) => valueIncrements(hits, own(look), edges),
    active: (asOf) => activeByVariant(hits, asOf)
  };
}
