import {z} from "zod";
import {didYouMean, listNames, showFound} from "./definitionErrors.ts";
import {nearestName} from "./nearestName.ts";

type Path = readonly (string | number)[];

/** A mistake that a schema found, in words, and where in the value it is. */
export interface Finding {
  readonly path: Path;
  /** Whether the key itself is wrong, or what stands there. */
  readonly at: "key" | "value";
  readonly message: string;
  /** The key that was probably meant by an unknown one. */
  readonly meant?: string | null;
}

/**
 * Returns what a schema has against a value, in words: what was found, what was expected, and what was probably meant
 * where that is near (a typo in a key or word, a missing % or d). One finding for each place; empty if the value is
 * valid.
 *
 * @param options.what how the value as a whole is called, "an experiment"
 * @param options.shown the value as messages may show it, where that differs (secrets); default: the value
 */
export function describeIssues(
  schema: z.ZodType,
  value: unknown,
  {what = "it", shown = value}: {what?: string; shown?: unknown} = {}
): Finding[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  const findings = result.error.issues.flatMap((issue) => describe(issue, schema, shown, [], what));
  const meant = new Set(findings.flatMap(({path, meant}) => (meant ? [place([...path.slice(0, -1), meant])] : [])));
  const seen = new Set<string>();
  return findings.flatMap(({missing, ...finding}) => {
    const {path, at} = finding;
    const key = place([...path, at]);
    // A key with a typo is one mistake, not also a missing key.
    if (seen.has(key) || (missing && meant.has(place(path)))) return [];
    seen.add(key);
    return [finding];
  });
}

interface Described extends Finding {
  readonly missing?: boolean;
}

function place(path: Path): string {
  return JSON.stringify(path);
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType, root: unknown, base: Path, what: string): Described[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  const here = schemaAt(schema, path);
  const found = valueAt(root, path);
  const label = labelOf(path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const valid = here ? keysOf(here) : [];
      const owner = path.length === 0 ? what : label;
      return issue.keys.map((key) => {
        const meant = nearestName(key, valid);
        const message = `unknown key: ${showFound(key)}${didYouMean(meant)} (${owner} has ${listNames(valid, meant === null ? 60 : 12)})`;
        return {path: [...path, key], at: "key", message, meant};
      });
    }
    case "invalid_key":
      return [
        {
          path,
          at: "key",
          message: `invalid key; expected ${issue.issues.map(phrase).join(", ")}, found: ${showFound(path.at(-1))}`
        }
      ];
    case "invalid_union": {
      const inner = containerBranch(issue.errors, found);
      if (inner) return inner.flatMap((each) => describe(each, schema, root, path, what));
    }
  }
  if (found === undefined && issue.code !== "custom") {
    return [{path, at: "key", message: `missing key: ${label}; expected ${expectation(here)}`, missing: true}];
  }
  const expected =
    here && (issue.code === "invalid_union" || here instanceof z.ZodTuple || isKindIssue(issue))
      ? expectation(here)
      : phrase(issue);
  const valid = here ? words(here) : [];
  if (typeof found === "string" && valid.length > 0) {
    const near = nearestName(found, valid);
    return [
      {path, at: "value", message: `unknown ${label}: ${showFound(found)}${didYouMean(near)} (expected ${expected})`}
    ];
  }
  const meant = here ? suggestion(here, found) : null;
  const message = `invalid ${label}; expected ${expected}, found: ${showFound(found)}${didYouMean(meant)}`;
  return [{path, at: "value", message}];
}

/** Returns what a schema wants, as a noun: "a percentage such as 2%", "one of increase, decrease". */
function expectation(schema: z.ZodType | null): string {
  if (!schema) return "a value";
  const bare = unwrap(schema);
  if (bare instanceof z.ZodUnion) return unique(options(bare).map(expectation)).join(" or ");
  if (bare instanceof z.ZodArray) return asType(bare.element) instanceof z.ZodTuple ? "a list of pairs" : "a list";
  if (bare instanceof z.ZodTuple) return `a list of ${bare.def.items.length} numbers`;
  if (bare instanceof z.ZodObject) return `a map with ${listNames(Object.keys(bare.shape))}`;
  if (bare instanceof z.ZodRecord) return "a map";
  if (bare instanceof z.ZodBoolean) return "true or false";
  if (bare instanceof z.ZodLiteral) return listNames([...bare.values].map(String));
  if (bare instanceof z.ZodNumber) return numberPhrase(bare);
  const refused = bare.safeParse("");
  const [issue] = refused.success ? [] : refused.error.issues;
  return issue ? phrase(issue) : "text";
}

function numberPhrase({minValue, maxValue, isInt, def}: z.ZodNumber): string {
  const kind = isInt ? "a whole number" : "a number";
  const low = minValue === null || minValue <= Number.MIN_SAFE_INTEGER ? null : minValue;
  const high = maxValue === null || maxValue >= Number.MAX_SAFE_INTEGER ? null : maxValue;
  const open = (check: string) =>
    def.checks?.some(({_zod: {def: each}}) => each.check === check && "inclusive" in each && !each.inclusive) ?? false;
  if (low !== null && high !== null && !open("greater_than") && !open("less_than")) {
    return `${kind} from ${low} to ${high}`;
  }
  const bounds = [
    low === null ? "" : open("greater_than") ? `above ${low}` : `at least ${low}`,
    high === null ? "" : open("less_than") ? `below ${high}` : `at most ${high}`
  ].filter(Boolean);
  return [kind, bounds.join(" and ")].filter(Boolean).join(" ");
}

