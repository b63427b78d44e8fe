import type {Definitions, Experiment, Fact} from "../../experiment/definition/definition.ts";
import {phasesOf} from "../../experiment/definition/phasesOf.ts";
import {sums} from "../../stats/moments.ts";
import {dimensionColumn} from "../cubeTable.ts";
import type {Dialect} from "../dialects/dialect.ts";
import {day} from "../dialects/dialect.ts";
import type {Divisors} from "../exactSums.ts";
import {isCalendar} from "../increments.ts";
import type {MetricPlan, Plan, Stream} from "../plan.ts";
import {phased, planCube} from "../plan.ts";
import type {Pins} from "../row.ts";
import type {Relation} from "../scan.ts";
import type {EventsContext} from "../sql/events.ts";
import {hits} from "../sql/events.ts";
import type {UnitsOptions} from "../sql/exposures.ts";
import {cellRows, dayOf, firstTouch, unitRows, unitsWithCells, validExposures} from "../sql/exposures.ts";
import type {Numbered} from "../sql/increments.ts";
import {aggregateNames, matureIncrements, runningIncrements} from "../sql/increments.ts";
import {conditionsOf, matches, stageAttributes, stageEvents, stageExposures, valuesOf} from "../sql/stage.ts";
import {isEarlier, partsOf, totals} from "../sql/totals.ts";
import {dayOfDate, localTime, zoneOffsets} from "../zone.ts";
import {asOfSteps} from "./asOfSteps.ts";
import {shareSteps} from "./shareSteps.ts";

export interface PrintOptions {
  readonly dialect: Dialect;
  /** Opens a fact as the query is to name it. */
  readonly relationOf: (name: string, fact: Fact) => Promise<Relation>;
  /** Facts whose timestamps are dates only. */
  readonly datesOnly: (name: string, fact: Fact) => Promise<boolean>;
  /** The last complete day; default: the query finds it. */
  readonly asOf?: string;
  readonly pins?: Partial<Pins>;
}

/** A query, and what of the experiment is not in its result. */
export interface PrintedCube {
  /**
   * One statement; for ClickHouse, which evaluates a SELECT of WITH anew wherever it is named, several for one session,
   * that make temporary tables. The last one has the rows.
   */
  readonly statements: readonly string[];
  readonly left: readonly string[];
}

/** One named SELECT of the query, and what it is for. */
type Step = readonly [name: string, select: string, comment?: string];

/**
 * Returns one self-contained query that makes the path rows of an experiment: `date`, `variant`, a column per dimension,
 * `metric`, `touched`, `n` and the sums about 0, a row per day and cell. It is made by the functions that make the cube,
 * with these differences: sums are of doubles, and what the cube asks the data first (last day, kept values, caps) are
 * SELECTs of its own. Metrics of kind quantile are left out.
 *
 * @throws {Error} for input that holds sums already
 */
