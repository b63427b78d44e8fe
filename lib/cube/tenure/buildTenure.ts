import {tenureSpans} from "../../experiment/novelty/tenureSpans.ts";
import type {
  TenureCohort,
  TenureDayRow,
  TenurePairRow,
  TenureRow,
  TenureSpanRow,
  TenureSums
} from "../../experiment/novelty/tenureSums.ts";
import type {Hits} from "../buildLogs.ts";
import type {LoadContext} from "../loadFacts.ts";
import type {MetricPlan, Plan} from "../plan.ts";
import type {Scale} from "../sql/totals.ts";
import {numberOf} from "../steps.ts";
import {dayOfDate} from "../zone.ts";
import {cohortDays, cohortsOf} from "./cohortsOf.ts";
import type {EntryDay} from "./cohortsOf.ts";
import {entrantsOf} from "./entrantsOf.ts";
import type {TenurePart} from "./tenureSql.ts";
import {tenureBits, tenureDays, tenureParts} from "./tenureSql.ts";

/** Days before the exposure that are looked at, as far as the log covers them. */
const before = 14;

/** What the statements of one metric share. */
interface Metric {
  readonly parts: readonly TenurePart[];
  readonly ratio: boolean;
  /** A whole number of this letter is value x step. */
  readonly step: (letter: string) => number;
  readonly cohorts: readonly TenureCohort[];
  readonly first: number;
  readonly variants: readonly string[];
}

/**
 * Returns the tenure sums of the primary metrics that have a value per day (mean, proportion, ratio of events), from the
 * tables `units` and hits that the cube was made of. Sums are of whole numbers of steps, so that they are exact.
 */
export async function buildTenure(
  context: LoadContext,
  plan: Plan,
  hits: readonly Hits[],
  {scale, cells}: {scale: Scale; cells: readonly (readonly string[])[]}
): Promise<Record<string, TenureSums>> {
  const {steps} = context;
  const {experiment} = plan;
  const wanted = plan.metrics.filter(({key}) => experiment.metrics.primary.includes(key));
  const found: Record<string, TenureSums> = {};
  const entries = await entryDays(context, plan);
  for (const metric of wanted) {
    const parts = tenureParts(metric);
    if (parts === null || entries.length === 0) continue;
    const calendarOnly = hits.some(
      ({streams, calendar}) => calendar && parts.some(({side}) => streams.includes(side.stream))
    );
    const cohorts = cohortsOf(experiment, entries, {asOf: scale.asOf, calendarOnly});
    if (cohorts.length === 0) continue;
    await steps.table("tenure_cohorts", cohortTable(cohorts));
    await steps.table("tenure_days", tenureDays(context.engine.dialect, parts, hits, scale, {key: "k"}));
    const own: Metric = {
      parts,
      ratio: metric.kind === "ratio",
      step: (letter) => 2 ** tenureBits(parts.find((part) => part.letter === letter) ?? parts[0]!, scale),
      cohorts,
      first: calendarOnly ? 1 : 0,
      variants: plan.variants
    };
    found[metric.key] = await sumsOf(context, plan, metric, own, hits, scale, {
      calendarOnly,
      entrants: await entrantsOf(context, plan, {cohorts, cells})
    });
  }
  return found;
}

async function sumsOf(
  context: LoadContext,
  plan: Plan,
  metric: MetricPlan,
  own: Metric,
  hits: readonly Hits[],
  scale: Scale,
  {calendarOnly, entrants}: Pick<TenureSums, "calendarOnly" | "entrants">
): Promise<TenureSums> {
  const {cohorts} = own;
  const declared = plan.experiment.novelty ?? null;
  const sizes = cohorts.map(({lastDay, units}) => ({lastDay, n: Object.values(units).reduce((a, b) => a + b, 0)}));
  const spans = tenureSpans(sizes, {calendarOnly, spans: declared});
  const days = await dayRows(context, own, await firstLogDay(context, hits));
  return {
    kind: metric.kind as TenureSums["kind"],
    origin: {},
    calendarOnly,
    cohorts,
    days,
    products: await productRows(context, own, days),
    spans,
    early: spans === null ? [] : await earlyRows(context, own, spans.early),
    both: spans === null ? [] : await bothRows(context, own, spans),
    slopes: spans === null || own.ratio ? [] : await slopeRows(context, own, spans.trend),
    weekdays: own.ratio ? [] : await weekdayRows(context, own, hits, scale),
    entrants
  };
}

