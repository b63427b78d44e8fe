import {join} from "node:path";
import type {Experiment} from "../../experiment/definition/definition.ts";
import type {Dialect} from "../dialects/dialect.ts";
import type {Attribute, Stream} from "../plan.ts";
import type {StageOptions} from "../sql/stage.ts";
import {conditionsOf, valuesOf, variantOf} from "../sql/stage.ts";
import type {StoredFact} from "./factStore.ts";
import {conditionColumn, dimensionColumn, hasWholeUnits, numberColumn, physicalName} from "./storedColumns.ts";

/** What the checkpoint of a fact says of all its rows. */
export interface StoredProfile {
  readonly rows: number;
  readonly from: number;
  readonly to: number;
  /** Whether no timestamp has a time of day. */
  readonly calendar: boolean;
  /** Rows without an id, and those with one but without a time. */
  readonly blank: number;
  readonly timeless: number;
  /** Rows that may be equal to another. */
  readonly ties: number;
}

/** Returns what is known of a stored fact without reading it. */
export function profileOf({checkpoint}: StoredFact): StoredProfile {
  const partitions = Object.values(checkpoint.partitions);
  const sum = (value: (partition: (typeof partitions)[number]) => number) =>
    partitions.reduce((total, partition) => total + value(partition), 0);
  const times = partitions.flatMap(({from, to}) => (from === null || to === null ? [] : [[from, to] as const]));
  const none = checkpoint.partitions.none;
  return {
    rows: sum(({rows}) => rows),
    from: times.reduce((least, [from]) => Math.min(least, from), times[0]?.[0] ?? 0),
    to: times.reduce((most, [, to]) => Math.max(most, to), times[0]?.[1] ?? 0),
    calendar: partitions.every(({timed}) => !timed),
    blank: sum(({blank}) => blank),
    timeless: none === undefined ? 0 : none.rows - none.blank,
    ties: sum(({ties}) => ties)
  };
}

/** Returns what may stand after FROM to read the days of a stored fact; null without any row, or one of the columns. */
function storedRows(
  dialect: Dialect,
  {checkpoint, folder}: StoredFact,
  columns: readonly string[],
  days: (day: string) => boolean = () => true
): string | null {
  if (columns.some((name) => !(name in checkpoint.columns))) return null;
  const files = Object.entries(checkpoint.partitions).flatMap(([day, {file}]) =>
    days(day) ? [dialect.literal(join(folder, file))] : []
  );
  return files.length === 0 ? null : `read_parquet([${files.join(", ")}])`;
}

/** Returns a SELECT of an events fact as it is staged for some streams: the same rows and columns. */
export function storedEvents(
  dialect: Dialect,
  stored: StoredFact,
  streams: readonly Stream[],
  {
    where = "true",
    distinct = false,
    days,
    ...options
  }: StageOptions & {where?: string; distinct?: boolean; days?: (day: string) => boolean} = {}
): string | null {
  const {fact} = stored;
  const values = valuesOf(fact, streams).map(numberColumn);
  const conditions = conditionsOf(streams).map(conditionColumn);
  const named = ["unit", "t", ...(fact.event === undefined ? [] : ["event"])];
  const rows = storedRows(dialect, stored, [...named, ...values, ...conditions], days);
  if (rows === null) return null;
  const columns = [
    storedUnit(dialect, stored, options),
    ...named.slice(1),
    ...values.map((name, i) => `${physicalName(name)} AS v${i}`),
    ...conditions.map((name, i) => `${physicalName(name)} AS c${i}`)
  ];
  return `SELECT ${distinct ? "DISTINCT " : ""}${columns.join(", ")} FROM ${rows} WHERE ${where}`;
}

/** Returns a SELECT of the exposures of one experiment as they are staged: the same rows and columns. */
export function storedExposures(
  dialect: Dialect,
  stored: StoredFact,
  experiment: Experiment,
  attributes: readonly Attribute[],
  {where = "true", days, ...options}: StageOptions & {where?: string; days?: (day: string) => boolean} = {}
): string | null {
  const dimensions = Object.entries(experiment.dimensions).flatMap(([key, dimension], i) =>
    dimension.fact === undefined ? [[dimensionColumn(key, dimension), `d${i}`] as const] : []
  );
  const numbers = attributes.map(({id, column}) => [numberColumn(column), id] as const);
  const brought = [...dimensions, ...numbers];
  const ofMany = stored.fact.experiment === undefined ? [] : ["experiment"];
  const named = ["unit", "t", "variant", ...ofMany, ...brought.map(([name]) => name)];
  const rows = storedRows(dialect, stored, named, days);
  if (rows === null) return null;
  const columns = [
    storedUnit(dialect, stored, options),
    "t",
    `${variantOf(dialect, experiment, "variant")} AS variant`,
    ...brought.map(([name, as]) => `${physicalName(name)} AS ${as}`)
  ];
  const own = (experiment.experiment ?? experiment.id).trim();
  const mine = stored.fact.experiment === undefined ? "" : ` AND experiment = ${dialect.literal(own)}`;
  return `SELECT ${columns.join(", ")} FROM ${rows} WHERE ${where}${mine}`;
}

/** The ids of units as all facts of an experiment have them: whole numbers are stored as such. */
function storedUnit(dialect: Dialect, {fact, checkpoint}: StoredFact, {wholeUnits = false}: StageOptions): string {
  return wholeUnits || !hasWholeUnits(dialect, fact, checkpoint.relation) ? "unit" : "CAST(unit AS VARCHAR) AS unit";
}
