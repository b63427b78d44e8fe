import type {Fact} from "../../experiment/definition/definition.ts";
import type {Dialect} from "../dialects/dialect.ts";
import {day} from "../dialects/dialect.ts";
import type {Stream} from "../plan.ts";
import type {Offset} from "../zone.ts";
import {dayOf} from "./exposures.ts";
import {matches, valuesOf} from "./stage.ts";
import type {UnitNumbers} from "./unitNumbers.ts";
import {numberOfUnit} from "./unitNumbers.ts";

export interface EventsContext {
  readonly dialect: Dialect;
  readonly fact: Fact;
  /** The staged fact. */
  readonly table: string;
  /** All streams of the fact, as it was staged. */
  readonly staged: readonly Stream[];
  /** The experiment's streams of the fact. */
  readonly streams: readonly Stream[];
  /** The days of the events. */
  readonly offsets: readonly Offset[];
  /** Whether only dates can be compared, since the exposures or the events have no time of day. */
  readonly calendar: boolean;
  /** The table of units to join; default: `units`. */
  readonly units?: string;
  /** Whether rows also get the `owner`, the number of their unit, whether it counts or not, and the day it `entered`. */
  readonly owned?: boolean;
}

/**
 * Returns the statement that joins a staged fact to the units: `u` (null for units that do not count), `day`, the
 * time `since` entry and `before` the exposure in microseconds, and one column per stream: true, or the value, where
 * the row belongs to it. With calendar dates a whole day is compared, so the exposure's own day counts.
 */
export function hits(context: EventsContext): string {
  const {dialect, table, streams, offsets, calendar, units = "units", owned = false} = context;
  const eventDay = dayOf(dialect, "e.t", offsets);
  const columns = streams.map((stream) => `${streamValue(context, stream)} AS ${stream.id}`);
  return `SELECT CASE WHEN x.counts THEN x.u END AS u, ${eventDay} AS day,
    ${calendar ? `(${eventDay} - x.entry_day) * ${day}` : "e.t - x.entry"} AS since,
    ${calendar ? `(x.exposed_day - ${eventDay}) * ${day}` : "x.exposed - e.t"} AS before,
    ${[...columns, ...(owned ? ["x.u AS owner", "x.entry_day AS entered"] : [])].join(",\n    ")}
  FROM ${table} AS e JOIN ${units} AS x ON x.unit = e.unit
  WHERE e.t IS NOT NULL AND (${anyStream(context)})`;
}

/** Returns SQL that is true for the rows that any stream looks at. */
export function anyStream({
  dialect,
  fact,
  staged,
  streams
}: Pick<EventsContext, "dialect" | "fact" | "staged" | "streams">): string {
  const conditions = [...new Set(streams.map((stream) => `(${matches(dialect, fact, staged, stream)})`))];
  return conditions.length === 0 ? "false" : conditions.join(" OR ");
}

/**
 * Returns a SELECT of one row: relevant rows, and values not numeric, blank and negative, each row once per reason; with
 * `until`, of rows until that day (true) and after it, which comes first in a row.
 */
export function countValues(context: EventsContext, {until}: {until?: number} = {}): string {
  const counts = flawsOf(context).map((flaw) => (flaw === null ? "0" : `sum(CASE WHEN ${flaw} THEN 1 ELSE 0 END)`));
  const [key, by] =
    until === undefined ? ["", ""] : [`${dayOf(context.dialect, "t", context.offsets)} <= ${until}, `, " GROUP BY 1"];
  return `SELECT ${key}count(*), ${counts.join(", ")}
  FROM ${context.table} WHERE unit IS NOT NULL AND t IS NOT NULL AND (${anyStream(context)})${by}`;
}

/** What says that a row's value is not numeric, blank or negative, where a stream takes it; null where none ever is. */
function flawsOf(context: EventsContext): (string | null)[] {
  const {dialect, fact, staged, streams} = context;
  const flaw = (condition: (value: string, stream: Stream) => string | null): string | null => {
    const found = streams.flatMap((stream) => {
      if (stream.value === null) return [];
      const flawed = condition(valueColumn(context, stream), stream);
      return flawed === null ? [] : [`(${matches(dialect, fact, staged, stream)} AND ${flawed})`];
    });
    return found.length === 0 ? null : found.join(" OR ");
  };
  return [
    flaw((value) => `(${value} IS NOT NULL AND NOT ${dialect.finite(value)})`),
    flaw((value) => `${value} IS NULL`),
    flaw((value, {negative}) => (negative === "exclude" ? `(${value} < 0 AND ${dialect.finite(value)})` : null))
  ];
}

/** Streams at most whose bits there is room for beside those of `rowBits`. */
export const mostStreams = 26;

