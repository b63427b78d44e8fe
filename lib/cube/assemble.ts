import {setImmediate} from "node:timers/promises";
import type {Letter, Origin} from "../stats/moments.ts";
import {emptyRow} from "./emptyRow.ts";
import type {ExactSums} from "./exactSums.ts";
import {addSums, centring, chooseOrigins, noSums, originOf} from "./exactSums.ts";
import type {Group} from "./increments.ts";
import type {Plan} from "./plan.ts";
import {isZeroOrOne} from "./sql/increments.ts";
import type {CubeRow, Links} from "./row.ts";
import {wholeNumber} from "./steps.ts";
import {dateOfDay} from "./zone.ts";

export interface AssembleOptions {
  /** The dimensions' values of each cell. */
  cells: readonly (readonly string[])[];
  /** Origins that were fixed before. */
  origins: Readonly<Record<string, Origin>>;
}

interface Assembled {
  readonly dimensions: readonly string[];
  readonly path: readonly CubeRow[];
  readonly entries: readonly CubeRow[];
  readonly links: readonly Links[];
  readonly origins: Readonly<Record<string, Origin>>;
}

/** Where a row belongs; `cell` is -1 for the variant as a whole. */
interface Key {
  readonly day: number;
  readonly variant: number;
  readonly cell: number;
}

/**
 * Turns exact whole numbers into the rows of the path and of the entries, those of variants as a whole added; a metric at a
 * time, between which others have their turn on this thread.
 */
export async function assemble(
  plan: Plan,
  groups: readonly Group[],
  {cells, origins: pinned}: AssembleOptions
): Promise<Assembled> {
  const {dimensions, metrics, variants} = plan;
  const path: CubeRow[] = [];
  const entries: CubeRow[] = [];
  const origins: Record<string, Origin> = {};
  const dateOf = datesOfDays();
  for (const {metrics: indexes, rows, divisors} of groups) {
    let column = 4;
    for (const [i, index] of indexes.entries()) {
      const metric = metrics[index];
      if (metric === undefined) continue;
      await setImmediate();
      const from = column;
      column += 2 + metric.sums.length;
      const summed = [new Map<number, [Key, ExactSums]>(), new Map<number, [Key, ExactSums]>()] as const;
      const whole = noSums(metric.sums.length);
      for (const row of rows) {
        const byEntry = Number(row[0]) === 1;
        const exact: ExactSums = {
          touched: wholeNumber(row[from]),
          n: wholeNumber(row[from + 1]),
          values: metric.sums.map((_, s) => wholeNumber(row[from + 2 + s]))
        };
        if (byEntry) exact.touched = exact.n;
        if (exact.touched === 0n) continue;
        if (!byEntry) addSums(whole, exact);
        const key = {day: Number(row[1]), variant: Number(row[2]), cell: Number(row[3])};
        const into = byEntry ? summed[1] : summed[0];
        const place = (key.day * variants.length + key.variant) * (cells.length + 1);
        add(into, place, {...key, cell: -1}, exact);
        if (dimensions.length > 0) add(into, place + key.cell + 1, key, exact);
      }
      const letters = metric.sums;
      const steps = divisors[i] ?? {};
      const chosen = chooseOrigins(letters, whole);
      for (const letter of [...chosen.keys()]) if (isZeroOrOne(metric, letter)) chosen.delete(letter);
      if (metric.kind === "time-to-event") chosen.clear();
      const fixed = pinned[metric.key];
      if (fixed !== undefined) {
        chosen.clear();
        for (const [letter, value] of Object.entries(fixed) as [Letter, number][])
          chosen.set(letter, BigInt(Math.round(value * (steps[letter] ?? 1))));
      }
      origins[metric.key] = originOf(chosen, steps);
      const centre = centring(letters, chosen, steps);
      summed.forEach((map, which) => {
        for (const [{day, variant, cell}, exact] of map.values()) {
          const row = emptyRow();
          row.date = dateOf(day);
          row.variant = variants[variant] ?? "";
          row.cell = cell < 0 ? null : (cells[cell] ?? none);
          row.metric = metric.key;
          row.touched = Number(exact.touched);
          row.n = Number(exact.n);
          centre(exact, row);
          (which === 0 ? path : entries).push(row);
        }
      });
    }
  }
  const order = compareRows(plan);
  await setImmediate();
  const links = groups.flatMap((group) =>
    group.metrics.map((index, i) => linksOf(plan, group, {metric: metrics[index]?.key ?? "", column: 4 + i, cells}))
  );
  return {dimensions, path: path.sort(order), entries: entries.sort(order), links, origins};
}

function linksOf(
  {variants, dimensions}: Plan,
  {touched}: Group,
  {metric, column, cells}: {metric: string; column: number; cells: AssembleOptions["cells"]}
): Links {
  const [entry = [], day = [], variant = [], cell = []] = touched;
  const all = touched[column] ?? [];
  const rows: number[] = [];
  for (let row = 0; row < all.length; ++row) if (all[row]! > 0) rows.push(row);
  const dateOf = datesOfDays();
  return {
    metric,
    entry: rows.map((row) => dateOf(entry[row]!)),
    date: rows.map((row) => dateOf(day[row]!)),
    variant: rows.map((row) => variants[variant[row]!] ?? ""),
    cell: rows.map((row) => (dimensions.length === 0 ? none : (cells[cell[row]!] ?? none))),
    units: rows.map((row) => all[row]!)
  };
}

const none: readonly string[] = [];

/** The dates of days, each told once. */
function datesOfDays(): (day: number) => string {
  const dates = new Map<number, string>();
  return (day) => {
    const known = dates.get(day);
    if (known !== undefined) return known;
    const date = dateOfDay(day);
    dates.set(day, date);
    return date;
  };
}

/** Returns the order of a cube's rows: by date, variant, cell (the whole variant first), metric and bin. */
export function compareRows({
  variants,
  metrics
}: {
  variants: readonly string[];
  metrics: readonly {readonly key: string}[];
}) {
  const variantOrder = new Map(variants.map((variant, i) => [variant, i]));
  const metricOrder = new Map(metrics.map(({key}, i) => [key, i]));
  return (a: Omit<CubeRow, "touched">, b: Omit<CubeRow, "touched">): number =>
    compareText(a.date, b.date) ||
    (variantOrder.get(a.variant) ?? 0) - (variantOrder.get(b.variant) ?? 0) ||
    compareCells(a.cell, b.cell) ||
    (metricOrder.get(a.metric) ?? 0) - (metricOrder.get(b.metric) ?? 0) ||
    (a.bin ?? -1) - (b.bin ?? -1);
}

function compareCells(a: readonly string[] | null, b: readonly string[] | null): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  for (let i = 0; i < a.length; ++i) {
    const order = compareText(a[i] ?? "", b[i] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

/** By code units, the same in every locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function add(to: Map<number, [Key, ExactSums]>, place: number, key: Key, exact: ExactSums): void {
  const known = to.get(place);
  if (known === undefined) to.set(place, [key, {...exact, values: [...exact.values]}]);
  else addSums(known[1], exact);
}
