import {addMoments, momentsFromSums, momentsOf} from "../../stats/index.ts";
import type {Moments, UnitValues} from "../../stats/index.ts";
import type {Experiment, Metric, Metrics} from "../definition/definition.ts";
import {crossoverReason} from "../health/crossovers.ts";
import {emptyMemory} from "../history/memory.ts";
import type {Readout} from "../readout.ts";
import {readoutOf} from "../readoutOf.ts";
import {contractPrefix, summaryContracts} from "../summaryContracts.ts";
import type {ArmMoments, ExcludedInput, ExperimentSums, MetricSums} from "../sums.ts";
import {definitionText} from "./definitionText.ts";
import type {TryMapping, TryMetric} from "./mapping.ts";
import {maximumVariants} from "./mapping.ts";
import type {TryTable} from "./profileColumns.ts";
import {dayOf, textOf} from "./profileColumns.ts";
import {hasDecimalComma, readNumber} from "./readNumber.ts";

/** What is known of the file beside its cells. */
export interface TryFile {
  readonly name: string;
  /** The day that a file without dates is read as of. */
  readonly today: string;
}

/** Days that a file may span for a path by day. */
const maximumDays = 400;
/** Values of a dimension that are kept; the rest is `other`. */
const maximumValues = 20;

/**
 * Returns the readout of a file whose columns were mapped, by the functions that the build uses: as of its last day, as
 * an experiment that has ended, under a fixed design. Nothing is left out silently: rows that do not count are in
 * `input.excluded`.
 *
 * @throws {RangeError} in words for a reader if the mapping cannot give a readout: no metric, one variant, a missing column
 */
export function tryReadout(table: TryTable, mapping: TryMapping, file: TryFile): Readout {
  checkMapping(table, mapping);
  const rows = mapping.shape === "units" ? unitRows(table, mapping) : summaryRows(table, mapping);
  const variants = variantsOf(mapping);
  const dates = [...new Set(rows.kept.flatMap(({date}) => (date === null ? [] : [date])))].sort();
  const asOf = dates.at(-1) ?? file.today;
  const start = dates[0] ?? file.today;
  const days = daysFrom(dates);
  const dimensions = dimensionValues(rows.kept, mapping);
  const excluded = [...rows.excluded];
  const metrics = Object.fromEntries(
    mapping.metrics.map((metric) => {
      const {sums, left} = metricSums(rows.kept, metric, mapping, {days, dimensions});
      if (left > 0)
        excluded.push({reason: `${metric.column}: empty or not a number`, fact: null, rows: left, units: left});
      return [metric.column, sums];
    })
  );
  const sums: ExperimentSums = {
    asOf,
    units: unitsBy(rows.kept, variants),
    metrics,
    traffic: days.map((date) => ({
      date,
      units: unitsBy(
        rows.kept.filter((row) => row.date === date),
        variants
      )
    })),
    entryHours: [],
    segmentUnits: mapping.dimensions.flatMap((dimension, d) =>
      (dimensions[d] ?? []).map((value) => ({
        dimension,
        value,
        units: unitsBy(
          rows.kept.filter((row) => row.cell[d] === value),
          variants
        )
      }))
    ),
    activeUnits: null,
    largestShare: mapping.shape === "units" ? largestShares(rows.kept, mapping) : {},
    excluded,
    rows: table.length,
    hash: "",
    sql: null,
    coarsened: null
  };
  const experiment = experimentOf(mapping, file, {start, asOf, dated: dates.length > 0});
  const {readout} = readoutOf({
    experiment,
    metrics: metricsOf(mapping),
    sums,
    memory: emptyMemory,
    runId: "",
    definition: {date: start, hash: "", parts: {}, text: definitionText(mapping, file, {start, asOf})}
  });
  return {...readout, changes: [], timeline: []};
}

/** One row that counts: a unit, or a line of a summary. */
interface Row {
  readonly variant: string;
  readonly date: string | null;
  /** The value of each dimension. */
  readonly cell: readonly string[];
  readonly units: number;
  /** By metric, in the mapping's order; null where it does not count for the metric. */
  readonly values: readonly (UnitValues | Moments | null)[];
}

