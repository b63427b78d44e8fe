import type {TenureCohort, TenureRow, TenureSpanRow, TenureSpans} from "../../experiment/novelty/tenureSums.ts";
import type {Dialect} from "../dialects/dialect.ts";
import {fillTenure} from "../arrays/tables/fillTenure.ts";
import type {Pair} from "../arrays/sums/pairSums.ts";
import type {SpanLetter, SpanOptions} from "../arrays/sums/sumSpans.ts";
import {valueIn} from "./segmentPlans.ts";
import {numberOf} from "../steps.ts";
import type {TenureContext} from "./tenureContext.ts";
import {range, step} from "./tenureContext.ts";
import type {TenureColumn, TenureMetric} from "./tenureSql.ts";
import {columnsOf, total, totalProduct} from "./tenureSql.ts";

/** The rows of one metric that compare spans of days. */
export interface SpanSums {
  readonly early: TenureRow[];
  readonly both: TenureSpanRow[];
  readonly slopes: TenureRow[];
  /** `both` in the order of the segment plans, by value. */
  readonly segments: readonly ReadonlyMap<string, TenureSpanRow[]>[];
}

/** One sum over units: a letter, or the product of two. */
interface Term {
  readonly name: string;
  readonly sql: string;
  /** Its letters by their place in `lettersOf`. */
  readonly pair: Pair;
}

/**
 * Returns the sums of what each unit did in the early and the late span, and of its slope over the trend's days, from
 * `tenure_days`: per unit first, then by cohort and variant.
 */
