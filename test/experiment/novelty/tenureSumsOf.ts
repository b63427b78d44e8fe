import {tenureSpans} from "../../../lib/experiment/novelty/tenureSpans.ts";
import type {
  TenureDayRow,
  TenurePairRow,
  TenureRow,
  TenureSpanRow,
  TenureSums
} from "../../../lib/experiment/novelty/tenureSums.ts";

/** A unit with its value on every day of its tenure, as many as it could live. */
export type TenureUnit = {
  variant: string;
  /** Days since the first date, an integer. */
  entry: number;
  y: ArrayLike<number>;
  w?: ArrayLike<number>;
  /** Values on the days before the exposure, the last first. */
  before?: readonly number[];
  phase?: string;
  segments?: Readonly<Record<string, string>>;
};

/** How the sums are taken. */
export type TenureSumsOfOptions = {
  /** Days since the first date that are complete. */
  asOf: number;
  kind?: TenureSums["kind"];
  origin?: {y?: number; w?: number};
  calendarOnly?: boolean;
  spans?: {early: [number, number]; late: [number, number]} | null;
  /** Whether to take the products between days, which take the longest. */
  products?: boolean;
};

/** Returns the date so many days after Monday, 5 January 2026. */
export function dateOf(days: number): string {
  return new Date(Date.UTC(2026, 0, 5 + days)).toISOString().slice(0, 10);
}