/** Bits of a row beside those of its streams: that any stream looks at it, and the flaws of its values. */
export const rowBits = {relevant: 2 ** 26, notNumeric: 2 ** 27, missing: 2 ** 28, negative: 2 ** 29} as const;

/**
 * Returns a SELECT of the rows of a staged fact as numbers without a null: the number of the unit (0 for one without, -1
 * for a row without a unit), `t` (NaN where there is none), the row's bits, the values of some streams, 0 where missing, and
 * a hash of all columns, if any are named.
 *
 * @param numbers how units are numbered
 * @param bits the bit of each stream, by id
 * @param values streams whose values are read
 * @param hashed columns of the hash
 * @param only whether rows that no stream looks at are left out; default: they are not
 */
export function numberedRows(
  context: EventsContext,
  {
    numbers,
    bits,
    values,
    hashed,
    only = false
  }: {
    numbers: UnitNumbers;
    bits: ReadonlyMap<string, number>;
    values: readonly Stream[];
    hashed: readonly string[];
    only?: boolean;
  }
): string {
  const {dialect, table} = context;
  const {sql: number, join} = numberOfUnit(numbers, "r.unit");
  const columns = [
    number,
    `coalesce(CAST(r.t AS ${dialect.double}), CAST('nan' AS ${dialect.double}))`,
    `CAST(${bitsOfRow(context, bits)} AS INTEGER)`,
    ...values.map((stream) => `coalesce(${valueColumn(context, stream)}, 0)`),
    ...(hashed.length === 0 ? [] : [dialect.hash(hashed.map((name) => `r.${name}`))])
  ];
  const where = only ? ` WHERE ${anyStream(context)}` : "";
  return `SELECT ${columns.join(", ")} FROM ${table} AS r${join}${where}`;
}

/** Returns SQL for the bits of a row. A row's streams are asked for by what they have in common, so that each thing is asked once. */
function bitsOfRow(context: EventsContext, bits: ReadonlyMap<string, number>): string {
  const {dialect, fact, staged, streams} = context;
  const conditionOf = (stream: Stream): string => matches(dialect, fact, staged, stream);
  const cases = [...new Set(streams.map(conditionOf))].map((condition) => {
    const own = streams.filter((stream) => conditionOf(stream) === condition);
    return `WHEN ${condition} THEN ${bitsOfValues(context, own, bits)}`;
  });
  if (cases.length === 0) return "0";
  // A row has one event, and so streams of one event at most.
  const single = streams.every(({event, where}) => event !== null && where === null);
  if (single) return `CASE ${cases.join(" ")} ELSE 0 END`;
  return cases.map((each) => `CASE ${each} ELSE 0 END`).join(" | ");
}

/** Returns SQL for the bits of a row that streams look at: of those among them that its values fit, and their flaws. */
function bitsOfValues(context: EventsContext, streams: readonly Stream[], bits: ReadonlyMap<string, number>): string {
  const {finite} = context.dialect;
  const sum = (of: readonly Stream[]): number => of.reduce((all, {id}) => all + (bits.get(id) ?? 0), 0);
  const counted = rowBits.relevant + sum(streams.filter(({value}) => value === null));
  const names = new Set(streams.flatMap(({value}) => value ?? []));
  const told = [...names].map((name) => {
    const own = streams.filter(({value}) => value === name);
    const value = valueColumn(context, own[0]!);
    const signless = own.filter(({negative}) => negative !== "exclude");
    const zero = own.filter(({truthy}) => !truthy);
    const cases = [
      `${value} IS NULL THEN ${rowBits.missing}`,
      `NOT ${finite(value)} THEN ${rowBits.notNumeric}`,
      ...(signless.length < own.length ? [`${value} < 0 THEN ${rowBits.negative + sum(signless)}`] : []),
      ...(zero.length < own.length ? [`${value} = 0 THEN ${sum(zero)}`] : [])
    ];
    return `CASE ${cases.map((each) => `WHEN ${each}`).join(" ")} ELSE ${sum(own)} END`;
  });
  return [String(counted), ...told].join(" | ");
}

function valueColumn({fact, staged}: EventsContext, stream: Stream): string {
  return `v${valuesOf(fact, staged).indexOf(stream.value ?? "")}`;
}

function streamValue(context: EventsContext, stream: Stream): string {
  const {dialect, fact, staged} = context;
  const matching = matches(dialect, fact, staged, stream);
  if (stream.value === null) return matching === "true" ? "true" : `CASE WHEN ${matching} THEN true END`;
  const value = valueColumn(context, stream);
  const good = [matching, dialect.finite(value), ...(stream.negative === "exclude" ? [`${value} >= 0`] : [])];
  if (stream.truthy) return `CASE WHEN ${[...good, `${value} <> 0`].join(" AND ")} THEN true END`;
  return `CASE WHEN ${good.join(" AND ")} THEN ${value} END`;
}