export async function spanSums(context: TenureContext, spans: TenureSpans): Promise<Map<string, SpanSums>> {
  const {engine, steps, metrics, cohorts, variants, segments, told} = context;
  const {early, late, trend} = spans;
  const {dialect} = engine;
  const columns = columnsOf(metrics);
  const double = (sql: string): string => `CAST(${sql} AS ${dialect.double})`;
  const weight = ([from, to]: readonly [number, number], sql = "1"): string =>
    double(`CASE WHEN k BETWEEN ${from} AND ${to} THEN ${sql} ELSE 0 END`);
  const coarseBits = coarseBitsOf(spans);
  const coarse = (name: string): string => double(dialect.steps(double(name), -coarseBits));
  // With weights 2k - (from + to) a least-squares slope is a whole number over a constant.
  const perDay = [
    ...columns.map(({name}) => `${double(name)} AS ${name}`),
    ...columns.flatMap(({name, side: {reduce}}) => (reduce === "sum" ? [`${coarse(name)} AS ${name}c`] : [])),
    `${weight(early)} AS e`,
    `${weight(late)} AS l`,
    `${weight(trend, `2 * k - ${trend[0] + trend[1]}`)} AS s`
  ];
  // Whole numbers below 2^53 are exact as doubles, and added up in half the time.
  const perUnit = columns.flatMap(({name, side: {reduce}}) => [
    `${dialect.integer(`sum(${name} * e)`)} AS ${name}e`,
    `${dialect.integer(`sum(${name} * l)`)} AS ${name}l`,
    `${dialect.integer(`sum(${name}${reduce === "sum" ? "c" : ""} * s)`)} AS ${name}s`
  ]);
  const terms = metrics.map((metric) => termsOf(dialect, metric, columns));
  const pairs = distinctTerms(terms);
  const sums = [...pairs.keys()];
  const cell = segments.length > 0 ? ["x.cell"] : [];
  const select = (until: number, {units, isAsked = () => true}: Asked = {}): string => {
    const asked = perUnit.filter((_, i) => isAsked(i));
    const added = [...pairs].map(([sql, [a, b]], i) => {
      const isWhole = isAsked(a) && (b === null || isAsked(b));
      return `${isWhole ? sql : dialect.wide("0")} AS a${i}`;
    });
    const days = `SELECT u, ${perDay.join(", ")} FROM tenure_days WHERE k BETWEEN 0 AND ${until}${units === undefined ? "" : ` AND ${units}`}`;
    return `SELECT x.cohort, x.variant, ${[...cell, ...added].join(", ")}
  FROM (SELECT u, ${asked.join(", ")} FROM (${days}) AS d GROUP BY u) AS t JOIN tenure_units AS x ON x.u = t.u GROUP BY x.cohort, x.variant${cell.map((name) => `, ${name}`).join("")}`;
  };
  const last = Math.max(late[1], trend[1]);
  const younger = await youngerUnits(context, Math.min(late[1], trend[1]));
  // Of those who lived through neither the late span nor the trend, only the early span is asked for.
  const inParts = (units: string): string =>
    [select(last, {units: `NOT ${units}`}), select(early[1], {units, isAsked: isEarly})].join(" UNION ALL ");
  const instead = told !== undefined ? fillTenure(context, "spans") : younger === null ? null : inParts(younger);
  await steps.table("tenure_spans", select(last), instead === null ? {} : {instead});
  const added = sums.map((_, i) => total(dialect, `t.a${i}`)).join(", ");
  const whole = await steps.rows(`SELECT cohort, variant, ${added} FROM tenure_spans AS t GROUP BY 1, 2`);
  const byCohort = new Map(whole.map((row) => [row.slice(0, 2).join(" "), row.slice(2).map(Number)]));
  // In order, since cohorts of a run are added up as doubles.
  const bySegment: Map<string, number[]>[] = [];
  for (const plan of segments) {
    const rows = await steps.rows(
      `SELECT t.cohort, t.variant, d.d${plan.at}, ${added} FROM tenure_spans AS t JOIN cells AS d ON d.cell = t.cell GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`
    );
    const found = new Map<string, number[]>();
    for (const row of rows) {
      const cells: string[] = [];
      cells[plan.at] = String(row[2]);
      const key = `${valueIn(plan, cells)} ${plan.runs[Number(row[0])]} ${row[1]}`;
      const known = found.get(key);
      const mine = row.slice(3).map(Number);
      found.set(key, known === undefined ? mine : known.map((sum, i) => sum + (mine[i] ?? 0)));
    }
    bySegment.push(found);
  }

  return new Map(
    metrics.map((metric, m) => {
      const own = terms[m] ?? [];
      const named = (values: readonly number[] | undefined): Record<string, number> =>
        Object.fromEntries(
          own.map(({name, sql}) => [name, (values?.[sums.indexOf(sql)] ?? 0) / scaleOf(metric, name)])
        );
      const rowsOf = <Row>(
        list: readonly TenureCohort[],
        until: number,
        row: (cohort: {cohort: string; variant: string; n: number}, sums: Record<string, number>) => Row,
        from: (c: number, v: number) => readonly number[] | undefined
      ): Row[] =>
        list.flatMap((cohort, c) =>
          cohort.lastDay < until
            ? []
            : variants.map((variant, v) =>
                row({cohort: cohort.cohort, variant, n: cohort.units[variant] ?? 0}, named(from(c, v)))
              )
        );
      const cohortAt = (c: number, v: number) => byCohort.get(`${c} ${v}`);
      return [
        metric.key,
        {
          early: rowsOf(cohorts, early[1], earlyRow(metric), cohortAt),
          both: rowsOf(cohorts, late[1], spanRow(metric), cohortAt),
          slopes: metric.w === null ? rowsOf(cohorts, trend[1], slopeRow, cohortAt) : [],
          segments: segments.map(
            ({cohorts: byValue}, i) =>
              new Map(
                [...byValue].map(([value, list]) => [
                  value,
                  rowsOf(list, late[1], spanRow(metric), (c, v) => bySegment[i]?.get(`${value} ${c} ${v}`))
                ])
              )
          )
        }
      ];
    })
  );

  function scaleOf({y, w}: TenureMetric, name: string): number {
    const squares = range(trend[0], trend[1]).reduce((sum, k) => sum + (k - (trend[0] + trend[1]) / 2) ** 2, 0);
    const days = ([from, to]: readonly [number, number]) => to - from + 1;
    const scales: Record<string, number> = {
      e: step(y) * days(early),
      l: step(y) * days(late),
      f: step(w) * days(early),
      m: step(w) * days(late),
      s: (2 * squares * step(y)) / (y.side.reduce === "sum" ? 2 ** coarseBits : 1)
    };
    return [...name].reduce((scale, letter) => scale * (scales[letter] ?? 1), 1);
  }
}

/** Some units, and which of the letters of `lettersOf` are asked of them; default: all of both. */
interface Asked {
  readonly units?: string;
  readonly isAsked?: (letter: number) => boolean;
}

/** Whether a letter, by its place in `lettersOf`, is of the early span. */
function isEarly(letter: number): boolean {
  return letter % 3 === 0;
}

/**
 * Returns SQL that is true for units `u` that have not lived through a day, where the state of units is kept: they are
 * numbered by their entry, so that numbers tell, but for units under a new one. Null elsewhere.
 */
