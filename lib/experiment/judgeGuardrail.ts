import {formatPercent} from "./format.ts";
import type {ArmResult, ComparisonResult, GuardrailResult} from "./readout.ts";
import type {Direction, GuardrailStatus} from "./words.ts";

/** What a guardrail allows, with shares as fractions. */
export interface GuardrailRule {
  /** Non-inferiority margin in the bad direction: a fraction of the control's value, or an amount in the metric's unit. */
  readonly margin?: {readonly value: number; readonly relative: boolean};
  /** Hard limit for the treatment's own value: an upper one where the metric should fall, a lower one where it should rise. */
  readonly limit?: number;
  /** Severe where treatment > ratio x control (metric should fall) or treatment < control / ratio (should rise). */
  readonly ratio?: number;
  readonly direction: Direction;
}

/** What a guardrail is judged from. */
export interface GuardrailEvidence {
  readonly comparison: ComparisonResult;
  readonly treatment: ArmResult;
  readonly control: ArmResult;
  /** Interval of the treatment's own value, at the comparison's level; null where there is none. */
  readonly treatmentInterval: readonly [number, number] | null;
  readonly name: string;
}

/** One rule's answer: the status, and how many times the present units would settle it. */
interface Finding {
  status: GuardrailStatus;
  factor: number | null;
  text: string;
}

const worst: readonly GuardrailStatus[] = ["passed", "not-yet-known", "worsened", "severe"];

/**
 * Returns what a guardrail's interval says of one treatment. With b = the change in the metric's bad direction and its
 * two-sided interval (so each bound is one-sided at half of alpha):
 *
 * - *severe*: the whole interval lies beyond the margin, the limit or the ratio;
 * - *worsened*: the whole interval lies on the bad side of no change, and part of it beyond the margin (without a
 *   margin: any proven worsening); or the value itself is beyond the limit or ratio and the interval reaches back;
 * - *passed*: the whole interval is within the margin (non-inferior), limit and ratio;
 * - *not-yet-known*: the interval reaches from harmless to beyond; `unitsNeeded` says how many units in both arms would
 *   shrink it enough if the estimate stayed where it is.
 *
 * With several rules the worst answer counts. Without any margin, limit or ratio a metric that is not proven worse
 * passes, and the sentence says that no margin was declared.
 */
export function judgeGuardrail(rule: GuardrailRule, evidence: GuardrailEvidence): GuardrailResult {
  const {comparison, treatment, control, name} = evidence;
  const findings = [marginFinding(rule, evidence), limitFinding(rule, evidence), ratioFinding(rule, evidence)].flatMap(
    (finding) => finding ?? []
  );
  if (findings.length === 0) findings.push(plainFinding(rule, evidence));
  const finding = findings.reduce((a, b) => (worst.indexOf(b.status) > worst.indexOf(a.status) ? b : a));
  const units = treatment.n + control.n;
  const factors = findings.flatMap(({status, factor}) =>
    status === "not-yet-known" && factor !== null ? [factor] : []
  );
  const known = comparison.difference !== null;
  return {
    variant: comparison.variant,
    status: finding.status,
    margin: rule.margin ?? null,
    limit: rule.limit ?? null,
    ratio: rule.ratio ?? null,
    pValue: null,
    unitsNeeded: factors.length === 0 ? null : Math.ceil(units * Math.max(...factors)),
    sentence: `${name}: ${finding.text}`,
    reason: known
      ? finding.status === "not-yet-known" && factors.length === 0
        ? "the estimate itself lies beyond what is allowed; more units alone will not settle it as passed"
        : null
      : comparison.reason
  };
}

/** Returns the worse of two statuses; null counts as nothing known against it. */
export function worseGuardrail(a: GuardrailStatus | null, b: GuardrailStatus | null): GuardrailStatus | null {
  if (a === null || b === null) return a ?? b;
  return worst.indexOf(a) > worst.indexOf(b) ? a : b;
}

