import type {Engine} from "./engines/engine.ts";
import type {Loaded, LoadContext} from "./loadFacts.ts";
import {excludedRows, isOnce, loadEvents, open, partSince} from "./loadFacts.ts";
import {phasesOf} from "../experiment/definition/phasesOf.ts";
import {phased} from "./plan.ts";
import type {Plan, Stream} from "./plan.ts";
import {dayOfDate} from "./zone.ts";
import type {ExcludedRows, Pins} from "./row.ts";
import {reading} from "./scan.ts";
import type {Known} from "./sql/exposures.ts";
import {
  cellRows,
  countExposures,
  dayOf,
  exposureReasons,
  firstTouch,
  onlyTouch,
  unitRows,
  unitsWithCells,
  validExposures
} from "./sql/exposures.ts";
import {matches, stageAttributes} from "./sql/stage.ts";
import type {Steps} from "./steps.ts";
import {numberOf} from "./steps.ts";
import {findGone, numberedAsKept, touchedSince, unitsSince} from "./store/keptUnits.ts";
import {isOfExposures} from "./store/unitState.ts";

/** The units of an experiment, in the table `units`. */
export interface Units {
  /** Distinct units that count. */
  readonly count: number;
  /** The dimensions' values of each cell, by its number. */
  readonly cells: readonly (readonly string[])[];
  readonly tops: Pins["tops"];
  readonly excluded: readonly ExcludedRows[];
}

/** What units are formed of beside `exposure_rows`. */
export interface FormUnitsOptions {
  readonly exposures: Loaded;
  readonly pins?: Partial<Pins>;
  readonly activation: {readonly loaded: Loaded; readonly stream: Stream} | null;
}

/**
 * Forms the table `units` from `exposure_rows`: first touch, no unit in two variants, activated where asked for. Where units
 * were kept, and their exposures are as they were, only those exposed since are looked at.
 */