async function youngerUnits({steps, state, cohorts}: TenureContext, day: number): Promise<string | null> {
  if (state === undefined) return null;
  const base = state.kept === null ? "" : ` AND u <= ${state.kept.base}`;
  const old = cohorts.flatMap(({lastDay}, i) => (lastDay >= day ? [i] : []));
  if (old.length === 0) return null;
  const [row] = await steps.rows(`SELECT max(u) FROM tenure_units WHERE cohort IN (${old.join(", ")})${base}`);
  return `(u > ${numberOf(row?.[0]) ?? 0}${base})`;
}

/** The sums that a metric asks for, of what units did in the spans. */
function termsOf(dialect: Dialect, {y, w}: TenureMetric, columns: readonly TenureColumn[]): Term[] {
  const letters: Record<string, readonly [TenureColumn, string]> = {
    e: [y, `t.${y.name}e`],
    l: [y, `t.${y.name}l`],
    ...(w === null ? {s: [y, `t.${y.name}s`] as const} : {f: [w, `t.${w.name}e`], m: [w, `t.${w.name}l`]})
  };
  const names = w === null ? meanTerms : ratioTerms;
  return names.map((name) => {
    const [a, b] = [letters[name[0] ?? ""], letters[name[1] ?? ""]];
    if (a === undefined) throw new Error(`unknown letter: ${name}`);
    const place = (letter: string, [column]: typeof a): number =>
      3 * columns.indexOf(column) + ("ef".includes(letter) ? 0 : "lm".includes(letter) ? 1 : 2);
    const pair: Pair = [place(name[0] ?? "", a), b === undefined ? null : place(name[1] ?? "", b)];
    return {name, sql: b === undefined ? total(dialect, a[1]) : totalProduct(dialect, a, b), pair};
  });
}

/** All sums of some metrics, each once, by its SQL. */
function distinctTerms(terms: readonly (readonly Term[])[]): Map<string, Pair> {
  return new Map(terms.flatMap((own) => own.map(({sql, pair}) => [sql, pair])));
}

/** A slope is larger than its values: their last bits make room for its square, which has to fit into 127. */
function coarseBitsOf({trend}: TenureSpans): number {
  return Math.ceil(Math.log2(trend[1] - trend[0] + 2));
}

/** Returns what typed arrays sum of the spans. */
export function spanOptions(
  dialect: Dialect,
  metrics: readonly TenureMetric[],
  spans: TenureSpans
): Pick<SpanOptions, "spans" | "letters" | "pairs"> {
  const columns = columnsOf(metrics);
  const pairs = distinctTerms(metrics.map((metric) => termsOf(dialect, metric, columns)));
  return {spans, letters: lettersOf(columns, coarseBitsOf(spans)), pairs: [...pairs.values()]};
}

/** What a unit did in the early and in the late span, and its slope, of each column. */
function lettersOf(columns: readonly TenureColumn[], coarseBits: number): SpanLetter[] {
  return columns.flatMap(({side}, column) => [
    {column, of: "early", by: 1},
    {column, of: "late", by: 1},
    {column, of: "slope", by: side.reduce === "sum" ? 2 ** coarseBits : 1}
  ]);
}

const meanTerms = ["e", "l", "s", "ee", "ll", "el", "ss"];
const ratioTerms = ["e", "l", "ee", "ll", "el", "f", "m", "ff", "mm", "fm", "ef", "lm", "em", "lf"];

type Key = {cohort: string; variant: string; n: number};

function earlyRow({w}: TenureMetric) {
  return (key: Key, {e = 0, ee = 0, f = 0, ff = 0, ef = 0}: Record<string, number>): TenureRow =>
    w === null ? {...key, y: e, yy: ee} : {...key, y: e, yy: ee, w: f, ww: ff, yw: ef};
}

function spanRow({w}: TenureMetric) {
  return (key: Key, sums: Record<string, number>): TenureSpanRow => {
    const {e = 0, l = 0, ee = 0, ll = 0, el = 0} = sums;
    if (w === null) return {...key, e, l, ee, ll, el};
    const {f = 0, m = 0, ff = 0, mm = 0, fm = 0, ef = 0, lm = 0, em = 0, lf = 0} = sums;
    return {...key, e, l, ee, ll, el, f, m, ff, mm, fm, ef, lm, em, lf};
  };
}

function slopeRow(key: Key, {s = 0, ss = 0}: Record<string, number>): TenureRow {
  return {...key, y: s, yy: ss};
}
