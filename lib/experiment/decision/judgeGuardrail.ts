import {normal} from "../../stats/index.ts";
import {formatAmount, formatChosen} from "../format.ts";
import type {Measure} from "../format.ts";
import type {ArmResult, ComparisonResult, GuardrailResult} from "../readout.ts";
import type {Direction, GuardrailStatus} from "../words.ts";

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
  /** What the metric is measured in, for the words; default: a plain number. */
  readonly measure?: Measure;
}

/** One rule's answer: the status, how many times the present units would settle it, and the p-value of being within. */
interface Finding {
  readonly status: GuardrailStatus;
  readonly factor: number | null;
  readonly text: string;
  readonly pValue?: number | null;
}

/** A change in the bad direction with its interval: positive is worse. */
interface BadChange {
  readonly b: number;
  readonly lower: number;
  readonly upper: number;
}

const order: readonly GuardrailStatus[] = ["passed", "not-yet-known", "worsened", "severe"];

/**
 * Returns what a guardrail's interval says of one treatment. With b = the change in the metric's bad direction and its
 * two-sided interval (so each bound is one-sided at half of alpha; of a one-sided comparison, whose one bound is open,
 * the known bound is mirrored and each is one-sided at alpha):
 *
 * - *severe*: the whole interval lies beyond the margin, the limit or the ratio;
 * - *worsened*: the whole interval lies on the bad side of no change, and part of it beyond the margin (without a
 *   margin: any proven worsening); or the value itself is beyond the limit or ratio and the interval reaches back;
 * - *passed*: the whole interval is within the margin (non-inferior), limit and ratio;
 * - *not-yet-known*: the interval reaches from harmless to beyond; `unitsNeeded` says how many units in both arms would
 *   shrink it enough if the estimate stayed where it is.
 *
 * `pValue` is one-sided, of being within the margin: the normal p-value whose test the interval's bad bound inverts, so
 * that it is below the bound's own alpha just where the bound is within; null without a margin. With several rules the worst
 * answer counts. Without any margin, limit or ratio a metric that is not proven worse passes, and the sentence says that
 * no margin was declared. Intervals are for one look; over many nights they err more often than at their level.
 */
export function judgeGuardrail(rule: GuardrailRule, evidence: GuardrailEvidence): GuardrailResult {
  const {comparison, treatment, control, name} = evidence;
  const margin = marginFinding(rule, evidence);
  const declared = [margin, limitFinding(rule, evidence), ratioFinding(rule, evidence)].flatMap(
    (finding) => finding ?? []
  );
  const findings = declared.length === 0 ? [plainFinding(rule, evidence)] : declared;
  const finding = findings.reduce((a, b) => (order.indexOf(b.status) > order.indexOf(a.status) ? b : a));
  const open = findings.filter(({status}) => status === "not-yet-known");
  const factors = open.flatMap(({factor}) => (factor === null ? [] : [factor]));
  const settled = factors.length > 0 && factors.length === open.length;
  const unitsNeeded = settled ? Math.ceil((treatment.n + control.n) * Math.max(...factors)) : null;
  const reason =
    comparison.difference === null
      ? (comparison.reason ?? "no difference between the arms can be had yet")
      : finding.status === "not-yet-known" && unitsNeeded === null
        ? open.some(({text}) => text.startsWith("no interval"))
          ? (comparison.reason ?? "no interval can be had yet")
          : "the estimate itself lies beyond what is allowed; more units alone will not settle it as passed"
        : null;
  return {
    variant: comparison.variant,
    status: finding.status,
    margin: rule.margin ?? null,
    limit: rule.limit ?? null,
    ratio: rule.ratio ?? null,
    pValue: margin?.pValue ?? null,
    unitsNeeded,
    sentence: `${name}: ${finding.text}`,
    reason
  };
}

/** Returns the worse of two statuses; null counts as nothing known against it. */
export function worseGuardrail(a: GuardrailStatus | null, b: GuardrailStatus | null): GuardrailStatus | null {
  if (a === null || b === null) return a ?? b;
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}

/** Returns the worst status of a list; null for an empty one. */
export function worstGuardrail(results: readonly Pick<GuardrailResult, "status">[]): GuardrailStatus | null {
  return results.reduce<GuardrailStatus | null>((worst, {status}) => worseGuardrail(worst, status), null);
}

function badChange(
  estimate: number | null,
  interval: readonly [number | null, number | null] | null,
  {direction, mirrored}: {direction: Direction; mirrored: boolean}
): BadChange | null {
  if (estimate === null || interval === null) return null;
  const [a, z] = interval;
  if (a === null && z === null) return null;
  const [lower, upper] = [
    a ?? (mirrored ? 2 * estimate - z! : -Infinity),
    z ?? (mirrored ? 2 * estimate - a! : Infinity)
  ];
  return direction === "decrease" ? {b: estimate, lower, upper} : {b: -estimate, lower: -upper, upper: -lower};
}