interface Rows {
  readonly kept: Row[];
  readonly excluded: ExcludedInput[];
}

function checkMapping({columns}: TryTable, mapping: TryMapping): void {
  const {variant, control, count, unit, date, dimensions, metrics, shape, weights} = mapping;
  const named = [
    variant,
    count,
    unit,
    date,
    ...dimensions,
    ...metrics.flatMap((m) => [m.column, m.spread?.column, m.denominator, m.covariate])
  ];
  for (const name of named)
    if (name != null && !Object.hasOwn(columns, name)) throw new RangeError(`missing column: ${name}`);
  const keys = Object.keys(weights);
  for (const name of [...keys, ...named])
    if (name != null && name in Object.prototype) throw new RangeError(`a variant or column cannot be called ${name}`);
  if (keys.length < 2) throw new RangeError(`the column ${variant} holds fewer than two variants`);
  if (keys.length > maximumVariants)
    throw new RangeError(
      `the column ${variant} holds ${keys.length} variants; at most ${maximumVariants} can be compared`
    );
  if (!keys.includes(control)) throw new RangeError(`no row is of the control: ${control}`);
  if (Math.abs(Object.values(weights).reduce((a, b) => a + b, 0) - 1) > 1e-6)
    throw new RangeError("the planned shares do not add up to 100%");
  if (Object.values(weights).some((weight) => !(weight > 0))) throw new RangeError("a planned share is not above 0%");
  if (metrics.length === 0) throw new RangeError("no column is chosen as a metric");
  if (!metrics.some(({role}) => role === "primary")) throw new RangeError("no metric is chosen as the primary one");
  if (shape === "summary" && count === null) throw new RangeError("no column is chosen for the number of units");
  for (const {column, kind, spread, denominator} of metrics) {
    if (shape === "summary" && kind === "mean" && spread === null)
      throw new RangeError(`${column} is a mean, whose spread no column gives; choose one, or make it a proportion`);
    if (shape === "summary" && kind === "ratio")
      throw new RangeError(`${column} is a ratio, which needs one row per unit`);
    if (shape === "units" && kind === "ratio" && denominator === null)
      throw new RangeError(`${column} is a ratio; choose the column below the line`);
  }
}

/** The control first. */
function variantsOf({weights, control}: TryMapping): string[] {
  return [control, ...Object.keys(weights).filter((key) => key !== control)];
}

function unitRows({columns, length}: TryTable, mapping: TryMapping): Rows {
  const {metrics, dimensions, empty} = mapping;
  const known = new Set(Object.keys(mapping.weights));
  const cells = (name: string | null) => (name === null ? undefined : columns[name]);
  const [variants, ids, dates] = [cells(mapping.variant), cells(mapping.unit), cells(mapping.date)];
  const readers = metrics.map((metric) => ({
    kind: metric.kind,
    y: reader(cells(metric.column)),
    w: metric.kind === "ratio" ? reader(cells(metric.denominator)) : null,
    x: metric.covariate === null ? null : reader(cells(metric.covariate))
  }));
  const seen = new Map<string, string>();
  const crossed = new Set<string>();
  if (ids !== undefined)
    for (let i = 0; i < length; ++i) {
      const [id, variant] = [textOf(ids[i]), textOf(variants?.[i])];
      if (id === "" || !known.has(variant)) continue;
      const first = seen.get(id);
      if (first === undefined) seen.set(id, variant);
      else if (first !== variant) crossed.add(id);
    }
  const counts = {unknown: 0, crossed: 0, repeated: 0, undated: 0, unnamed: 0};
  const kept: Row[] = [];
  const done = new Set<string>();
  for (let i = 0; i < length; ++i) {
    const variant = textOf(variants?.[i]);
    if (!known.has(variant)) {
      counts.unknown++;
      continue;
    }
    if (ids !== undefined) {
      const id = textOf(ids[i]);
      if (id === "") counts.unnamed++;
      else if (crossed.has(id)) counts.crossed++;
      else if (done.has(id)) counts.repeated++;
      if (id === "" || crossed.has(id) || done.has(id)) continue;
      done.add(id);
    }
    const date = dates === undefined ? null : dayOf(dates[i]);
    if (dates !== undefined && date === null) {
      counts.undated++;
      continue;
    }
    kept.push({
      variant,
      date,
      cell: dimensions.map((name) => textOf(columns[name]?.[i]) || "unknown"),
      units: 1,
      values: readers.map(({kind, y, w, x}): UnitValues | null => {
        const value = y(i) ?? (empty === "zero" ? 0 : null);
        if (value === null || (kind === "proportion" && value !== 0 && value !== 1)) return null;
        const below = w === null ? 0 : (w(i) ?? (empty === "zero" ? 0 : null));
        // A unit without a value from before has 0 there: new units have no past.
        return below === null ? null : {y: value, w: below, x: x === null ? 0 : (x(i) ?? 0)};
      })
    });
  }
  const reasons: [string, number, number | null][] = [
    ["without a variant", counts.unknown, null],
    ["without a unit", counts.unnamed, null],
    [crossoverReason, counts.crossed, crossed.size],
    ["repeated-unit", counts.repeated, null],
    ["without a date", counts.undated, null]
  ];
  return {
    kept,
    excluded: reasons
      .filter(([, rows]) => rows > 0)
      .map(([reason, rows, units]) => ({reason, words: wordsOf(reason), fact: null, rows, units}))
  };
}

