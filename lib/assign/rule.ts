import type {Version} from "./version.ts";
import {compareVersions, parseVersion} from "./version.ts";

/** What a rule may ask about a unit. An attribute that is absent, null or undefined is unknown. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** A rule's answer: null is "unknown", as in SQL. */
export type Truth = boolean | null;

/** A rule, read: the attributes it asks about, sorted, and its test. */
export interface Rule {
  readonly attributes: readonly string[];
  readonly test: (attributes: Attributes) => Truth;
}

/** A rule that does not parse; `position` counts characters from 1. */
export class RuleError extends SyntaxError {
  constructor(
    reason: string,
    readonly position: number,
    text: string
  ) {
    super(`invalid rule; ${reason} at position ${position}: ${text}`);
  }
}

/**
 * Returns a targeting rule, read. Nothing in it is ever run as code.
 *
 *     rule       = and-rule {"or" and-rule}
 *     and-rule   = part {"and" part}
 *     part       = "not" part | "(" rule ")" | comparison
 *     comparison = name ("=" | "!=" | "<" | "<=" | ">" | ">=") value | name ["not"] "in" "[" value {"," value} "]"
 *     value      = number | version | true | false | word | "text" | 'text'
 *
 * A version has two dots or more, or a leading v: `2.10.0`, `v2.10` (a bare `2.10` is the number 2.1). `<` and its kin take numbers and
 * versions only. The value decides how the attribute is read: beside a number, "18" is 18; beside a word, 18 is "18". Words are
 * case-sensitive; the operators and, or, not, in, true and false are not words.
 *
 * An attribute that is unknown, or that cannot be read as the value asks (age "abc"), makes its comparison unknown, and not, and, or
 * pass that on as in SQL: `not (age >= 18)` is unknown, not true, for a unit without an age. `assign` leaves such units out.
 *
 * @param text the rule; blank text is refused
 * @throws {RuleError} if the rule does not parse, with the position; or is nested more than 100 deep
 * @example parseRule("country in [US, CA] and not (version < 2.10.0 or age >= 18)").test({country: "US", version: "2.11", age: 17}) // true
 */
export function parseRule(text: string): Rule {
  const tokens = tokenize(text);
  const names = new Set<string>();
  let i = 0;
  let depth = 0;

  const peek = (): Token => tokens[i] ?? {kind: "end", text: "", at: text.length + 1};
  const take = (symbol: string): boolean => {
    const found = peek().kind !== "quoted" && peek().text === symbol;
    if (found) ++i;
    return found;
  };
  const fail = (reason: string, at = peek().at): never => {
    throw new RuleError(reason, at, text);
  };
  const expect = (symbol: string): unknown => take(symbol) || fail(`expected ${symbol}`);

  const chain = (word: string, next: () => Test): Test => {
    const parts = [next()];
    while (take(word)) parts.push(next());
    return decide(parts, word === "or");
  };
  const or = (): Test => chain("or", and);
  const and = (): Test => chain("and", part);
  const part = (): Test => {
    if (++depth > 100) fail("nested too deep");
    let test: Test;
    if (take("not")) test = negate(part());
    else if (take("(")) {
      test = or();
      expect(")");
    } else test = comparison();
    --depth;
    return test;
  };
  const comparison = (): Test => {
    const {kind, text: name} = peek();
    if (kind !== "word" || reserved.has(name)) fail("expected an attribute");
    ++i;
    names.add(name);
    const negated = take("not");
    if (negated || peek().text === "in") {
      expect("in");
      expect("[");
      const tests = [ask(name, value(), "=")];
      while (take(",")) tests.push(ask(name, value(), "="));
      expect("]");
      const within = decide(tests, true);
      return negated ? negate(within) : within;
    }
    const operator = operators.find(take) ?? fail("expected an operator");
    const {at} = peek();
    const operand = value();
    if (!/number|object/.test(typeof operand) && /[<>]/.test(operator)) fail("expected a number or version", at);
    return ask(name, operand, operator);
  };
  const value = (): Value => {
    const {kind, text: source} = peek();
    const isTruth = kind === "word" && /^(true|false)$/.test(source);
    if (/symbol|end/.test(kind) || (kind === "word" && reserved.has(source) && !isTruth)) fail("expected a value");
    ++i;
    if (kind === "number") return Number(source);
    return (kind === "version" && parseVersion(source)) || (isTruth ? source === "true" : source);
  };

  const test = or();
  if (peek().kind !== "end") fail("expected and, or");
  return {attributes: [...names].sort(), test};
}

type Test = (attributes: Attributes) => Truth;
type Value = string | number | boolean | Version;

interface Token {
  readonly kind: string;
  readonly text: string;
  readonly at: number;
}

const operators = ["=", "!=", "<=", ">=", "<", ">"];
const reserved: ReadonlySet<string> = new Set(["and", "or", "not", "in", "true", "false"]);

const kinds = ["quoted", "version", "number", "word", "symbol"];
const pattern =
  /("[^"]*"|'[^']*')|((?:v\d+(?:\.\d+)*|\d+(?:\.\d+){2,})(?:-[\w.-]*\w)?(?![\w.]))|([+-]?\d+(?:\.\d+)?(?![\w.-]))|([\p{L}_][\p{L}\p{N}_.-]*)|([!<>]=|[=<>()[\],])|\s+/uy;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < text.length; i = pattern.lastIndex) {
    pattern.lastIndex = i;
    const match = pattern.exec(text);
    if (!match) throw new RuleError("unexpected character", i + 1, text);
    const kind = kinds[match.slice(1).findIndex((group) => group !== undefined)];
    if (kind) tokens.push({kind, text: kind === "quoted" ? match[0].slice(1, -1) : match[0], at: i + 1});
  }
  return tokens;
}

/** Whether any part (or, for `decisive` false, not every part) is so; unknown if an unknown part could have decided it. */
function decide(parts: readonly Test[], decisive: boolean): Test {
  return (attributes) => {
    let truth: Truth = !decisive;
    for (const part of parts) {
      const answer = part(attributes);
      if (answer === decisive) return decisive;
      if (answer === null) truth = null;
    }
    return truth;
  };
}

function negate(test: Test): Test {
  return (attributes) => {
    const truth = test(attributes);
    return truth === null ? null : !truth;
  };
}

function ask(name: string, value: Value, operator: string): Test {
  return (attributes) => {
    const attribute = Object.hasOwn(attributes, name) ? attributes[name] : null;
    const order = attribute == null ? null : compare(attribute, value);
    if (order === null) return null;
    if (operator === "!=") return order !== 0;
    return operator.includes(order < 0 ? "<" : order > 0 ? ">" : "=");
  };
}

/** Below, at or above 0 as the attribute comes before, with or after the value; null if it cannot be read in that way. */
function compare(attribute: string | number | boolean, value: Value): number | null {
  const text = String(attribute);
  if (typeof value === "object") {
    const version = parseVersion(text);
    return version && compareVersions(version, value);
  }
  if (typeof value === "number") {
    const number = typeof attribute === "boolean" || !text.trim() ? NaN : Number(text);
    return Number.isNaN(number) ? null : Math.sign(number - value);
  }
  if (typeof value === "boolean" && text !== "true" && text !== "false") return null;
  return text === String(value) ? 0 : 1;
}
