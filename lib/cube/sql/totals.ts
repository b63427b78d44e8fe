import type {Letter} from "../../stats/moments.ts";
import type {Dialect} from "../dialects/dialect.ts";
import type {MetricPlan, Reduce, Side, Stream} from "../plan.ts";

/** A metric's letter that is made of the rows of a stream. */
export interface Part {
  /** Its column. */
  readonly column: string;
  readonly letter: Letter;
  readonly side: Extract<Side, {of: "stream"}>;
}

/** What the aggregation knows of the data. */
export interface Scale<Day extends number | string = number> {
  /** Steps of a stream's values and of an attribute, by id: a step is 2^-bits. */
  readonly bits: Readonly<Record<string, number>>;
  /** Last complete day, a number or SQL for one. */
  readonly asOf: Day;
}

/** Returns the letters of a metric that are made of events. */
export function partsOf(metric: MetricPlan, index: number): Part[] {
  const found: Part[] = [];
  for (const letter of ["y", "w", "x", "v"] as const) {
    const side = metric.sides[letter];
    if (side?.of === "stream" && side.reduce !== "values") found.push({column: `m${index}${letter}`, letter, side});
  }
  return found;
}

/** Returns the parts of metrics that are one number of a unit, and those that change from day to day. */
export function partsByClock(metrics: readonly MetricPlan[]): {once: Part[]; daily: Part[]} {
  const parts = metrics.flatMap((metric, index) =>
    partsOf(metric, index).map((part) => ({part, daily: metric.clock.running && !isEarlier(part.letter)}))
  );
  const of = (wanted: boolean): Part[] => parts.flatMap(({part, daily}) => (daily === wanted ? [part] : []));
  return {once: of(false), daily: of(true)};
}

/** Returns the column of each part, and that of the first one which is the same number: where it may be read instead. */
export function sameParts(parts: readonly Part[]): Map<string, string> {
  const first = new Map<string, string>();
  return new Map(
    parts.map(({column, letter, side: {stream, reduce, from, to}}) => {
      const key = JSON.stringify([stream.id, reduce, from, String(to), isEarlier(letter)]);
      const known = first.get(key) ?? column;
      first.set(key, known);
      return [column, known];
    })
  );
}

/** Whether a letter looks at the time before the exposure. */
export function isEarlier(letter: Letter): boolean {
  return letter === "x" || letter === "v";
}

/**
 * Returns a statement with one row per key (`u`, or `u` and `day`) and one whole number per part, from the hits of
 * several facts: how many rows, the sum of their values in steps, whether there was any (1), or the time to the first.
 *
 * @param hits for each fact, the table of its hits and its streams
 * @param extra a SELECT of further keys that must be there even without a hit
 */
export function totals(
  dialect: Dialect,
  parts: readonly Part[],
  hits: readonly {readonly table: string; readonly streams: readonly Stream[]}[],
  {bits, asOf}: Scale<number | string>,
  {keys, extra}: {keys: readonly string[]; extra?: string}
): string {
  const same = sameParts(parts);
  const distinct = parts.filter(({column}) => same.get(column) === column);
  const selects = hits.flatMap(({table, streams}) => {
    const mine = distinct.filter(({side}) => streams.includes(side.stream));
    if (mine.length === 0) return [];
    const columns = distinct.map((part) =>
      mine.includes(part)
        ? `${contribution(dialect, part, bits)} AS ${part.column}`
        : `${dialect.integer("NULL")} AS ${part.column}`
    );
    const relevant = [...new Set(mine.map((part) => reach(part)))].map((condition) => `(${condition})`);
    return [
      `SELECT ${keys.join(", ")}, ${columns.join(", ")} FROM ${table} WHERE u IS NOT NULL AND day <= ${asOf} AND (${relevant.join(" OR ")})`
    ];
  });
  const nothing = distinct.map(({column}) => `${dialect.integer("NULL")} AS ${column}`);
  if (extra !== undefined) selects.push(`SELECT ${keys.join(", ")}, ${nothing.join(", ")} FROM (${extra}) AS x`);
  const sums = parts.map(({column, side}) => {
    const from = same.get(column) ?? column;
    if (side.reduce === "first") return `min(${from}) AS ${column}`;
    return `${reduced(dialect, side.reduce, from)} AS ${column}`;
  });
  return `SELECT ${keys.join(", ")}, ${sums.join(", ")}\n  FROM (${selects.join("\n  UNION ALL ")}) AS h GROUP BY ${keys.join(", ")}`;
}

