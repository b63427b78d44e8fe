import type {SpreadForm, TryMapping, TryMetric} from "./mapping.ts";
import {maximumVariants} from "./mapping.ts";
import type {ColumnProfile, TryTable} from "./profileColumns.ts";
import {profileColumns, textOf} from "./profileColumns.ts";
import {readNumber} from "./readNumber.ts";

const variantName =
  /^(variant|variation|variante|group|grp|arm|bucket|treatment|condition|cell|assignment|version|experiment_?group|test_?group|ab)(_?(name|id|key))?$/i;
const controlName =
  /^(control|ctrl|baseline|base|old|off|original|default|status.?quo|placebo|holdout|a|0|false|no)\b/i;
const countName =
  /^(n|users?|units?|visitors?|count|size|sample_?size|exposures?|exposed|participants?|sessions|customers?|subjects?|n_?(users|units))$/i;
const unitName =
  /(^|_)(id|uuid|guid|hash)$|^(user|unit|customer|visitor|client|device|account|member|session|subject)(_?(id|key|hash|name))?$/i;
const dateName = /date|day|time|^ts$|_at$/i;
const spreads: readonly (readonly [RegExp, SpreadForm])[] = [
  [/^(sd|std|stdev|stddev|std_?dev|standard_?deviation|sigma)$/i, "standard-deviation"],
  [/^(var|variance)$/i, "variance"],
  [/^(se|sem|stderr|std_?err|standard_?error)$/i, "standard-error"],
  [/^(sq|squares?|sum_?sq|sumsq|ss|sum_?of_?squares|squared)$/i, "sum-of-squares"]
];
const meanName = /^(mean|avg|average)$/i;
const totalName = /^(sum|total)$/i;
const rateName = /(^|_)(rate|share|cr|cvr|ctr|percent|pct)$/i;
const before = /^(pre|prior|previous|before|baseline|past)_|_(pre|prior|before|baseline|pre_?period)$/i;
const worse = /latency|error|crash|churn|bounce|refund|cost|time_to|unsubscrib|complain|cancel|load|delay/i;
const maximumMetrics = 12;

/**
 * Returns what the columns of a file seem to mean, or null where no column can be the variant. A guess is a start for a
 * reader to correct: names first, then what the cells hold.
 *
 * @param options.variant the variant's column, where it is known
 */
export function guessMapping(
  table: TryTable,
  profiles: readonly ColumnProfile[] = profileColumns(table),
  {variant: chosen}: {variant?: string} = {}
): TryMapping | null {
  const variant = profiles.find(({name}) => name === chosen) ?? guessVariant(profiles);
  if (variant === null) return null;
  const rest = profiles.filter(({name}) => name !== variant.name);
  const variants = variant.values ?? [];
  const control = variants.find((value) => controlName.test(value)) ?? variants.toSorted()[0] ?? "";
  const unit = rest.find(({name, filled, unique}) => unitName.test(name) && filled > 0 && (unique || filled > 50));
  const count = rest.find(({name, integer, minimum}) => countName.test(name) && integer && (minimum ?? 0) >= 0);
  const summary = unit === undefined && count !== undefined && table.length <= 5000;
  const date = rest.find(({name, dates}) => dates && dateName.test(name)) ?? rest.find(({dates}) => dates);
  const values = rest.filter(({name, numeric}) => numeric && name !== unit?.name && name !== date?.name);
  const dimensions = rest.filter(
    ({name, numeric, dates, values}) =>
      !numeric && !dates && name !== unit?.name && values !== null && values.length > 1 && values.length <= 30
  );
  const metrics = summary
    ? summaryMetrics(
        values.filter(({name}) => name !== count.name),
        table,
        count.name
      )
    : unitMetrics(values);
  return {
    shape: summary ? "summary" : "units",
    variant: variant.name,
    control,
    weights: guessWeights(table, variant.name, variants, summary ? count.name : null),
    count: summary ? count.name : null,
    unit: summary ? null : (unit?.name ?? null),
    date: date?.name ?? null,
    dimensions: dimensions.map(({name}) => name).slice(0, 6),
    metrics: metrics
      .slice(0, maximumMetrics)
      .map((metric, i) => ({...metric, role: i === 0 ? "primary" : "secondary"})),
    empty: "leave-out",
    alpha: 0.05,
    minimumEffect: null
  };
}

/** Returns the columns that may be the variant: with two to twelve different cells. */
export function possibleVariants(profiles: readonly ColumnProfile[]): ColumnProfile[] {
  return profiles.filter(({values}) => values !== null && values.length >= 2 && values.length <= maximumVariants);
}

function guessVariant(profiles: readonly ColumnProfile[]): ColumnProfile | null {
  const possible = possibleVariants(profiles);
  return (
    possible.find(({name}) => variantName.test(name)) ??
    possible.find(({numeric, values}) => !numeric && values?.some((value) => controlName.test(value))) ??
    possible.find(({numeric, dates}) => !numeric && !dates) ??
    possible.find(({name, values}) => /^(is_)?treat|^exposed|^test$/i.test(name) && values?.length === 2) ??
    null
  );
}