async function entryDays({steps}: LoadContext, plan: Plan): Promise<EntryDay[]> {
  const rows = await steps.rows(
    "SELECT entry_day, variant, count(*) FROM units WHERE counts GROUP BY 1, 2 ORDER BY 1, 2"
  );
  const days = new Map<number, Record<string, number>>();
  for (const [day, variant, n] of rows) {
    const units = days.get(Number(day)) ?? {};
    units[plan.variants[Number(variant)] ?? ""] = Number(n);
    days.set(Number(day), units);
  }
  return [...days].map(([day, units]) => ({day, units}));
}

/** The first day of the log: days before it are not known to be empty. */
async function firstLogDay({steps}: LoadContext, hits: readonly Hits[]): Promise<number> {
  const days = await Promise.all(
    hits.map(async ({table}) => numberOf((await steps.rows(`SELECT min(day) FROM ${table}`))[0]?.[0]))
  );
  return Math.min(...days.filter((day) => day !== null));
}

/** Entry days with their cohort, its last day, its whole weeks and its phase, as numbers. */
function cohortTable(cohorts: readonly TenureCohort[]): string {
  const phases = [...new Set(cohorts.map(({phase}) => phase))];
  const rows = cohorts.map((cohort, i) => {
    const [from, to] = cohortDays(cohort);
    return `SELECT ${i} AS cohort, ${from} AS first_entry, ${to} AS last_entry, ${cohort.lastDay} AS last_day, ${phases.indexOf(cohort.phase)} AS phase`;
  });
  return rows.join(" UNION ALL ");
}

const joined = "units AS x ON x.u = t.u JOIN tenure_cohorts AS c ON x.entry_day BETWEEN c.first_entry AND c.last_entry";

/** Sums by cohort, variant and day; units without any event that day are in n with a value of 0. */
async function dayRows(
  {engine, steps}: LoadContext,
  {parts, ratio, step, cohorts, first, variants}: Metric,
  logDay: number
): Promise<TenureDayRow[]> {
  const {wide} = engine.dialect;
  const sums = ratio ? ["t.y", "t.y * t.y", "t.w", "t.w * t.w", "t.y * t.w"] : ["t.y", "t.y * t.y"];
  const columns = sums.map((sql) =>
    wide(`sum(${sql.includes("*") ? sql.replace(/^t\.(\w)/, (_, letter) => wide(`t.${letter}`)) : sql})`)
  );
  const rows = await steps.rows(
    `SELECT c.cohort, x.variant, t.k, ${columns.join(", ")} FROM tenure_days AS t JOIN ${joined} WHERE t.k <= c.last_day AND t.k >= ${-before} GROUP BY 1, 2, 3`
  );
  const byKey = new Map(rows.map((row) => [`${row[0]} ${row[1]} ${row[2]}`, row.slice(3).map(Number)]));
  const [sy, sw] = [step("y"), parts.some(({letter}) => letter === "w") ? step("w") : 1];
  return cohorts.flatMap((cohort, c) =>
    variants.flatMap((variant, v) => {
      const n = cohort.units[variant] ?? 0;
      const from = Math.max(-before, logDay + 1 - dayOfDate(cohort.cohort));
      const listed = range(Math.min(from, 0), cohort.lastDay).filter((k) => k < 0 || k >= first);
      return listed.map((day): TenureDayRow => {
        const [y = 0, yy = 0, w = 0, ww = 0, yw = 0] = byKey.get(`${c} ${v} ${day}`) ?? [];
        const row = {cohort: cohort.cohort, variant, day, n, y: y / sy, yy: yy / sy / sy};
        return ratio ? {...row, w: w / sw, ww: ww / sw / sw, yw: yw / sy / sw} : row;
      });
    })
  );
}