function phrase(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return kindWords[issue.expected] ?? issue.expected;
    case "invalid_value":
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${listNames(issue.values.map(String), 20)}`;
    case "too_small":
      if (issue.origin === "array") return `a list with at least ${issue.minimum}`;
      if (issue.origin === "string" && !issue.message.startsWith("Too")) return issue.message;
      if (issue.origin === "string") return "text that is not empty";
      return `${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
    case "too_big":
      if (issue.origin === "array") return `a list with at most ${issue.maximum}`;
      if (issue.origin === "string") return `text of at most ${issue.maximum} letters`;
      return `${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const kindWords: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "a map",
  record: "a map"
};

function isKindIssue({code, ...issue}: z.core.$ZodIssue): boolean {
  return (
    code === "invalid_type" || (/^too_/.test(code) && "origin" in issue && /number|int/.test(String(issue.origin)))
  );
}

/** Returns the nearest thing that the schema would take, as it is written in YAML; null if nothing simple is. */
function suggestion(schema: z.ZodType, found: unknown): string | null {
  for (const [value, written] of rewritings(found)) if (schema.safeParse(value).success) return written;
  return null;
}

/** What people write when they mean something else: 2 for 2%, 7 for 7d, "0.05" for 0.05, a word for a list of it. */
function* rewritings(found: unknown): Generator<[unknown, string]> {
  if (typeof found === "number") {
    const percent = `${found < 1 ? Number((found * 100).toPrecision(12)) : found}%`;
    yield [String(found), `"${found}"`];
    yield [percent, percent];
    yield [`${found}d`, `${found}d`];
  }
  if (typeof found === "string") {
    const trimmed = found.trim().toLowerCase();
    if (/^[-+.\d]+$/.test(trimmed)) yield [Number(trimmed), String(Number(trimmed))];
    if (/^\d+(\.\d+)?\s*%$/.test(trimmed)) {
      const percentile = `p${trimmed.replace(/\s*%$/, "")}`;
      yield [percentile, percentile];
      const fraction = Number(`${trimmed.replace(/\s*%$/, "")}e-2`);
      yield [fraction, String(fraction)];
    }
    const weeks = /^(\d+)\s*(w|weeks?)$/.exec(trimmed);
    if (weeks) yield [`${Number(weeks[1]) * 7}d`, `${Number(weeks[1]) * 7}d`];
    const days = /^(\d+)\s*(d|days?)?$/.exec(trimmed);
    if (days) yield [`${Number(days[1])}d`, `${Number(days[1])}d`];
    const date = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:$|[ t])/.exec(trimmed);
    if (date) {
      const iso = [date[1], date[2]?.padStart(2, "0"), date[3]?.padStart(2, "0")].join("-");
      yield [iso, iso];
    }
    if (/^(yes|on|true)$/.test(trimmed)) yield [true, "true"];
    if (/^(no|off|false)$/.test(trimmed)) yield [false, "false"];
    for (const each of [trimmed, trimmed.replace(/\s+/g, "")]) yield [each, each];
  }
  if (typeof found === "string" || typeof found === "number") yield [[found], `[${found}]`];
}

/** Of a union's branches, the issues of the one that is a list or a map like the value; null if none or no such value. */
function containerBranch(branches: readonly (readonly z.core.$ZodIssue[])[], found: unknown) {
  if (typeof found !== "object" || found === null) return null;
  const alike = branches.filter(
    (issues) =>
      !issues.some(({code, path}) => path.length === 0 && (code === "invalid_type" || code === "invalid_value"))
  );
  return alike.toSorted((a, b) => a.length - b.length)[0] ?? null;
}

/** Returns the schema of what stands at a path; of a union's branches, one that has the path. */
function schemaAt(schema: z.ZodType, path: Path): z.ZodType | null {
  const bare = unwrap(schema);
  const [step, ...rest] = path;
  if (step === undefined) return bare;
  const inner = (next: unknown) => (next instanceof z.ZodType ? schemaAt(next, rest) : null);
  if (bare instanceof z.ZodUnion) {
    const found = options(bare).map((option) => schemaAt(option, path));
    return found.find((each) => each !== null) ?? null;
  }
  if (bare instanceof z.ZodObject) return inner(bare.shape[step]);
  if (bare instanceof z.ZodRecord) return inner(bare.valueType);
  if (bare instanceof z.ZodArray && typeof step === "number") return inner(bare.element);
  if (bare instanceof z.ZodTuple && typeof step === "number") return inner(bare.def.items[step]);
  return null;
}

function words(schema: z.ZodType): string[] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodEnum) return bare.options.map(String);
  if (bare instanceof z.ZodLiteral) return [...bare.values].filter((value) => typeof value === "string");
  if (bare instanceof z.ZodUnion) return options(bare).flatMap(words);
  return [];
}

function keysOf(schema: z.ZodType): string[] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) return Object.keys(bare.shape);
  if (bare instanceof z.ZodUnion) return unique(options(bare).flatMap(keysOf));
  if (bare instanceof z.ZodRecord) return words(asType(bare.keyType) ?? bare);
  return [];
}

function options(union: z.ZodUnion): z.ZodType[] {
  return union.options.map(asType).filter((option) => option !== null);
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    const inner = asType(schema.unwrap());
    if (inner) return unwrap(inner);
  }
  return schema;
}

function asType(schema: unknown): z.ZodType | null {
  return schema instanceof z.ZodType ? schema : null;
}

function valueAt(value: unknown, path: Path): unknown {
  let at: unknown = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = Reflect.get(at, step);
  }
  return at;
}

function labelOf(path: Path): string {
  let label = "";
  for (const step of path) label = typeof step === "number" ? `${label}[${step}]` : step;
  return label || "value";
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
