import * as Plot from "@observablehq/plot";
import {clip, frame, ink, variantColor} from "../charts/theme.ts";
import type {Value} from "./csvOf.ts";

/** A result in columns' order. */
export type Rows = {columns: readonly string[]; rows: readonly (readonly Value[])[]};

/** What a quick chart shows: positions of columns; `z` splits it into lines or bars of one colour each. */
export type Encoding = {x: number; y: number; z: number | null};

const bars = 40;
const day = /^\d{4}-\d{2}-\d{2}/;

/** Returns what is likely worth seeing: the first number against the first date or text; null if no column is a number. */
export function guessEncoding({columns, rows}: Rows): Encoding | null {
  const filled = (i: number) => rows.map((row) => row[i]).filter((value) => value !== null && value !== undefined);
  const kinds = columns.map((_, i) => {
    const values = filled(i);
    if (values.length === 0) return "none";
    if (values.every((value) => typeof value === "number")) return "number";
    return values.every((value) => typeof value === "string" && day.test(value)) ? "date" : "text";
  });
  const numbers = kinds.flatMap((kind, i) => (kind === "number" ? [i] : []));
  const last = numbers.at(-1);
  if (rows.length < 2 || last === undefined) return null;
  const dated = kinds.indexOf("date");
  const texts = kinds.flatMap((kind, i) => (kind === "text" ? [i] : []));
  const x = dated >= 0 ? dated : (texts[0] ?? numbers[0] ?? 0);
  if (x === last) return null;
  const rest = texts.filter((i) => i !== x).find((i) => new Set(filled(i)).size <= 11);
  return {x, y: last, z: rest ?? null};
}

/** Returns the positions of the columns that hold numbers. */
export function numberColumns({columns, rows}: Rows): number[] {
  return columns.flatMap((_, i) => {
    const filled = rows.map((row) => row[i]).filter((value) => value !== null && value !== undefined);
    return filled.length > 0 && filled.every((value) => typeof value === "number") ? [i] : [];
  });
}

/**
 * Returns a line over dates or numbers, bars over everything else; the first 40 bars.
 *
 * @param options.variants the place of each variant's colour, which is its own here too
 */
export function quickChart(
  {columns, rows}: Rows,
  {x, y, z}: Encoding,
  {width, height, variants = {}}: {width: number; height: number; variants?: Readonly<Record<string, number>>}
): Element {
  const known = rows.filter((row) => typeof row[y] === "number" && row[x] !== null);
  const dated = known.length > 1 && known.every((row) => day.test(String(row[x])));
  const numeric = known.every((row) => typeof row[x] === "number");
  const groups = z === null ? [] : [...new Set(known.map((row) => String(row[z])))];
  const keyed = z ?? x;
  const own = known.every((row) => Object.hasOwn(variants, String(row[keyed])));
  const color = (row: readonly Value[]) =>
    variantColor((own ? variants[String(row[keyed])] : z === null ? 1 : groups.indexOf(String(row[z])) % 12) ?? 1);
  const data = dated || numeric ? known : known.slice(0, bars);
  const label = (row: readonly Value[]) => columns.map((name, i) => `${name} ${String(row[i] ?? "")}`).join("\n");
  const last = [...new Map(data.map((row) => [z === null ? "" : String(row[z]), row])).values()];
  const shared = {...frame({width, height}), marginLeft: 60, marginTop: 22, marginRight: z === null ? 16 : 110};
  if (dated || numeric) {
    const position = (row: readonly Value[]) => (dated ? new Date(String(row[x])) : Number(row[x]));
    return Plot.plot({
      ...shared,
      x: {type: dated ? "utc" : "linear", label: columns[x] ?? null, ticks: Math.max(2, Math.round(width / 110))},
      y: {label: columns[y] ?? null, grid: true, ticks: 5, ...shortTicks(data, y)},
      marks: [
        Plot.lineY(data, {
          x: position,
          y: (row) => row[y],
          z: (row) => (z === null ? 0 : String(row[z])),
          stroke: color,
          sort: position,
          strokeWidth: 1.8
        }),
        z === null
          ? null
          : Plot.text(last, {
              x: position,
              y: (row) => row[y],
              text: (row) => clip(String(row[z]), 14),
              fill: color,
              textAnchor: "start",
              dx: 8,
              fontWeight: 600
            }),
        data.length <= 60 ? Plot.dot(data, {x: position, y: (row) => row[y], fill: color, r: 2.6}) : null,
        Plot.tip(data, Plot.pointerX({x: position, y: (row) => row[y], title: label}))
      ]
    });
  }
  const name = (row: readonly Value[]) => clip(String(row[x]), 24);
  return Plot.plot({
    ...shared,
    height: Math.max(height, 44 + 20 * new Set(data.map(name)).size),
    marginLeft: Math.min(180, 16 + 6.4 * Math.max(...data.map((row) => name(row).length), 4)),
    x: {label: columns[y] ?? null, grid: true, ticks: Math.max(3, Math.round(width / 110)), ...shortTicks(data, y)},
    y: {label: null, domain: [...new Set(data.map(name))]},
    marks: [
      z === null
        ? Plot.barX(data, {x: (row) => row[y], y: name, fill: color, insetTop: 2, insetBottom: 2})
        : [
            Plot.dot(data, {x: (row) => row[y], y: name, fill: color, r: 4.2}),
            Plot.text(
              groups.flatMap((group) => data.filter((row) => String(row[z]) === group).slice(0, 1)),
              {x: (row) => row[y], y: name, text: (row) => clip(String(row[z]), 12), fill: color, dy: -9, fontSize: 11}
            )
          ],
      Plot.ruleX([0], {stroke: ink}),
      Plot.tip(data, Plot.pointer({x: (row) => row[y], y: name, title: label}))
    ]
  });
}

/** Large numbers as 20M on an axis, whose labels would not fit beside it. */
function shortTicks(rows: readonly (readonly Value[])[], y: number): {tickFormat?: (value: number) => string} {
  if (!rows.some((row) => Math.abs(Number(row[y])) >= 100_000)) return {};
  const short = new Intl.NumberFormat("en", {notation: "compact", maximumFractionDigits: 2});
  return {tickFormat: (value) => short.format(value).replace("-", "\u2212")};
}