function summaryRows({columns, length}: TryTable, mapping: TryMapping): Rows {
  const {metrics, dimensions, control} = mapping;
  const known = new Set(Object.keys(mapping.weights));
  const cells = (name: string | null) => (name === null ? undefined : columns[name]);
  const [variants, dates] = [cells(mapping.variant), cells(mapping.date)];
  const users = reader(cells(mapping.count));
  const readers = metrics.map((metric) => ({
    ...metric,
    y: reader(cells(metric.column)),
    by: metric.spread === null ? null : reader(cells(metric.spread.column))
  }));
  const kept: Row[] = [];
  const excluded: ExcludedInput[] = [];
  let [unknown, undated] = [0, 0];
  for (let i = 0; i < length; ++i) {
    const variant = textOf(variants?.[i]);
    const date = dates === undefined ? null : dayOf(dates[i]);
    if (!known.has(variant)) unknown++;
    else if (dates !== undefined && date === null) undated++;
    else {
      const n = users(i);
      const summed = readers.map((metric) => ({metric, ...sumsIn(metric, i, n ?? 0)}));
      const where = `row ${i + 1}`;
      const broken = summaryContracts(
        [
          {
            variant,
            where,
            users: n,
            metrics: Object.fromEntries(
              summed.map(({metric, y, yy}) => [
                metric.column,
                metric.kind === "proportion"
                  ? {sum: y === null ? null : rounded(y), conversions: true}
                  : {sum: y, squares: yy, conversions: false}
              ])
            )
          }
        ],
        {control: variant, variants: [variant]}
      );
      for (const {text} of broken)
        excluded.push({reason: `${contractPrefix}${text}`, fact: null, rows: 1, units: null});
      if (broken.length > 0 || n === null) continue;
      kept.push({
        variant,
        date,
        cell: dimensions.map((name) => textOf(columns[name]?.[i]) || "unknown"),
        units: n,
        values: summed.map(({moments}) => moments)
      });
    }
  }
  for (const [reason, rows] of [
    ["without a variant", unknown],
    ["without a date", undated]
  ] as const)
    if (rows > 0) excluded.push({reason, fact: null, rows, units: null});
  if (!kept.some((row) => row.variant === control))
    excluded.push({reason: `${contractPrefix}missing control arm: ${control}`, fact: null, rows: 0, units: null});
  return {kept, excluded};
}