export async function formUnits(
  context: LoadContext,
  plan: Plan,
  known: Known,
  {exposures, pins, activation}: FormUnitsOptions
): Promise<Units> {
  const {engine, steps} = context;
  const {experiment} = plan;
  const {dialect} = engine;
  const excluded = await exposuresOut(engine, steps, known, experiment.exposures);
  const own = plan.attributes.filter(({fact}) => fact === experiment.exposures);
  const dimensions = Object.entries(experiment.dimensions);
  const mine = dimensions.flatMap(([, {fact}], i) => (fact === undefined ? [`d${i}`] : []));
  const brought = [...mine, ...own.map(({id}) => id)];
  const kept = context.state?.kept == null ? null : context.state;
  const since = kept !== null && exposures.asKept === true && isOfExposures(plan) ? kept : null;
  const told = firstTouch(dialect, known, brought);
  if (since !== null)
    await touchedSince(context, since, {known, brought, later: partSince(exposures, since.day), told});
  else if (known.once ?? (await isOnce(context)))
    await steps.view("first_touch", onlyTouch(dialect, known, brought), {told});
  else await steps.table("first_touch", told);
  excluded.push(...(await crossovers(engine, steps, plan, known)));
  if (context.definitions.sources.facts[experiment.exposures]?.shape === "units") {
    const [repeats] = await steps.rows("SELECT coalesce(sum(repeats - 1), 0) FROM first_touch WHERE variant = second");
    const rows = numberOf(repeats?.[0]) ?? 0;
    if (rows > 0) excluded.push(excludedRows("repeated-unit", experiment.exposures, rows));
  }
  if (activation !== null) await activate(engine, steps, known, activation);
  const joins = await joinTables(context, plan, excluded);
  const tops: Record<string, readonly string[]> = {};
  for (const [i, [key, {top, fact}]] of dimensions.entries()) {
    const table = fact === undefined ? "first_touch" : joins.find(({dimensions: joined}) => joined.includes(i))?.table;
    const from = `${table === "first_touch" || table === undefined ? "first_touch AS f" : `first_touch AS f JOIN ${table} AS j ON j.unit = f.unit`}`;
    const column = fact === undefined ? `f.d${i}` : `j.d${i}`;
    const rows = await steps.rows(
      `SELECT ${column}, count(*) FROM ${from} WHERE f.variant = f.second AND ${column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${top}`
    );
    tops[key] = pins?.tops?.[key] ?? rows.map(([value]) => String(value));
  }
  const phases = phased(experiment) ? phasesOf(experiment).map(({start, name}) => ({day: dayOfDate(start), name})) : [];
  const count = plan.dimensions.length;
  const options = {
    tops: dimensions.map(([key]) => tops[key] ?? []),
    joins,
    own,
    phases,
    activation: activation !== null
  };
  const withCells = unitsWithCells(count, plan.attributes);
  const rows = unitRows(dialect, known, options);
  if (since !== null && JSON.stringify(since.kept?.tops) === JSON.stringify(tops)) {
    steps.told("unit_rows", rows);
    await steps.beside("unit_later", unitRows(dialect, known, {...options, touched: "touched_later"}));
    const instead = unitsSince(plan, since);
    await steps.table("cells", cellRows(count), {instead: instead.cells});
    await steps.table("units", withCells, {instead: instead.units});
    await findGone(context, plan, since, {later: true});
  } else {
    const numbers = context.atOnce?.numbers;
    const numbering = numbers !== undefined ? {numbers} : context.state !== undefined ? {byDay: true} : null;
    const numbered = numbering === null ? rows : unitRows(dialect, known, {...options, ...numbering});
    // It is read twice, for cells without its numbers, which may have to be looked up.
    await steps.view("unit_rows", numbered, {told: rows});
    const unnumbered = `(${unitRows(dialect, known, {...options, numbered: false})}) AS r`;
    const fromRows = engine.view === undefined ? {} : {instead: cellRows(count, unnumbered)};
    await steps.table("cells", cellRows(count), fromRows);
    await steps.table("units", withCells, kept === null ? {} : {instead: numberedAsKept(withCells, plan, kept)});
    if (kept !== null) await findGone(context, plan, kept, {later: false});
  }
  const [counts] = await steps.rows("SELECT sum(CASE WHEN counts THEN 1 ELSE 0 END) FROM units");
  if (activation !== null) {
    const [idle] = await steps.rows(
      "SELECT sum(repeats), count(*) FROM first_touch AS f LEFT JOIN activated AS a ON a.unit = f.unit WHERE f.variant = f.second AND a.t IS NULL"
    );
    const units = numberOf(idle?.[1]) ?? 0;
    if (units > 0) excluded.push(excludedRows("not-activated", experiment.exposures, numberOf(idle?.[0]) ?? 0, units));
  }
  await steps.done("unit_rows");
  await steps.done("first_touch");
  const names = plan.dimensions.map((_, i) => `, d${i}`).join("");
  const cells = await steps.rows(`SELECT cell${names} FROM cells ORDER BY cell`);
  return {count: numberOf(counts?.[0]) ?? 0, cells: cells.map((row) => row.slice(1).map(String)), tops, excluded};
}

async function exposuresOut(engine: Engine, steps: Steps, known: Known, fact: string): Promise<ExcludedRows[]> {
  const [counts] = await steps.rows(countExposures(engine.dialect, known));
  return exposureReasons.flatMap((reason, i) => {
    const rows = numberOf(counts?.[i + 1]) ?? 0;
    return rows > 0 ? [excludedRows(reason, fact, rows)] : [];
  });
}

async function crossovers(engine: Engine, steps: Steps, plan: Plan, known: Known): Promise<ExcludedRows[]> {
  const [total] = await steps.rows("SELECT count(*), sum(repeats) FROM first_touch WHERE variant <> second");
  const units = numberOf(total?.[0]) ?? 0;
  if (units === 0) return [];
  const byVariant = await steps.rows(
    `SELECT v.variant, count(DISTINCT v.unit) FROM (${validExposures(engine.dialect, known)}) AS v JOIN first_touch AS f ON f.unit = v.unit WHERE f.variant <> f.second GROUP BY 1 ORDER BY 1`
  );
  const counted = byVariant.map(([variant, n]) => [plan.variants[Number(variant)] ?? "", Number(n)] as const);
  const line = excludedRows("two-variants", plan.experiment.exposures, numberOf(total?.[1]) ?? 0, units);
  return [{...line, byVariant: Object.fromEntries(counted)}];
}