/** Products of pairs of days over the units that lived through both; n, y and z come from the day rows. */
async function productRows(
  {engine, steps}: LoadContext,
  {ratio, step, cohorts, first, variants}: Metric,
  days: readonly TenureDayRow[]
): Promise<TenurePairRow[]> {
  const {wide} = engine.dialect;
  const products = ratio ? ["a.y * b.y", "a.w * b.w", "a.y * b.w", "a.w * b.y"] : ["a.y * b.y"];
  const rows = await steps.rows(
    `SELECT c.phase, x.variant, a.k, b.k, ${products.map((sql) => wide(`sum(${sql.replace(/^a\.(\w)/, (_, letter) => wide(`a.${letter}`))})`)).join(", ")} FROM tenure_days AS a JOIN tenure_days AS b ON b.u = a.u AND b.k >= a.k JOIN ${joined.replaceAll("t.u", "a.u")} WHERE a.k >= ${first} AND b.k <= c.last_day GROUP BY 1, 2, 3, 4`
  );
  const byKey = new Map(rows.map((row) => [row.slice(0, 4).join(" "), row.slice(4).map(Number)]));
  const phases = [...new Set(cohorts.map(({phase}) => phase))];
  const [sy, sw] = [step("y"), ratio ? step("w") : 1];
  const lastDays = new Map(cohorts.map(({cohort, lastDay, phase}) => [cohort, {lastDay, phase}]));
  return phases.flatMap((phase, p) =>
    variants.flatMap((variant, v) => {
      const own = days.filter(
        (row) => row.variant === variant && row.day >= first && lastDays.get(row.cohort)?.phase === phase
      );
      const last = Math.max(-1, ...own.map(({day}) => day));
      return range(first, last).flatMap((k) => {
        const lived = own.filter(({cohort}) => (lastDays.get(cohort)?.lastDay ?? -1) >= k);
        const at = (day: number, letter: "n" | "y" | "w"): number =>
          lived.reduce((sum, row) => sum + (row.day === day ? (row[letter] ?? 0) : 0), 0);
        return range(first, k).map((j): TenurePairRow => {
          const [yz = 0, wv = 0, yv = 0, wz = 0] = byKey.get(`${p} ${v} ${j} ${k}`) ?? [];
          const row = {phase, variant, j, k, n: at(k, "n"), y: at(j, "y"), z: at(k, "y"), yz: yz / sy / sy};
          if (!ratio) return row;
          return {...row, w: at(j, "w"), v: at(k, "w"), wv: wv / sw / sw, yv: yv / sy / sw, wz: wz / sy / sw};
        });
      });
    })
  );
}

/** Sums over units of one expression of their days, by cohort and variant, for cohorts that lived through a day. */
async function unitSums(
  {engine, steps}: LoadContext,
  {cohorts, variants}: Metric,
  {columns, sums, until}: {columns: Readonly<Record<string, string>>; sums: readonly string[]; until: number}
): Promise<{cohort: TenureCohort; variant: string; values: number[]}[]> {
  const {wide, integer} = engine.dialect;
  const inner = Object.entries(columns).map(([name, sql]) => `${integer(`coalesce(sum(${sql}), 0)`)} AS ${name}`);
  const rows = await steps.rows(
    `SELECT c.cohort, x.variant, ${sums
      .map((sql) =>
        wide(
          `sum(${sql
            .split("*")
            .map((name) => `${wide(`t.${name}`)}`)
            .join(" * ")})`
        )
      )
      .join(
        ", "
      )} FROM (SELECT u, ${inner.join(", ")} FROM tenure_days GROUP BY u) AS t JOIN ${joined} WHERE c.last_day >= ${until} GROUP BY 1, 2`
  );
  const byKey = new Map(rows.map((row) => [`${row[0]} ${row[1]}`, row.slice(2).map(Number)]));
  return cohorts.flatMap((cohort, c) =>
    cohort.lastDay < until
      ? []
      : variants.map((variant, v) => ({cohort, variant, values: byKey.get(`${c} ${v}`) ?? sums.map(() => 0)}))
  );
}

