import type {Kind} from "./words.ts";

/** Lower and upper bound; a null bound is open, a null interval could not be had. */
export type Interval = readonly [number | null, number | null] | null;

/** The true minus sign, as wide as a plus. */
export const minus = "\u2212";
/** A narrow space that does not break a line: between a number and its unit. */
export const thinSpace = "\u202f";

/** How a number is written: all fields may be left out. */
export type NumberStyle = {
  /** A plus before what is above zero; default false. */
  signed?: boolean;
  /** Digits after the point; default: as many as three significant digits need, two below ten. */
  decimals?: number;
};

/** What a metric's numbers are measured in. */
export type Measure = {kind: Kind; unit: string | null};

const currencies: Record<string, string> = {USD: "$", EUR: "\u20ac", GBP: "\u00a3", JPY: "\u00a5", INR: "\u20b9"};
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * Returns how many decimals show about two significant digits of a number of this size: 1 for 3.4, 2 for 0.34, 0 for
 * 34. At most 8; 0 for zero and for what is not finite.
 */
export function decimalsOf(size: number): number {
  if (!(Math.abs(size) > 0 && Number.isFinite(size))) return 0;
  return Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(size)) + 1e-9)));
}

/** Returns the number with grouped thousands and a true minus; a number that is not finite is an en dash. */
export function formatNumber(value: number | null, {signed = false, decimals}: NumberStyle = {}): string {
  if (value === null || !Number.isFinite(value)) return "\u2013";
  const digits = decimals ?? decimalsOf(value);
  // Not toLocaleString: a page has thousands of numbers, and it is a hundred times slower.
  const size = Math.abs(value)
    .toFixed(digits)
    .replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ",");
  const zero = !/[1-9]/.test(size);
  return `${zero ? "" : value < 0 ? minus : signed ? "+" : ""}${size}`;
}

/** Returns a whole number with grouped thousands, such as `200,412`. */
export function formatCount(value: number | null): string {
  return formatNumber(value, {decimals: 0});
}

/** Returns a count in few characters, for axes and narrow lines: `200k`, `1.2M`, `812`. */
export function formatShort(value: number): string {
  const size = Math.abs(value);
  if (size >= 999_500) return `${trimmed(value / 1e6)}M`;
  if (size >= 1000) return `${trimmed(value / 1e3)}k`;
  return formatNumber(value, {decimals: size < 10 && !Number.isInteger(value) ? decimalsOf(value) : 0});
}

/** Returns a fraction as a percentage, such as `+3.1%` for 0.031; decimals count after the multiplication. */
export function formatPercent(fraction: number | null, style: NumberStyle = {}): string {
  if (fraction === null || !Number.isFinite(fraction)) return "\u2013";
  return `${formatNumber(fraction * 100, style)}%`;
}

/** Returns a percentage that a person chose, without digits that were not chosen: `2%`, `0.5%`, `25%`. */
export function formatChosen(fraction: number | null): string {
  if (fraction === null || !Number.isFinite(fraction)) return "\u2013";
  return `${String(Number((fraction * 100).toPrecision(3))).replace("-", minus)}%`;
}

/**
 * Returns an amount in the metric's own unit: a percentage for proportions and retention, a currency sign before, any
 * other unit after a thin space.
 */
export function formatAmount(value: number | null, {kind, unit}: Measure, style: NumberStyle = {}): string {
  if (value === null || !Number.isFinite(value)) return "\u2013";
  if (isShare(kind)) return formatPercent(value, style);
  const decimals = style.decimals ?? (unit !== null && unit in currencies ? 2 : threeDigits(value));
  const number = formatNumber(value, {...style, decimals});
  if (unit === null) return number;
  const currency = currencies[unit];
  if (currency === undefined) return `${number}${thinSpace}${unit}`;
  return number.replace(/^([+\u2212]?)/, `$1${currency}`);
}

/** Returns an absolute difference: percentage points for proportions and retention, else an amount with its sign. */
export function formatDifference(value: number | null, {kind, unit}: Measure, style: NumberStyle = {}): string {
  if (value === null || !Number.isFinite(value)) return "\u2013";
  if (isShare(kind)) return `${formatNumber(value * 100, {signed: true, ...style})}\u00a0points`;
  return formatAmount(value, {kind, unit}, {signed: true, decimals: decimalsOf(value), ...style});
}

/**
 * Returns decimals for both bounds and the estimate between them: half the width shows two significant digits, no bound
 * more than three, the bounds can be told apart, and one that is near zero still shows its side of it.
 */