/** Returns the tenure sums of units given one by one, the slow and plain way; cohorts are not merged. */
export function tenureSumsOf(
  units: readonly TenureUnit[],
  {asOf, kind = "mean", origin = {}, calendarOnly = false, spans: declared = null, products = true}: TenureSumsOfOptions
): TenureSums {
  const ratio = kind === "ratio";
  const first = calendarOnly ? 1 : 0;
  const [oy, ow] = [origin.y ?? 0, origin.w ?? 0];
  const lastDayOf = (entry: number) => (calendarOnly ? asOf - entry : asOf - entry - 1);
  const byCohort = new Map<number, TenureUnit[]>();
  for (const unit of units) {
    const own = byCohort.get(unit.entry);
    if (own === undefined) byCohort.set(unit.entry, [unit]);
    else own.push(unit);
  }
  const entries = [...byCohort.keys()].sort((a, b) => a - b);
  const cohorts = entries.map((entry) => {
    const own = byCohort.get(entry)!;
    const counts: Record<string, number> = {};
    for (const {variant} of own) counts[variant] = (counts[variant] ?? 0) + 1;
    return {
      cohort: dateOf(entry),
      until: dateOf(entry),
      phase: own[0]!.phase ?? "all",
      lastDay: lastDayOf(entry),
      units: counts
    };
  });
  const spans = tenureSpans(
    cohorts.map(({lastDay}, i) => ({lastDay, n: byCohort.get(entries[i]!)!.length})),
    {calendarOnly, spans: declared}
  );
  const rowsOf = new Table();
  const pairsOf = new Map<string, Writable<Required<TenurePairRow>>[]>();
  const entrants = new Map<string, TenureSums["entrants"][number] & {n: number}>();
  for (const {variant, entry, y, w, before = [], phase = "all", segments = {}} of units) {
    const cohort = dateOf(entry);
    const last = lastDayOf(entry);
    const at = (day: number) => ({
      y: (day < 0 ? (before[-day - 1] ?? 0) : y[day]!) - oy,
      w: ratio ? (day < 0 ? 0 : w![day]!) - ow : 0
    });
    for (let day = -before.length; day <= last; day++) {
      if (day >= 0 && day < first) continue;
      rowsOf.add("days", {cohort, variant, day}, one(at(day)));
      if (!products || day < first) continue;
      const row = pairsOf.get(`${phase} ${variant} ${day}`) ?? [];
      pairsOf.set(`${phase} ${variant} ${day}`, row);
      const [j, m] = [at(day).y, at(day).w];
      for (let k = day; k <= last; k++) {
        const sums = (row[k] ??= {phase, variant, j: day, k, n: 0, y: 0, z: 0, yz: 0, w: 0, v: 0, wv: 0, yv: 0, wz: 0});
        const [z, v] = [y[k]! - oy, ratio ? w![k]! - ow : 0];
        sums.n++;
        sums.y += j;
        sums.z += z;
        sums.yz += j * z;
        if (!ratio) continue;
        sums.w += m;
        sums.v += v;
        sums.wv += m * v;
        sums.yv += j * v;
        sums.wz += m * z;
      }
    }
    const mean = ([from, to]: readonly [number, number]) => {
      const sum = {y: 0, w: 0};
      for (let day = from; day <= to; day++) {
        sum.y += at(day).y / (to - from + 1);
        sum.w += at(day).w / (to - from + 1);
      }
      return sum;
    };
    if (spans !== null && last >= spans.early[1]) rowsOf.add("early", {cohort, variant}, one(mean(spans.early)));
    if (spans !== null && last >= spans.late[1]) {
      const [e, l] = [mean(spans.early), mean(spans.late)];
      const [f, m] = [e.w, l.w];
      rowsOf.add(
        "both",
        {cohort, variant},
        {
          e: e.y,
          l: l.y,
          ee: e.y * e.y,
          ll: l.y * l.y,
          el: e.y * l.y,
          ...(ratio ? {f, m, ff: f * f, mm: m * m, fm: f * m, ef: e.y * f, lm: l.y * m, em: e.y * m, lf: l.y * f} : {})
        }
      );
    }
    if (spans !== null && last >= spans.trend[1] && !ratio) {
      const [from, to] = spans.trend;
      const centre = (from + to) / 2;
      let [top, bottom] = [0, 0];
      for (let day = from; day <= to; day++) {
        top += (day - centre) * at(day).y;
        bottom += (day - centre) ** 2;
      }
      rowsOf.add("slopes", {cohort, variant}, one({y: top / bottom, w: 0}));
    }
    const weeks = Math.floor((asOf - entry) / 7);
    if (weeks >= 1 && !ratio && y.length > 7 * weeks) {
      const values = new Float64Array(8);
      for (let day = 1; day <= 7 * weeks; day++) values[1 + ((entry + day) % 7)]! += at(day).y / weeks;
      for (let j = 1; j <= 7; j++)
        for (let k = j; k <= 7; k++)
          rowsOf.add("weekdays", {phase, variant, j, k}, two({y: values[j]!, w: 0}, {y: values[k]!, w: 0}));
    }
    for (const [dimension, value] of Object.entries(segments)) {
      const key = `${dimension} ${value} ${cohort}`;
      const row = entrants.get(key) ?? {dimension, value, cohort, n: 0};
      row.n++;
      entrants.set(key, row);
    }
  }
  return {
    kind,
    origin,
    calendarOnly,
    cohorts,
    spans,
    days: rowsOf.list<TenureDayRow>("days"),
    products: [...pairsOf.values()].flatMap((rows) =>
      Object.values(rows).map((row): TenurePairRow => {
        if (ratio) return row;
        const {phase, variant, j, k, n, y, z, yz} = row;
        return {phase, variant, j, k, n, y, z, yz};
      })
    ),
    early: rowsOf.list<TenureRow>("early"),
    both: rowsOf.list<TenureSpanRow>("both"),
    slopes: rowsOf.list<TenureRow>("slopes"),
    weekdays: rowsOf.list<TenurePairRow>("weekdays"),
    entrants: [...entrants.values()]
  };

  function one({y, w}: {y: number; w: number}): Record<string, number> {
    return {y, yy: y * y, ...(ratio ? {w, ww: w * w, yw: y * w} : {})};
  }

  function two(a: {y: number; w: number}, b: {y: number; w: number}): Record<string, number> {
    const sums = {y: a.y, z: b.y, yz: a.y * b.y};
    return ratio ? {...sums, w: a.w, v: b.w, wv: a.w * b.w, yv: a.y * b.w, wz: a.w * b.y} : sums;
  }
}

type Writable<T> = {-readonly [K in keyof T]: T[K]};

class Table {
  readonly rows = new Map<string, Map<string, Record<string, unknown>>>();

  add(table: string, key: Record<string, string | number>, sums: Record<string, number>): void {
    let rows = this.rows.get(table);
    if (rows === undefined) this.rows.set(table, (rows = new Map()));
    const id = Object.values(key).join(" ");
    let row = rows.get(id);
    if (row === undefined) rows.set(id, (row = {...key, n: 0}));
    row.n = Number(row.n) + 1;
    for (const [name, value] of Object.entries(sums)) row[name] = Number(row[name] ?? 0) + value;
  }

  list<T>(table: string): T[] {
    return [...(this.rows.get(table)?.values() ?? [])] as T[];
  }
}