/** The sums that a line of a summary stands for; taken about the line's own mean, so that a small spread survives. */
function sumsIn(
  {kind, form, spread, y: value, by}: TryMetric & {y: Reader; by: Reader | null},
  i: number,
  n: number
): {y: number | null; yy: number | null; moments: Moments | null} {
  const given = value(i);
  if (given === null) return {y: null, yy: null, moments: null};
  if (kind === "proportion") {
    const y = form === "total" ? given : rounded((given > 1 ? given / 100 : given) * n);
    return {y, yy: y, moments: y >= 0 && y <= n ? momentsFromSums(n, {y, yy: y}) : null};
  }
  const s = by?.(i) ?? null;
  const mean = form === "mean" ? given : n > 0 ? given / n : 0;
  if (s === null || s < 0) return {y: mean * n, yy: null, moments: null};
  if (spread?.form === "sum-of-squares") return {y: mean * n, yy: s, moments: momentsFromSums(n, {y: mean * n, yy: s})};
  const variance = spread?.form === "variance" ? s : spread?.form === "standard-error" ? s * s * n : s * s;
  const within = variance * Math.max(0, n - 1);
  return {y: mean * n, yy: within + mean * mean * n, moments: momentsFromSums(n, {yy: within}, {y: mean})};
}

/** A rate times the units is a whole number up to the digits that the rate was given with. */
function rounded(value: number): number {
  return Math.round(value);
}

type Reader = (i: number) => number | null;

function reader(values: readonly unknown[] | undefined): Reader {
  if (values === undefined) return () => null;
  const decimalComma = hasDecimalComma(values);
  return (i) => readNumber(values[i], {decimalComma});
}

/** The values of each dimension, most units first, rare ones merged into `other` in the rows' own cells. */
function dimensionValues(rows: Row[], {dimensions}: TryMapping): string[][] {
  return dimensions.map((_, d) => {
    const units = new Map<string, number>();
    for (const {cell, units: n} of rows) units.set(cell[d] ?? "", (units.get(cell[d] ?? "") ?? 0) + n);
    const sorted = [...units].sort((a, b) => b[1] - a[1]).map(([value]) => value);
    if (sorted.length <= maximumValues) return sorted;
    const kept = new Set(sorted.slice(0, maximumValues - 1).filter((value) => value !== "other"));
    rows.forEach((row, i) => {
      if (!kept.has(row.cell[d] ?? "")) rows[i] = {...row, cell: row.cell.with(d, "other")};
    });
    return [...kept, "other"];
  });
}

function daysFrom(dates: readonly string[]): string[] {
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return [];
  const count = (Date.parse(last) - Date.parse(first)) / 86_400_000 + 1;
  if (count > maximumDays) return [...dates];
  return Array.from({length: count}, (_, k) => new Date(Date.parse(first) + k * 86_400_000).toISOString().slice(0, 10));
}

function metricSums(
  rows: readonly Row[],
  {column}: TryMetric,
  {metrics, dimensions: names}: TryMapping,
  {days, dimensions}: {days: readonly string[]; dimensions: readonly (readonly string[])[]}
): {sums: MetricSums; left: number} {
  const m = metrics.findIndex((metric) => metric.column === column);
  const counting = rows.filter(({values}) => values[m] !== null);
  const origin = originOf(counting, m);
  const arms = armsOf(counting, m, origin);
  const byDay = groupBy(counting, ({date}) => date);
  const path: MetricSums["days"][number][] = [];
  let soFar: ArmMoments = {};
  for (const date of days) {
    const added = byDay.get(date);
    if (added !== undefined) soFar = addArms(soFar, armsOf(added, m, origin));
    if (Object.keys(soFar).length > 0) path.push({date, arms: soFar, strata: [{phase: "start", arms: soFar}]});
  }
  return {
    sums: {
      arms,
      days: path,
      segments: dimensions.flatMap((values, d) => {
        const groups = groupBy(counting, ({cell}) => cell[d] ?? "");
        return values.map((value) => ({
          dimension: names[d] ?? "",
          value,
          arms: armsOf(groups.get(value) ?? [], m, origin)
        }));
      }),
      strata: [{phase: "start", arms}],
      exactFrom: null
    },
    left: rows.length - counting.length
  };
}

/** A constant near the values, so that a small spread around a large mean survives; that of units only. */
function originOf(rows: readonly Row[], m: number): {y: number} | Record<string, never> {
  const first = rows[0]?.values[m];
  return first == null || "origin" in first || first.y === 0 || first.y === 1 ? {} : {y: first.y};
}