export function intervalDecimals(interval: Interval, {scale = 1}: {scale?: number} = {}): number {
  const [lower, upper] = interval ?? [null, null];
  if (lower !== null && upper !== null && upper > lower) {
    const width = (upper - lower) * scale;
    const largest = Math.max(Math.abs(lower), Math.abs(upper)) * scale;
    const apart = Math.ceil(-Math.log10(width));
    const usual = Math.max(0, apart, Math.min(decimalsOf(width * 0.4995), 2 - Math.floor(Math.log10(largest))));
    return Math.min(8, usual + Math.max(hidden(lower * scale, usual), hidden(upper * scale, usual)));
  }
  return decimalsOf((lower ?? upper ?? 0) * scale);
}

/** Decimals that a bound needs beyond the usual ones, at most two, so that it is not written as zero. */
function hidden(bound: number, decimals: number): number {
  if (bound === 0) return 0;
  return [0, 1].find((more) => Math.abs(bound) * 10 ** (decimals + more) >= 0.5) ?? 2;
}

/**
 * Returns an interval of fractions in words, such as `+1.4% to +4.8%`; an open side is `above` or `below`, none at all
 * an en dash.
 */
export function formatPercentInterval(interval: Interval, {signed = true}: {signed?: boolean} = {}): string {
  const decimals = intervalDecimals(interval, {scale: 100});
  return spoken(interval, (value) => formatPercent(value, {signed, decimals}));
}

/** Returns an interval of absolute differences in words, the unit once: `+0.12 to +0.62 points`. */
export function formatDifferenceInterval(interval: Interval, measure: Measure): string {
  if (isShare(measure.kind)) {
    const decimals = intervalDecimals(interval, {scale: 100});
    const text = spoken(interval, (value) => formatNumber(value * 100, {signed: true, decimals}));
    return text === "\u2013" ? text : `${text}\u00a0points`;
  }
  const decimals = intervalDecimals(interval);
  return spoken(interval, (value) => formatDifference(value, measure, {decimals}));
}

/** Returns a p-value with two significant digits, `< 0.0001` below that, `> 0.99` above that. */
export function formatPValue(p: number | null): string {
  if (p === null || !(p >= 0 && p <= 1)) return "\u2013";
  if (p < 0.0001) return "<\u00a00.0001";
  if (p > 0.99 && p < 1) return ">\u00a00.99";
  return p === 1 ? "1" : p.toPrecision(p < 0.001 ? 1 : 2);
}

/** Returns `p = 0.61` or `p < 0.0001`, on one line. */
export function sayPValue(p: number | null): string {
  const text = formatPValue(p);
  return /^[<>]/.test(text) ? `p\u00a0${text}` : `p\u00a0=\u00a0${text}`;
}

/** Returns a day as people write it, `1 Feb 2026`; without the year `1 Feb`. What is not a date comes back as it is. */
export function formatDate(date: string | null, {year = true}: {year?: boolean} = {}): string {
  if (date === null) return "\u2013";
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(date);
  const month = months[Number(parts?.[2]) - 1];
  if (!parts || month === undefined) return date;
  return `${Number(parts[3])}\u00a0${month}${year ? `\u00a0${parts[1]}` : ""}`;
}

/** Returns how many days lie between two days, both counted; 0 if one is missing or the end comes first. */
export function daysBetween(start: string | null, end: string | null): number {
  const days = (Date.parse(end ?? "") - Date.parse(start ?? "")) / 86_400_000 + 1;
  return days >= 0 ? Math.round(days) : 0;
}

/** Returns the count and the word, `1 unit`, `2 units`; other plurals as the third argument. */
export function plural(count: number, word: string, words = `${word}s`): string {
  return `${formatCount(count)}\u00a0${count === 1 ? word : words}`;
}

/** Returns `a`, `a and b`, `a, b and c`. */
export function formatList(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Returns a size of a file in decimal bytes: `812 B`, `30 kB`, `7.6 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes}${thinSpace}B`;
  if (bytes < 1e6) return `${trimmed(bytes / 1e3)}${thinSpace}kB`;
  return `${trimmed(bytes / 1e6)}${thinSpace}MB`;
}

function isShare(kind: Kind): boolean {
  return kind === "proportion" || kind === "retention";
}

function threeDigits(value: number): number {
  if (value === 0) return 0;
  return Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)) + 1e-9)));
}

function trimmed(value: number): string {
  return formatNumber(value, {decimals: Math.abs(value) < 9.95 ? 1 : 0}).replace(/\.0$/, "");
}

function spoken(interval: Interval, format: (value: number) => string): string {
  const [lower, upper] = interval ?? [null, null];
  if (lower !== null && upper !== null) return `${format(lower)} to ${format(upper)}`;
  if (lower !== null) return `above ${format(lower)}`;
  if (upper !== null) return `below ${format(upper)}`;
  return "\u2013";
}