/** The change on the scale of a rule. A comparison whose absolute interval has an open bound is one-sided. */
function changeOf({comparison}: GuardrailEvidence, direction: Direction, relative: boolean): BadChange | null {
  const {difference, interval, relativeDifference, relativeInterval} = comparison;
  const mirrored = isOneSided(interval);
  return relative
    ? badChange(relativeDifference, relativeInterval, {direction, mirrored})
    : badChange(difference, interval, {direction, mirrored});
}

function isOneSided(interval: ComparisonResult["interval"]): boolean {
  return interval !== null && (interval[0] === null) !== (interval[1] === null);
}

function judge(change: BadChange | null, allowed: number, what: string): Finding {
  if (change === null) return {status: "not-yet-known", factor: null, text: `no interval yet to hold against ${what}.`};
  const {b, lower, upper} = change;
  if (lower > allowed) return {status: "severe", factor: null, text: `worse than ${what}, interval and all.`};
  if (upper < allowed) return {status: "passed", factor: null, text: `within ${what}.`};
  if (lower > 0) return {status: "worsened", factor: null, text: `worse, and perhaps by more than ${what}.`};
  return {
    status: "not-yet-known",
    factor: factorOf(upper - b, allowed - b),
    text: `not yet known to be within ${what}.`
  };
}

/** How many times the units must grow for a half-width, which falls with their root, to fit into the room. */
function factorOf(half: number, room: number): number | null {
  if (!(room > 0)) return null;
  const factor = (half / room) ** 2;
  return factor < 1e9 ? Math.max(1, factor) : null;
}

function marginFinding({margin, direction}: GuardrailRule, evidence: GuardrailEvidence): Finding | null {
  if (margin === undefined) return null;
  const {value, relative} = margin;
  const change = changeOf(evidence, direction, relative);
  const what = `the margin of ${relative ? formatChosen(value) : amount(value, evidence)}`;
  const {level, interval} = evidence.comparison;
  const critical = normal.quantile(isOneSided(interval) ? level : (1 + level) / 2);
  const half = change === null ? 0 : change.upper - change.b;
  const pValue =
    change === null || !(half > 0 && half < Infinity) ? null : normal.sf(((value - change.b) / half) * critical);
  return {...judge(change, value, what), pValue};
}

function ratioFinding({ratio, direction}: GuardrailRule, evidence: GuardrailEvidence): Finding | null {
  if (ratio === undefined) return null;
  const change = changeOf(evidence, direction, true);
  const allowed = direction === "decrease" ? ratio - 1 : 1 - 1 / ratio;
  const what = direction === "decrease" ? `${ratio} times control` : `control divided by ${ratio}`;
  const finding = judge(change, allowed, what);
  return change !== null && finding.status === "not-yet-known" && change.b > allowed
    ? {status: "worsened", factor: null, text: `beyond ${what}, though the interval reaches back.`}
    : finding;
}

function limitFinding({limit, direction}: GuardrailRule, evidence: GuardrailEvidence): Finding | null {
  if (limit === undefined) return null;
  const {treatment, treatmentInterval} = evidence;
  const what = `the limit of ${amount(limit, evidence)}`;
  if (treatment.mean === null || treatmentInterval === null)
    return {status: "not-yet-known", factor: null, text: `no interval yet to hold against ${what}.`};
  const sign = direction === "decrease" ? 1 : -1;
  const bounds = treatmentInterval.map((bound) => sign * (bound - limit));
  const [beyond, lower, upper] = [sign * (treatment.mean - limit), Math.min(...bounds), Math.max(...bounds)];
  if (lower > 0) return {status: "severe", factor: null, text: `beyond ${what}, interval and all.`};
  if (upper < 0) return {status: "passed", factor: null, text: `within ${what}.`};
  if (beyond > 0) return {status: "worsened", factor: null, text: `beyond ${what}, though the interval reaches back.`};
  return {
    status: "not-yet-known",
    factor: factorOf(upper - beyond, -beyond),
    text: `not yet known to be within ${what}.`
  };
}

function plainFinding({direction}: GuardrailRule, evidence: GuardrailEvidence): Finding {
  const change = changeOf(evidence, direction, false);
  if (change === null) return {status: "not-yet-known", factor: null, text: "no interval yet."};
  return change.lower > 0
    ? {status: "worsened", factor: null, text: "worse than control; no margin was declared."}
    : {status: "passed", factor: null, text: "not shown to be worse; no margin was declared."};
}

function amount(value: number, {measure = {kind: "mean", unit: null}}: GuardrailEvidence): string {
  return formatAmount(value, measure);
}