export async function printCube(
  experiment: Experiment,
  definitions: Definitions,
  {dialect: exact, relationOf, datesOnly, asOf: fixed, pins = {}}: PrintOptions
): Promise<PrintedCube> {
  const {facts} = definitions.sources;
  const shape = facts[experiment.exposures]?.shape;
  if (shape !== "exposures" && shape !== "units")
    throw new Error(
      `invalid exposures of experiment ${experiment.id}; no log to make a cube of: ${shape ?? "unknown"}`
    );
  const plan = planCube(experiment, definitions);
  const kept = plan.metrics.filter(({kind}) => kind !== "quantile");
  const left = plan.metrics.flatMap(({key, kind}) => (kind === "quantile" ? [`${key} (${kind})`] : []));
  const double = (sql: string): string => `CAST(${sql} AS ${exact.double})`;
  const dialect: Dialect = {
    ...exact,
    integer: double,
    wide: double,
    steps: (sql) => double(sql),
    addend: (sql) => double(sql)
  };
  const steps: Step[] = [];
  const step = (name: string, select: string, comment?: string): void =>
    void steps.push(comment === undefined ? [name, select] : [name, select, comment]);
  const sourceOf = async (name: string) => {
    const fact = facts[name];
    if (fact === undefined) throw new Error(`unknown fact: ${name}`);
    const relation = await relationOf(name, fact);
    return {fact, relation};
  };

  const exposures = await sourceOf(experiment.exposures);
  if (exposures.fact.unit === undefined)
    throw new Error(`missing unit of fact ${experiment.exposures}; a query by itself needs the units' ids`);
  const own = plan.attributes.filter(({fact}) => fact === experiment.exposures);
  const calendar = await datesOnly(experiment.exposures, exposures.fact);
  const offsetsOf = (dates: boolean, {timezone = "UTC"}: Fact) =>
    offsetsAround(experiment, dates ? timezone : experiment.timezone);
  const start = dayOfDate(experiment.start);
  const asOf = fixed === undefined ? "(SELECT day FROM as_of)" : dayOfDate(fixed);
  const known = {start, asOf, offsets: offsetsOf(calendar, exposures.fact), calendar};
  step(
    "exposure_rows",
    stageExposures(dialect, exposures, experiment, own),
    "exposures: id, moment in microseconds UTC, place among the variants (-1: none of them)"
  );

  const events = new Map<string, Loaded>();
  const {activation} = experiment;
  const activating: Stream | null =
    activation === undefined
      ? null
      : {
          id: "activation",
          fact: activation.fact,
          event: activation.event ?? null,
          value: null,
          where: activation.where ?? null,
          truthy: true,
          negative: "keep",
          place: "activation"
        };
  const streams = plan.streams.filter((stream) => usedBy(kept, stream));
  const names = new Set([...streams.map(({fact}) => fact), ...(activating === null ? [] : [activating.fact])]);
  for (const [i, name] of [...names].entries()) {
    const source = await sourceOf(name);
    const mine = streams.filter(({fact}) => fact === name);
    const staged = activating?.fact === name ? [...mine, activating] : mine;
    const dates = await datesOnly(name, source.fact);
    const all = `events_${i}_all`;
    const table = `events_${i}`;
    step(all, stageEvents(dialect, source, staged), `rows of fact ${name}`);
    const columns = [
      "unit",
      "t",
      ...(source.fact.event === undefined ? [] : ["event"]),
      ...valuesOf(source.fact, staged).map((_, v) => `v${v}`),
      ...conditionsOf(staged).map((_, c) => `c${c}`)
    ];
    const once = (source.fact.duplicates ?? (dates ? "keep" : "drop")) === "drop";
    step(
      table,
      `SELECT ${once ? "DISTINCT " : ""}${columns.join(", ")} FROM ${all} WHERE unit IS NOT NULL AND t IS NOT NULL`,
      once ? "equal rows once" : "equal rows are kept"
    );
    events.set(name, {
      table,
      fact: source.fact,
      staged,
      streams: mine,
      calendar: dates,
      offsets: offsetsOf(dates, source.fact)
    });
  }
  if (fixed === undefined) {
    const everything = {...known, asOf: 1_000_000};
    const logs = [
      {from: `(${validExposures(dialect, everything)}) AS v`, offsets: known.offsets, calendar},
      ...[...events.values()].map(({table, offsets, calendar: dates}) => ({from: table, offsets, calendar: dates}))
    ].map(({from, offsets, calendar: dates}) => ({
      from,
      local: localTime("t", offsets),
      day: dayOf(dialect, "t", offsets),
      calendar: dates
    }));
    for (const [name, select, comment] of asOfSteps(logs, {start})) step(name, select, comment);
  }

  const mine = Object.values(experiment.dimensions).flatMap(({fact}, i) => (fact === undefined ? [`d${i}`] : []));
  step(
    "first_touch",
    firstTouch(dialect, known, [...mine, ...own.map(({id}) => id)]),
    "each unit once: its first exposure; second differs for units seen in two variants"
  );
  if (activating !== null) {
    const loaded = events.get(activating.fact);
    if (loaded === undefined) throw new Error(`unknown fact: ${activating.fact}`);
    const eventDay = dayOf(dialect, "e.t", loaded.offsets);
    const follows =
      calendar || loaded.calendar ? `${eventDay} >= ${dayOf(dialect, "f.t", known.offsets)}` : "e.t >= f.t";
    step(
      "activated",
      `SELECT f.unit AS unit, CASE WHEN min(e.t) > max(f.t) THEN min(e.t) ELSE max(f.t) END AS t FROM ${loaded.table} AS e JOIN first_touch AS f ON f.unit = e.unit WHERE (${matches(dialect, loaded.fact, loaded.staged, activating)}) AND ${follows} AND ${eventDay} <= ${asOf} GROUP BY f.unit`,
      "when the activation event came"
    );
  }
  const dimensions = Object.entries(experiment.dimensions);
  const joined = [
    ...plan.attributes.map(({fact}) => fact),
    ...dimensions.flatMap(([, {fact}]) => (fact === undefined ? [] : [fact]))
  ].filter((fact) => fact !== experiment.exposures);
  const joins: UnitsOptions["joins"][number][] = [];
  for (const [i, name] of [...new Set(joined)].entries()) {
    const attributes = plan.attributes.filter(({fact}) => fact === name);
    const table = `attributes_${i}`;
    step(
      table,
      stageAttributes(dialect, await sourceOf(name), experiment, attributes),
      `one row per unit of fact ${name}`
    );
    joins.push({table, attributes, dimensions: dimensions.flatMap(([, {fact}], d) => (fact === name ? [d] : []))});
  }
  const tops = dimensions.map(([key, {top, fact}], i): readonly string[] | {table: string} => {
    const pinned = pins.tops?.[key];
    if (pinned !== undefined) return pinned;
    const join = joins.find(({dimensions: d}) => d.includes(i))?.table;
    const column = fact === undefined ? `f.d${i}` : `j.d${i}`;
    const from =
      fact === undefined ? "first_touch AS f" : `first_touch AS f JOIN ${join ?? ""} AS j ON j.unit = f.unit`;
    const counted = `SELECT ${column} AS value, count(*) AS units FROM ${from} WHERE f.variant = f.second AND ${column} IS NOT NULL GROUP BY ${column}`;
    step(
      `top_${i}`,
      `SELECT value FROM (SELECT value, row_number() OVER (ORDER BY units DESC, value) AS place FROM (${counted}) AS c) AS p WHERE place <= ${top}`,
      `dimension ${key}: its ${top} most frequent values; the rest is other`
    );
    return {table: `top_${i}`};
  });
  const phases = phased(experiment)
    ? phasesOf(experiment).map(({start: from, name}) => ({day: dayOfDate(from), name}))
    : [];
  const count = plan.dimensions.length;
  step(
    "unit_rows",
    unitRows(dialect, known, {tops, joins, own, phases, activation: activating !== null, numbered: false}),
    "units with the moment from which on they count, and their dimensions"
  );
  step("cells", cellRows(count), "combinations of the dimensions' values");
  step("units", unitsWithCells(count, plan.attributes));

  const found = [...events].flatMap(([name, loaded], i) => {
    if (loaded.streams.length === 0) return [];
    const joinedCalendar = calendar || loaded.calendar;
    const table = `hits_${i}`;
    const context: EventsContext = {dialect, ...loaded, calendar: joinedCalendar};
    step(
      table,
      hits(context),
      `rows of fact ${name} that a metric looks at, with the time since entry and before the exposure`
    );
    return [{table, streams: loaded.streams, calendar: joinedCalendar, fact: name}];
  });
  const scale = {bits: {}, asOf};
  const indexed = kept.map((metric, index) => ({metric, index, parts: partsOf(metric, index)}));
  const once = indexed.flatMap(({metric, parts}) =>
    parts.filter(({letter}) => isEarlier(letter) || !metric.clock.running)
  );
  const daily = indexed.flatMap(({metric, parts}) =>
    parts.filter(({letter}) => !isEarlier(letter) && metric.clock.running)
  );
  if (once.length > 0)
    step(
      "unit_totals",
      totals(dialect, once, found, scale, {keys: ["u"]}),
      "per unit: totals that do not change from day to day"
    );
  if (daily.length > 0) {
    const extra = "SELECT u, entry_day AS day FROM units WHERE counts";
    step(
      "unit_days",
      totals(dialect, daily, found, scale, {keys: ["u", "day"], extra}),
      "per unit and day: what the day added, and a row on entry"
    );
  }
  const numbered = indexed.map(({metric, index}): Numbered => ({
    metric,
    index,
    cap: capOf(dialect, {metric, index, pins}, step)
  }));
  const selects: string[] = [];
  for (const members of clocks(numbered, found)) {
    const [first] = members;
    if (first === undefined) continue;
    const {clock} = first.metric;
    const statement = clock.running
      ? runningIncrements(dialect, members, scale)
      : matureIncrements(dialect, members, scale, {
          after: clock.after,
          offsets: known.offsets,
          calendar: isCalendar(first.metric, found),
          events: members.some(({metric, index}) => partsOf(metric, index).length > 0)
        });
    const table = `increments_${new Set(selects.map((select) => /increments_\d+/.exec(select)?.[0])).size}`;
    step(table, statement, `what each day added, by cell: ${members.map(({metric}) => metric.key).join(", ")}`);
    for (const member of members) selects.push(pathRows(dialect, plan, table, member));
  }
  const last = selects.join("\nUNION ALL\n");
  const noted = (comment?: string): string => (comment === undefined ? "" : commented(comment));
  if (exact.name === "clickhouse") {
    const tables = steps.map(
      ([name, select, comment]) => `${noted(comment)}CREATE TEMPORARY TABLE ${name} AS\n  ${select}`
    );
    return {statements: [...clickhouseSettings.map((setting) => `SET ${setting}`), ...tables, last], left};
  }
  const chain = steps.map(([name, select, comment]) => `${noted(comment)}${name} AS (\n  ${select}\n)`);
  return {statements: [`WITH ${chain.join(",\n")}\n${last}`], left};
}

