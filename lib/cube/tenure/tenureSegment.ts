import type {TenureCohort, TenureDayRow, TenureSpanRow, TenureSums} from "../../experiment/novelty/tenureSums.ts";
import type {Columns} from "../cubeTable.ts";

/** Which rows of tenure.parquet, and what the file does not say of them. */
export interface TenureSegmentOptions {
  readonly metric: string;
  readonly dimension: string;
  readonly value: string;
  readonly kind: TenureSums["kind"];
  /** The days compared; null where no cohort has lived through both. */
  readonly spans: {readonly early: readonly [number, number]; readonly late: readonly [number, number]} | null;
}

/**
 * Returns the tenure sums of one value of a dimension from the columns of tenure.parquet, by the page's reader; null if the
 * file has none. Products between days, weekdays and slopes are those of whole variants only: what needs them says so.
 */
export function tenureSegment(
  columns: Columns,
  {metric, dimension, value, kind, spans}: TenureSegmentOptions
): TenureSums | null {
  const text = (name: string, i: number): string => String(columns[name]?.[i] ?? "");
  const number = (name: string, i: number): number => Number(columns[name]?.[i] ?? 0);
  const cohorts = new Map<string, TenureCohort & {units: Record<string, number>}>();
  const days: TenureDayRow[] = [];
  const both: TenureSpanRow[] = [];
  let calendarOnly = true;
  const length = columns["metric"]?.length ?? 0;
  for (let i = 0; i < length; ++i) {
    if (text("metric", i) !== metric) continue;
    const part = text("part", i);
    if (part === "day" && number("k", i) === 0) calendarOnly = false;
    if (text("dimension", i) !== dimension || text("value", i) !== value) continue;
    const [cohort, variant, n] = [text("cohort", i), text("variant", i), number("n", i)];
    if (part === "cohort") {
      const known = cohorts.get(cohort);
      if (known === undefined)
        cohorts.set(cohort, {
          cohort,
          until: text("until", i),
          phase: text("phase", i),
          lastDay: number("k", i),
          units: {[variant]: n}
        });
      else known.units[variant] = n;
    } else if (part === "day") {
      const row = {cohort, variant, day: number("k", i), n, y: number("y", i), yy: number("yy", i)};
      days.push(kind === "ratio" ? {...row, w: number("w", i), ww: number("ww", i), yw: number("yw", i)} : row);
    } else if (part === "both") {
      const [e, l, ee, ll, el] = ["e", "l", "ee", "ll", "el"].map((name) => number(name, i));
      const row = {cohort, variant, n, e: e!, l: l!, ee: ee!, ll: ll!, el: el!};
      const more = Object.fromEntries(ratios.map((name) => [name, number(name, i)]));
      both.push(kind === "ratio" ? {...row, ...more} : row);
    }
  }
  if (cohorts.size === 0) return null;
  return {
    kind,
    origin: {},
    calendarOnly,
    cohorts: [...cohorts.values()],
    days,
    products: [],
    spans: spans === null ? null : {...spans, trend: [spans.early[0], spans.late[1]]},
    early: [],
    both,
    slopes: [],
    weekdays: [],
    entrants: []
  };
}

const ratios = ["f", "m", "ff", "mm", "fm", "ef", "lm", "em", "lf"] as const;