/** Bad change with its interval: positive is worse. */
function badChange(
  estimate: number | null,
  interval: readonly [number | null, number | null] | null,
  direction: Direction
): {b: number; lower: number; upper: number} | null {
  if (estimate === null || interval === null) return null;
  const [lower, upper] = [interval[0] ?? -Infinity, interval[1] ?? Infinity];
  return direction === "decrease" ? {b: estimate, lower, upper} : {b: -estimate, lower: -upper, upper: -lower};
}

function judge(change: {b: number; lower: number; upper: number} | null, allowed: number, what: string): Finding {
  if (change === null) return {status: "not-yet-known", factor: null, text: `no interval yet to hold against ${what}.`};
  const {b, lower, upper} = change;
  if (lower > allowed) return {status: "severe", factor: null, text: `worse than ${what}, interval and all.`};
  if (upper < allowed) return {status: "passed", factor: null, text: `within ${what}.`};
  if (lower > 0) return {status: "worsened", factor: null, text: `worse, and perhaps by more than ${what}.`};
  const room = allowed - b;
  const factor = room > 0 && Number.isFinite(upper) ? ((upper - b) / room) ** 2 : null;
  return {status: "not-yet-known", factor, text: `not yet known to be within ${what}.`};
}

function marginFinding({margin, direction}: GuardrailRule, {comparison}: GuardrailEvidence): Finding | null {
  if (margin === undefined) return null;
  const {value, relative} = margin;
  const change = relative
    ? badChange(comparison.relativeDifference, comparison.relativeInterval, direction)
    : badChange(comparison.difference, comparison.interval, direction);
  return judge(change, value, relative ? `the margin of ${formatPercent(value)}` : `the margin of ${value}`);
}

function ratioFinding({ratio, direction}: GuardrailRule, {comparison}: GuardrailEvidence): Finding | null {
  if (ratio === undefined) return null;
  const change = badChange(comparison.relativeDifference, comparison.relativeInterval, direction);
  const allowed = direction === "decrease" ? ratio - 1 : 1 - 1 / ratio;
  const finding = judge(change, allowed, `${ratio} times control`);
  return change !== null && finding.status === "not-yet-known" && change.b > allowed
    ? {status: "worsened", factor: null, text: `beyond ${ratio} times control, though the interval reaches back.`}
    : finding;
}

function limitFinding({limit, direction}: GuardrailRule, evidence: GuardrailEvidence): Finding | null {
  if (limit === undefined) return null;
  const {treatment, treatmentInterval} = evidence;
  const what = `the limit of ${limit}`;
  if (treatment.mean === null || treatmentInterval === null)
    return {status: "not-yet-known", factor: null, text: `no interval yet to hold against ${what}.`};
  const sign = direction === "decrease" ? 1 : -1;
  const [a, z] = treatmentInterval;
  const [beyond, lower, upper] = [
    sign * (treatment.mean - limit),
    Math.min(sign * (a - limit), sign * (z - limit)),
    Math.max(sign * (a - limit), sign * (z - limit))
  ];
  if (lower > 0) return {status: "severe", factor: null, text: `beyond ${what}, interval and all.`};
  if (upper < 0) return {status: "passed", factor: null, text: `within ${what}.`};
  if (beyond > 0) return {status: "worsened", factor: null, text: `beyond ${what}, though the interval reaches back.`};
  const factor = beyond < 0 ? ((upper - beyond) / -beyond) ** 2 : null;
  return {status: "not-yet-known", factor, text: `not yet known to be within ${what}.`};
}

function plainFinding({direction}: GuardrailRule, {comparison}: GuardrailEvidence): Finding {
  const change = badChange(comparison.difference, comparison.interval, direction);
  if (change === null) return {status: "not-yet-known", factor: null, text: "no interval yet."};
  return change.lower > 0
    ? {status: "worsened", factor: null, text: "worse than control; no margin was declared."}
    : {status: "passed", factor: null, text: "not shown to be worse; no margin was declared."};
}