/** What makes ClickHouse's SQL that of the standard, as the engine sends it with each request. */
const clickhouseSettings = [
  "join_use_nulls = 1",
  "cast_keep_nullable = 1",
  "union_default_mode = 'DISTINCT'",
  "prefer_column_name_to_alias = 1",
  "session_timezone = 'UTC'"
];

/** A staged fact of events. */
interface Loaded extends Omit<EventsContext, "dialect"> {
  readonly fact: Fact;
}

function usedBy(metrics: readonly MetricPlan[], stream: Stream): boolean {
  return metrics.some(({sides}) => Object.values(sides).some((side) => side.of === "stream" && side.stream === stream));
}

/** From a year before the start to a good while after the end: what lies beyond changes no day of the experiment. */
function offsetsAround({start, end}: Experiment, timezone: string) {
  const from = dayOfDate(start) - 400;
  const to = (end === undefined ? dayOfDate(start) + 1000 : dayOfDate(end)) + 200;
  return zoneOffsets(timezone, from * day, to * day);
}

function capOf(
  dialect: Dialect,
  {metric, index, pins}: {metric: MetricPlan; index: number; pins: Partial<Pins>},
  step: (name: string, select: string, comment: string) => void
): number | string | null {
  const {cap, sides, clock, key} = metric;
  const {y} = sides;
  if (cap === undefined || y === undefined) return null;
  if (y.of === "stream" && y.reduce !== "sum" && y.reduce !== "count") return null;
  if (y.of === "attribute" && y.truthy) return null;
  const value = pins.caps?.[key] ?? (typeof cap === "number" ? cap : undefined);
  if (value !== undefined) return value;
  const share = Number((Number.parseFloat(String(cap).slice(1)) / 100).toPrecision(12));
  const per = clock.running
    ? `(SELECT u, sum(m${index}y) AS total FROM unit_days GROUP BY u)`
    : `(SELECT u, m${index}y AS total FROM unit_totals)`;
  const from =
    y.of === "attribute"
      ? `SELECT ${y.attribute.id} AS total FROM units WHERE counts AND ${dialect.finite(y.attribute.id)}`
      : `SELECT coalesce(t.total, 0) AS total FROM units AS x LEFT JOIN ${per} AS t ON t.u = x.u WHERE x.counts`;
  for (const [name, select] of shareSteps(`cap_${index}`, from, share))
    step(name, select, `cap of ${key}: ${cap} of all units`);
  return `(SELECT value FROM cap_${index})`;
}