/** Planned shares: equal unless the arms are far from it; then the observed ones in steps of 5%. */
function guessWeights(
  {columns}: TryTable,
  variant: string,
  variants: readonly string[],
  count: string | null
): Record<string, number> {
  const units = new Map(variants.map((value) => [value, 0]));
  const counts = count === null ? undefined : columns[count];
  columns[variant]?.forEach((cell, i) => {
    const key = textOf(cell);
    const n = counts === undefined ? 1 : (readNumber(counts[i]) ?? 0);
    if (units.has(key)) units.set(key, (units.get(key) ?? 0) + n);
  });
  const total = [...units.values()].reduce((a, b) => a + b, 0);
  const equal = 1 / variants.length;
  const observed = [...units].map(([key, n]) => [key, total === 0 ? equal : n / total] as const);
  const near = observed.every(([, share]) => Math.abs(share - equal) < 0.4 * equal);
  const rounded = observed.map(([key, share]) => [key, Math.round(share * 20) / 20] as const);
  const sum = rounded.reduce((a, [, share]) => a + share, 0);
  const usable = Math.abs(sum - 1) < 1e-9 && rounded.every(([, share]) => share > 0);
  return Object.fromEntries(near ? observed.map(([key]) => [key, equal]) : usable ? rounded : observed);
}

function metricOf(column: string, fields: Partial<TryMetric>): TryMetric {
  return {
    column,
    role: "secondary",
    kind: "mean",
    direction: worse.test(column) ? "decrease" : "increase",
    form: "total",
    spread: null,
    denominator: null,
    covariate: null,
    ...fields
  };
}

function unitMetrics(values: readonly ColumnProfile[]): TryMetric[] {
  const covariates = values.filter(({name}) => before.test(name));
  return values
    .filter(({name, minimum, maximum}) => !covariates.some((c) => c.name === name) && minimum !== maximum)
    .map(({name, binary}) =>
      metricOf(name, {
        kind: binary ? "proportion" : "mean",
        covariate: covariates.find((c) => same(c.name.replace(before, ""), name))?.name ?? null
      })
    );
}

function summaryMetrics(values: readonly ColumnProfile[], {columns}: TryTable, count: string): TryMetric[] {
  const spreadOf = new Map<string, {stem: string; form: SpreadForm}>();
  for (const {name} of values) {
    const {stem, last} = split(name);
    const form = spreads.find(([pattern]) => pattern.test(last) || pattern.test(name))?.[1];
    if (form !== undefined) spreadOf.set(name, {stem: same(last, name) ? "" : stem, form});
  }
  const cell = (column: string, i: number) => readNumber(columns[column]?.[i]);
  const found = values.flatMap(({name, integer, minimum, maximum}): TryMetric[] => {
    if (spreadOf.has(name)) return [];
    const {stem, last} = split(name);
    const mean = meanName.test(last) || meanName.test(name);
    const total = totalName.test(last) || totalName.test(name);
    const base = same(last, name) ? "" : stem;
    const spread = [...spreadOf].find(([, s]) => same(s.stem, name) || ((mean || total) && same(s.stem, base)));
    if (spread !== undefined) {
      const [column, {form}] = spread;
      return [
        metricOf(name, {form: mean ? "mean" : form === "sum-of-squares" ? "total" : "mean", spread: {column, form}})
      ];
    }
    if ((minimum ?? -1) < 0) return [];
    const below = (columns[name] ?? []).every((_, i) => (cell(name, i) ?? 0) <= (cell(count, i) ?? 0));
    if (integer && below && (maximum ?? 0) > 0 && !mean) return [metricOf(name, {kind: "proportion"})];
    if (rateName.test(name) && (maximum ?? 2) <= 1) return [metricOf(name, {kind: "proportion", form: "mean"})];
    return [];
  });
  // A rate beside its own count says the same thing twice.
  return found.filter(
    (metric) =>
      metric.kind !== "proportion" ||
      metric.form === "total" ||
      !found.some(
        (other) =>
          other.kind === "proportion" &&
          other.form === "total" &&
          (columns[metric.column] ?? []).every(
            (_, i) =>
              Math.abs((cell(metric.column, i) ?? 0) - (cell(other.column, i) ?? 0) / (cell(count, i) || 1)) < 0.006
          )
      )
  );
}

/** A name at its last underscore, space or hump: `revenue_mean` is `revenue` and `mean`; `mean_revenue` too. */
function split(name: string): {stem: string; last: string} {
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .split(/[_\s.-]+/)
    .filter(Boolean);
  const [first = ""] = words;
  const known = (word: string) =>
    meanName.test(word) || totalName.test(word) || spreads.some(([pattern]) => pattern.test(word));
  if (words.length > 1 && known(first)) return {stem: words.slice(1).join("_"), last: first};
  const two = words.slice(-2).join("_");
  if (words.length > 2 && known(two)) return {stem: words.slice(0, -2).join("_"), last: two};
  return {stem: words.slice(0, -1).join("_"), last: words.at(-1) ?? ""};
}

function same(a: string, b: string): boolean {
  const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  return bare(a) === bare(b);
}