/** Returns SQL for a sum of whole numbers that stays below 2^53: exact as a double, and added up in less time. */
export function smallSum(dialect: Dialect, sql: string): string {
  return dialect.integer(`sum(CAST(${sql} AS ${dialect.double}))`);
}

/** Returns SQL for what rows add up to: their sum in steps, their number, or whether there was any (1 or 0). */
export function reduced(dialect: Dialect, reduce: Reduce, sql: string): string {
  if (reduce === "any") return dialect.integer(`CASE WHEN count(${sql}) > 0 THEN 1 ELSE 0 END`);
  return dialect.integer(reduce === "count" ? `count(${sql})` : `coalesce(sum(${sql}), 0)`);
}

/** The rows of the hits that a part looks at: a span of time since entry, or before the exposure. */
export function reach({letter, side: {from, to}}: Pick<Part, "letter" | "side">): string {
  if (isEarlier(letter)) return `before > 0 AND before <= ${to}`;
  return Number.isFinite(to) ? `since >= ${from} AND since < ${to}` : `since >= ${from}`;
}

function contribution(dialect: Dialect, part: Part, bits: Readonly<Record<string, number>>): string {
  const {id} = part.side.stream;
  const matched = `${reach(part)} AND ${id} IS NOT NULL`;
  if (part.side.reduce === "first") return `CASE WHEN ${matched} THEN since END`;
  if (part.side.reduce === "sum") return `CASE WHEN ${matched} THEN ${dialect.addend(id, bits[id] ?? 0)} END`;
  return `CASE WHEN ${matched} THEN 1 END`;
}

/**
 * Returns SQL for the largest sum of a unit's values that a stream could have, as a share of its largest value, and
 * that largest value; both rounded up on whole numbers, so that the order of rows does not matter.
 */
export function largest(streams: readonly Stream[], table: string): string {
  const columns = streams.map(({id}) => `max(abs(${id}))`);
  return `SELECT ${columns.join(", ")} FROM ${table} WHERE u IS NOT NULL`;
}

/** Returns a SELECT of the largest per-unit sum of |value| / 2^exponent, rounded up to whole 2^-20 per row. */
export function largestTotals(
  dialect: Dialect,
  streams: readonly Stream[],
  table: string,
  exponents: readonly number[],
  {kept}: {kept?: string} = {}
): string {
  const outer = streams.map(({id}) => dialect.integer(`coalesce(max(${id}), 0)`));
  const ids = streams.map(({id}) => id);
  const own = largestPerUnit(dialect, streams, table, exponents);
  // What a unit had before is added to what it has since; one that has nothing since has that alone.
  const all =
    kept === undefined
      ? own
      : `SELECT ${ids.map((id) => `o.${id} + coalesce(k.${id}, 0) AS ${id}`).join(", ")} FROM (${own}) AS o LEFT JOIN (SELECT u, ${ids.join(", ")} FROM ${kept}) AS k ON k.u = o.u UNION ALL SELECT ${ids.map((id) => `max(${id})`).join(", ")} FROM ${kept}`;
  return `SELECT ${outer.join(", ")} FROM (${all}) AS t`;
}

/** Returns a SELECT of each unit's sums of it, and with `maxima` its largest values as `most_` and the stream's id. */
export function largestPerUnit(
  dialect: Dialect,
  streams: readonly Stream[],
  table: string,
  exponents: readonly number[],
  {maxima = false}: {maxima?: boolean} = {}
): string {
  const inner = streams.map(
    ({id}, i) =>
      `${smallSum(dialect, `ceil(abs(${id}) * ${(2 ** (20 - (exponents[i] ?? 0))).toExponential()})`)} AS ${id}`
  );
  const most = maxima ? streams.map(({id}) => `max(abs(${id})) AS most_${id}`) : [];
  return `SELECT u, ${[...inner, ...most].join(", ")} FROM ${table} WHERE u IS NOT NULL GROUP BY u`;
}