function armsOf(rows: readonly Row[], m: number, origin: {y?: number}): ArmMoments {
  const arms: Record<string, Moments> = {};
  for (const [variant, own] of groupBy(rows, (row) => row.variant)) {
    const units: UnitValues[] = [];
    for (const {values} of own) {
      const value = values[m];
      if (value == null) continue;
      if ("origin" in value) arms[variant] = arms[variant] === undefined ? value : addMoments(arms[variant], value);
      else units.push(value);
    }
    if (units.length > 0) arms[variant] = momentsOf(units, origin);
  }
  return arms;
}

function addArms(a: ArmMoments, b: ArmMoments): ArmMoments {
  const both = {...a};
  for (const [variant, moments] of Object.entries(b)) {
    const known = both[variant];
    both[variant] = known === undefined ? moments : addMoments(known, moments);
  }
  return both;
}

function unitsBy(rows: readonly Row[], variants: readonly string[]): Record<string, number> {
  const units = Object.fromEntries(variants.map((key) => [key, 0]));
  for (const {variant, units: n} of rows) units[variant] = (units[variant] ?? 0) + n;
  return units;
}

function largestShares(rows: readonly Row[], {metrics}: TryMapping): Record<string, number> {
  const steps = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01];
  return Object.fromEntries(
    metrics.flatMap(({column, kind}, m) => {
      if (kind === "proportion") return [];
      let [largest, total] = [0, 0];
      for (const {values} of rows) {
        const y = Math.abs(values[m]?.y ?? 0);
        largest = Math.max(largest, y);
        total += y;
      }
      return total > 0 ? [[column, steps.find((step) => largest / total >= step) ?? 0]] : [];
    })
  );
}

function experimentOf(
  {weights, control, dimensions, metrics, alpha, minimumEffect}: TryMapping,
  {name}: TryFile,
  {start, asOf, dated}: {start: string; asOf: string; dated: boolean}
): Experiment {
  const primary = metrics.filter(({role}) => role === "primary").map(({column}) => column);
  const [first] = primary;
  return {
    id: "try",
    title: name,
    tags: [],
    status: "stopped",
    start,
    ...(dated ? {end: asOf} : {}),
    timezone: "UTC",
    exposures: "file",
    variants: Object.fromEntries(
      Object.entries(weights).map(([key, weight]) => [
        key,
        {role: key === control ? ("control" as const) : ("treatment" as const), weight}
      ])
    ),
    dimensions: Object.fromEntries(dimensions.map((column) => [column, {column, top: maximumValues}])),
    metrics: {
      primary,
      secondary: metrics.filter(({role}) => role === "secondary").map(({column}) => column),
      guardrails: metrics.filter(({role}) => role === "guardrail").map(({column}) => ({metric: column}))
    },
    minimumEffect:
      minimumEffect === null || first === undefined
        ? {}
        : {[first]: `${Number((minimumEffect * 100).toPrecision(6))}%`},
    alpha,
    power: 0.8,
    alternative: "two-sided",
    correction: "holm",
    design: {method: "fixed", spending: "obrien-fleming", looks: "nightly", futility: false},
    phases: [],
    crossovers: {warning: "0.1%", blocked: "1%"},
    minimumUnits: 1,
    budget: 20000,
    labels: "readout",
    pin: false
  };
}

function metricsOf({metrics}: TryMapping): Metrics {
  return Object.fromEntries(
    metrics.map(({column, kind, direction, covariate, denominator}): [string, Metric] => [
      column,
      {
        kind,
        direction,
        negative: "keep",
        description:
          kind === "proportion"
            ? `Share of units with ${column}.`
            : kind === "ratio"
              ? `Sum of ${column} over the sum of ${denominator}.`
              : `Mean of ${column} over units.`,
        ...(covariate === null ? {} : {covariate: {column: covariate}})
      }
    ])
  );
}

function wordsOf(reason: string): string {
  if (reason === crossoverReason) return "units seen in two variants";
  return reason === "repeated-unit" ? "a unit's second and later rows" : reason;
}

function groupBy<Item, Key>(items: readonly Item[], key: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const own = key(item);
    const group = groups.get(own);
    if (group === undefined) groups.set(own, [item]);
    else group.push(item);
  }
  return groups;
}