async function earlyRows(
  context: LoadContext,
  own: Metric,
  [from, to]: readonly [number, number]
): Promise<TenureRow[]> {
  const length = to - from + 1;
  const [sy, sw] = [own.step("y") * length, (own.ratio ? own.step("w") : 1) * length];
  const inSpan = (letter: string): string => `CASE WHEN k BETWEEN ${from} AND ${to} THEN ${letter} ELSE 0 END`;
  const columns: Record<string, string> = own.ratio ? {e: inSpan("y"), f: inSpan("w")} : {e: inSpan("y")};
  const sums = own.ratio ? ["e", "e*e", "f", "f*f", "e*f"] : ["e", "e*e"];
  return (await unitSums(context, own, {columns, sums, until: to})).map(
    ({cohort, variant, values: [y = 0, yy = 0, w = 0, ww = 0, yw = 0]}) => {
      const row = {cohort: cohort.cohort, variant, n: cohort.units[variant] ?? 0, y: y / sy, yy: yy / sy / sy};
      return own.ratio ? {...row, w: w / sw, ww: ww / sw / sw, yw: yw / sy / sw} : row;
    }
  );
}

async function bothRows(
  context: LoadContext,
  own: Metric,
  {early, late}: {early: readonly [number, number]; late: readonly [number, number]}
): Promise<TenureSpanRow[]> {
  const inSpan = (letter: string, [from, to]: readonly [number, number]): string =>
    `CASE WHEN k BETWEEN ${from} AND ${to} THEN ${letter} ELSE 0 END`;
  const columns = {
    e: inSpan("y", early),
    l: inSpan("y", late),
    ...(own.ratio ? {f: inSpan("w", early), m: inSpan("w", late)} : {})
  };
  const names = [
    "e",
    "l",
    "e*e",
    "l*l",
    "e*l",
    ...(own.ratio ? ["f", "m", "f*f", "m*m", "f*m", "e*f", "l*m", "e*m", "l*f"] : [])
  ];
  const scales: Record<string, number> = {
    e: own.step("y") * (early[1] - early[0] + 1),
    l: own.step("y") * (late[1] - late[0] + 1),
    f: own.step("w") * (early[1] - early[0] + 1),
    m: own.step("w") * (late[1] - late[0] + 1)
  };
  const rows = await unitSums(context, own, {columns, sums: names, until: late[1]});
  return rows.map(({cohort, variant, values}) => {
    const named = Object.fromEntries(
      names.map((name, i) => {
        const letters = name.split("*");
        const value = letters.reduce((rest, letter) => rest / (scales[letter] ?? 1), values[i] ?? 0);
        return [letters.join(""), value];
      })
    );
    const {e = 0, l = 0, ee = 0, ll = 0, el = 0, ...more} = named;
    return {cohort: cohort.cohort, variant, n: cohort.units[variant] ?? 0, e, l, ee, ll, el, ...more};
  });
}