/** Metrics by the clock on which their units enter. */
function clocks(numbered: readonly Numbered[], hitsOf: Parameters<typeof isCalendar>[1]): Numbered[][] {
  const groups = new Map<string, Numbered[]>();
  for (const item of numbered) {
    const {clock} = item.metric;
    const key = clock.running ? "running" : `${clock.after} ${isCalendar(item.metric, hitsOf)}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}

/** The rows of one metric as they are published, sums about 0. */
function pathRows(
  dialect: Dialect,
  {experiment, variants, dimensions}: Plan,
  table: string,
  {metric, index}: Numbered
): string {
  const {literal, identifier} = dialect;
  const divisors: Divisors = Object.fromEntries(
    Object.entries(metric.sides).map(([letter, side]) => [
      letter,
      side.of === "stream" && side.reduce === "first" ? day : 1
    ])
  );
  const own = new Map(aggregateNames(metric, index).map((name) => [name.slice(name.indexOf("_") + 1), name]));
  const column = (sum: string): string => {
    const name = own.get(sum);
    if (name === undefined) return `${dialect.integer("0")} AS ${sum}`;
    const by =
      sum === "n" || sum === "touched"
        ? 1
        : [...sum].reduce((product, letter) => product * (divisors[letter as keyof Divisors] ?? 1), 1);
    return `${by === 1 ? `sum(i.${name})` : `sum(i.${name}) / ${by.toExponential()}`} AS ${sum}`;
  };
  const names = dimensions.map((name, d) => `c.d${d} AS ${identifier(dimensionColumn(name))}`);
  // As the log calls it, so that the definition which reads the log reads the result.
  const cases = variants
    .map((variant, v) => `WHEN ${v} THEN ${literal(experiment.variants[variant]?.values?.[0] ?? variant)}`)
    .join(" ");
  const columns = [
    `${dialect.date("i.day")} AS ${identifier("date")}`,
    `CASE i.variant ${cases} END AS variant`,
    ...names,
    `${literal(metric.key)} AS metric`,
    ...["touched", "n", ...sums].map(column)
  ];
  const join = dimensions.length === 0 ? "" : " JOIN cells AS c ON c.cell = i.cell";
  const group = ["i.day", "i.variant", ...dimensions.map((_, d) => `c.d${d}`)];
  return `SELECT ${columns.join(", ")}\n  FROM ${table} AS i${join} GROUP BY ${group.join(", ")} HAVING sum(i.${own.get("touched") ?? ""}) > 0`;
}

/** Returns lines of a comment; whatever they hold, they stay one. */
export function commented(text: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029\u0085\v\f]/)
    .map((line) => `-- ${line}\n`)
    .join("");
}