/** When each unit's activation event first came, not before its exposure. */
async function activate(
  {dialect}: Engine,
  steps: Steps,
  known: Known,
  {loaded, stream}: {loaded: Loaded; stream: Stream}
): Promise<void> {
  const eventDay = dayOf(dialect, "e.t", loaded.offsets);
  const follows =
    known.calendar || loaded.calendar ? `${eventDay} >= ${dayOf(dialect, "f.t", known.offsets)}` : "e.t >= f.t";
  const select = (from: string) =>
    `SELECT f.unit AS unit, max(f.t) AS exposed, CASE WHEN min(e.t) > max(f.t) THEN min(e.t) ELSE max(f.t) END AS t FROM ${from} AS e JOIN first_touch AS f ON f.unit = e.unit\n  WHERE (${matches(dialect, loaded.fact, loaded.staged, stream)}) AND ${follows} AND ${eventDay} <= ${known.asOf} GROUP BY f.unit`;
  await steps.table("activated", select(loaded.table), {instead: select(loaded.from)});
}

async function joinTables(context: LoadContext, plan: Plan, excluded: ExcludedRows[]) {
  const {experiment} = plan;
  const dimensions = Object.values(experiment.dimensions);
  const facts = [
    ...plan.attributes.map(({fact}) => fact),
    ...dimensions.flatMap(({fact}) => (fact === undefined ? [] : [fact]))
  ].filter((fact) => fact !== experiment.exposures);
  const joins = [];
  for (const [i, name] of [...new Set(facts)].entries()) {
    const source = await open(context, name);
    const attributes = plan.attributes.filter(({fact}) => fact === name);
    const table = `attributes_${i}`;
    const select = stageAttributes(context.engine.dialect, source, experiment, attributes, context);
    await reading(name, () => context.steps.table(table, select));
    const [counts] = await context.steps.rows(
      `SELECT sum(CASE WHEN unit IS NULL THEN repeats ELSE 0 END), sum(CASE WHEN unit IS NOT NULL THEN repeats - 1 ELSE 0 END) FROM ${table}`
    );
    const [blank, repeated] = [numberOf(counts?.[0]) ?? 0, numberOf(counts?.[1]) ?? 0];
    if (blank > 0) excluded.push(excludedRows("missing-unit", name, blank));
    if (repeated > 0) excluded.push(excludedRows("repeated-unit", name, repeated));
    joins.push({
      table,
      attributes,
      dimensions: dimensions.flatMap(({fact}, d) => (fact === name ? [d] : []))
    });
  }
  return joins;
}

/** Reads the fact of the activation event, if there is one that no metric uses already. */
export async function loadActivation(
  context: LoadContext,
  plan: Plan,
  loaded: readonly Loaded[]
): Promise<{loaded: Loaded; stream: Stream} | null> {
  const {experiment} = plan;
  const {activation} = experiment;
  if (activation === undefined) return null;
  const stream: Stream = {
    id: "activation",
    fact: activation.fact,
    event: activation.event ?? null,
    value: null,
    where: activation.where ?? null,
    truthy: true,
    negative: "keep",
    place: `activation of experiment ${experiment.id}`
  };
  const known = loaded.find(
    ({name, staged}) =>
      name === stream.fact && (stream.where === null || staged.some(({where}) => where === stream.where))
  );
  if (known !== undefined) return {loaded: known, stream};
  const fresh = {name: stream.fact, table: "activation_rows", streams: [stream], plan};
  return {loaded: await loadEvents(context, fresh), stream};
}