/** Each unit's least-squares slope: with weights 2k - (from + to) it is a whole number over a constant. */
async function slopeRows(
  context: LoadContext,
  own: Metric,
  [from, to]: readonly [number, number]
): Promise<TenureRow[]> {
  const squares = range(from, to).reduce((sum, k) => sum + (k - (from + to) / 2) ** 2, 0);
  if (!(squares > 0)) return [];
  const slope = `CASE WHEN k BETWEEN ${from} AND ${to} THEN (2 * k - ${from + to}) * y ELSE 0 END`;
  const scale = 2 * squares * own.step("y");
  const rows = await unitSums(context, own, {columns: {s: slope}, sums: ["s", "s*s"], until: to});
  return rows.map(({cohort, variant, values: [y = 0, yy = 0]}) => ({
    cohort: cohort.cohort,
    variant,
    n: cohort.units[variant] ?? 0,
    y: y / scale,
    yy: yy / scale / scale
  }));
}

/** A unit's mean value on each weekday of its whole weeks, and the products of pairs of weekdays. */
async function weekdayRows(
  {engine, steps}: LoadContext,
  own: Metric,
  hits: readonly Hits[],
  scale: Scale
): Promise<TenurePairRow[]> {
  const {wide, integer} = engine.dialect;
  const {cohorts, variants} = own;
  const weeks = cohorts.map((cohort) => Math.floor((scale.asOf - cohortDays(cohort)[1]) / 7));
  if (weeks.every((count) => count < 1)) return [];
  await steps.table("tenure_dates", tenureDays(engine.dialect, own.parts, hits, scale, {key: "day"}));
  // 1970-01-01 was a Thursday: ISO weekday 4.
  const weekday = "((t.day + 3) % 7) + 1";
  await steps.table(
    "tenure_weekdays",
    `SELECT t.u, c.cohort, x.variant, ${weekday} AS k, ${integer("sum(t.y)")} AS y FROM tenure_dates AS t JOIN ${joined} WHERE t.day > x.entry_day AND t.day <= x.entry_day + 7 * CASE c.cohort ${weeks.map((count, i) => `WHEN ${i} THEN ${Math.max(0, count)}`).join(" ")} ELSE 0 END GROUP BY 1, 2, 3, 4`
  );
  const singles = await steps.rows(
    `SELECT cohort, variant, k, ${wide("sum(y)")} FROM tenure_weekdays GROUP BY 1, 2, 3`
  );
  const pairs = await steps.rows(
    `SELECT a.cohort, a.variant, a.k, b.k, ${wide(`sum(${wide("a.y")} * b.y)`)} FROM tenure_weekdays AS a JOIN tenure_weekdays AS b ON b.u = a.u AND b.k >= a.k GROUP BY 1, 2, 3, 4`
  );
  const single = new Map(singles.map((row) => [row.slice(0, 3).join(" "), Number(row[3])]));
  const pair = new Map(pairs.map((row) => [row.slice(0, 4).join(" "), Number(row[4])]));
  const step = own.step("y");
  const lived = cohorts.flatMap((cohort, c) => ((weeks[c] ?? 0) < 1 ? [] : [{cohort, c, m: weeks[c]! * step}]));
  return [...new Set(lived.map(({cohort}) => cohort.phase))].flatMap((phase) =>
    variants.flatMap((variant, v) =>
      range(1, 7).flatMap((k) =>
        range(1, k).map((j): TenurePairRow => {
          const mine = lived.filter(({cohort}) => cohort.phase === phase);
          const sum = (value: (row: (typeof mine)[number]) => number): number =>
            mine.reduce((total, row) => total + value(row), 0);
          return {
            phase,
            variant,
            j,
            k,
            n: sum(({cohort}) => cohort.units[variant] ?? 0),
            y: sum(({c, m}) => (single.get(`${c} ${v} ${j}`) ?? 0) / m),
            z: sum(({c, m}) => (single.get(`${c} ${v} ${k}`) ?? 0) / m),
            yz: sum(({c, m}) => (pair.get(`${c} ${v} ${j} ${k}`) ?? 0) / m / m)
          };
        })
      )
    )
  );
}

function range(from: number, to: number): number[] {
  return Array.from({length: Math.max(0, to - from + 1)}, (_, i) => from + i);
}
