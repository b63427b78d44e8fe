import {normal, t as student} from "../../stats/distributions.ts";
import {welchDegrees} from "../../stats/compareMeans.ts";
import type {NoveltyResult} from "../readout.ts";
import {ratioChange} from "./ratioChange.ts";
import type {SpanMeans} from "./ratioChange.ts";
import type {TenureSpanRow, TenureSums} from "./tenureSums.ts";

/** A number with its test and interval, or nulls with the reason. */
export type Tested = NonNullable<NoveltyResult["absolute"]>;

/** Late against early, over the units that lived through both spans. */
export interface SpanTests {
  /** Units of both arms that lived through both spans. */
  readonly n: number;
  /** Log of treatment / control, late minus early. */
  readonly change: Tested;
  /** Log of treatment / control in each span, and in both together, per day. */
  readonly early: Tested;
  readonly late: Tested;
  readonly whole: Tested;
  /** Difference per day, late minus early. */
  readonly absolute: Tested;
}

/** The letters of a span row, and what each is multiplied with. */
type Weights = readonly [e: number, l: number, f: number, m: number];

/** A mean of letters, and how often its logarithm counts. */
interface Part {
  readonly weights: Weights;
  readonly times: number;
  /** Where it is, in words. */
  readonly span: string;
}

/** Units of a phase with the sums of their letters, and of the products of two letters by rows. */
interface SpanSums {
  n: number;
  readonly letters: Float64Array;
  readonly products: Float64Array;
}

interface Arm {
  readonly n: number;
  readonly phases: readonly {
    readonly share: number;
    readonly sums: SpanSums;
  }[];
  /** Mean outcome and mean denominator (1 but for ratios) per day, early and late. */
  readonly means: readonly [e: number, l: number, f: number, m: number];
}

/**
 * Returns the tests of a treatment's effect late against early. The unit is what is independent, not the day: the
 * variance comes from the sums of both spans and of their product over the units that lived through both. On the relative
 * scale, log(late ratio of arms) - log(early ratio of arms), a constant relative effect on a falling baseline is no change:
 * standard error by the delta method, p-value (two-sided) and interval by `ratioChange`. The ratios of arms in each span are
 * normal, delta method. The absolute contrast is Welch's test (normal for ratios and several phases) of each
 * unit's late minus early mean per day. Arms are averaged over entry phases by the units of both.
 *
 * No units in an arm, an arm not told from zero in a span (under three standard errors), opposite signs, no variance:
 * nulls with a reason.
 *
 * @see delta method: Deng, Knoblich & Lu (2018), https://arxiv.org/abs/1803.06336
 */
export function spanTests(
  sums: TenureSums,
  [control, treatment]: readonly [string, string],
  {alpha = 0.05}: {alpha?: number} = {}
): SpanTests {
  const c = rowsByPhase(sums, control);
  const t = rowsByPhase(sums, treatment);
  const phases = [...c.keys()].filter((phase) => t.has(phase));
  const units = (phase: string) => (c.get(phase)?.n ?? 0) + (t.get(phase)?.n ?? 0);
  const n = phases.reduce((sum, phase) => sum + units(phase), 0);
  if (n === 0 || sums.spans === null) {
    const reason =
      sums.spans === null
        ? "no cohort has lived through both spans"
        : c.size === 0
          ? "no units in control lived through both spans"
          : "no units in treatment lived through both spans";
    const missing = untested(reason);
    return {n: 0, change: missing, early: missing, late: missing, whole: missing, absolute: missing};
  }
  const armOf = (rows: ReadonlyMap<string, SpanSums>): Arm => {
    const means: [number, number, number, number] = [0, 0, 0, 0];
    const {origin, kind} = sums;
    const own = phases.map((phase) => ({share: units(phase) / n, sums: rows.get(phase)!}));
    for (const {share, sums: s} of own) {
      const [e, l, f, m] = s.letters;
      means[0] += share * ((origin.y ?? 0) + e! / s.n);
      means[1] += share * ((origin.y ?? 0) + l! / s.n);
      means[2] += share * (kind === "ratio" ? (origin.w ?? 0) + f! / s.n : 1);
      means[3] += share * (kind === "ratio" ? (origin.w ?? 0) + m! / s.n : 1);
    }
    return {n: own.reduce((sum, {sums: s}) => sum + s.n, 0), phases: own, means};
  };
  const arms: readonly [Arm, Arm] = [armOf(c), armOf(t)];
  const days = ([from, to]: readonly [number, number]) => to - from + 1;
  const [e, l] = [days(sums.spans.early), days(sums.spans.late)];
  return {
    n,
    change: changeTest(arms, alpha),
    early: logTest(arms, earlyParts, alpha),
    late: logTest(arms, lateParts, alpha),
    whole: logTest(arms, wholeParts(e / (e + l)), alpha),
    absolute: absoluteTest(arms, sums.kind === "ratio", alpha)
  };
}

/**
 * Returns the test of the trend: the mean of the units' own least-squares slopes, treatment minus control, per day, by
 * Welch's test (normal for several phases). Null with a reason without units, without variance, and for ratios.
 */
export function trendTest(
  sums: TenureSums,
  [control, treatment]: readonly [string, string],
  {alpha = 0.05}: {alpha?: number} = {}
): Tested {
  if (sums.kind === "ratio") return untested("a ratio has no slope of a unit");
  const phaseOf = new Map(sums.cohorts.map(({cohort, phase}) => [cohort, phase]));
  const collect = (variant: string) => {
    const phases = new Map<string, {n: number; y: number; yy: number}>();
    for (const row of sums.slopes) {
      if (row.variant !== variant || row.n === 0) continue;
      const phase = phaseOf.get(row.cohort);
      if (phase === undefined) continue;
      const {n, y, yy} = phases.get(phase) ?? {n: 0, y: 0, yy: 0};
      phases.set(phase, {n: n + row.n, y: y + row.y, yy: yy + row.yy});
    }
    return phases;
  };
  const [c, t] = [collect(control), collect(treatment)];
  const phases = [...c.keys()].filter((phase) => t.has(phase));
  const total = phases.reduce((sum, phase) => sum + c.get(phase)!.n + t.get(phase)!.n, 0);
  if (total === 0)
    return untested(`no units in ${c.size === 0 ? "control" : "treatment"} lived through the trend's days`);
  const side = (rows: typeof c) => {
    let [n, estimate, variance] = [0, 0, 0];
    for (const phase of phases) {
      const {n: own, y, yy} = rows.get(phase)!;
      const share = (c.get(phase)!.n + t.get(phase)!.n) / total;
      n += own;
      estimate += (share * y) / own;
      variance += own < 2 ? NaN : (share * share * Math.max(0, yy - (y * y) / own)) / (own - 1) / own;
    }
    return {n, estimate, standardError: Number.isNaN(variance) ? null : Math.sqrt(variance)};
  };
  const [control1, treatment1] = [side(c), side(t)];
  const degrees = phases.length === 1 ? welchDegrees(control1, treatment1) : null;
  if (control1.standardError === null || treatment1.standardError === null)
    return untested("fewer than two units in an arm", treatment1.estimate - control1.estimate);
  return tested(
    treatment1.estimate - control1.estimate,
    Math.hypot(control1.standardError, treatment1.standardError),
    alpha,
    degrees
  );
}

/** Returns nulls with the reason, beside an estimate where there is one. */
export function untested(reason: string, estimate: number | null = null): Tested {
  return {estimate, standardError: null, interval: null, pValue: null, reason};
}

/** Returns the two-sided test of 0 and the interval, normal or of Student's distribution. */
export function tested(
  estimate: number,
  standardError: number,
  alpha: number,
  degreesOfFreedom: number | null = null
): Tested {
  if (!(standardError > 0)) return untested("no variance in either arm", estimate);
  const critical =
    degreesOfFreedom === null ? normal.upperQuantile(alpha / 2) : student.upperQuantile(alpha / 2, degreesOfFreedom);
  const z = Math.abs(estimate) / standardError;
  return {
    estimate,
    standardError,
    interval: [estimate - critical * standardError, estimate + critical * standardError],
    pValue: 2 * (degreesOfFreedom === null ? normal.sf(z) : student.sf(z, degreesOfFreedom)),
    reason: null
  };
}

const earlyParts: readonly Part[] = [
  {weights: [1, 0, 0, 0], times: 1, span: "in the early span"},
  {weights: [0, 0, 1, 0], times: -1, span: "in the early span"}
];
const lateParts: readonly Part[] = [
  {weights: [0, 1, 0, 0], times: 1, span: "in the late span"},
  {weights: [0, 0, 0, 1], times: -1, span: "in the late span"}
];
const change: readonly Part[] = [...lateParts, ...earlyParts.map((part) => ({...part, times: -part.times}))];

function wholeParts(early: number): readonly Part[] {
  return [
    {weights: [early, 1 - early, 0, 0], times: 1, span: "in both spans"},
    {weights: [0, 0, early, 1 - early], times: -1, span: "in both spans"}
  ];
}

function rowsByPhase(sums: TenureSums, variant: string): Map<string, SpanSums> {
  const phaseOf = new Map(sums.cohorts.map(({cohort, phase}) => [cohort, phase]));
  const phases = new Map<string, SpanSums>();
  for (const row of sums.both) {
    if (row.variant !== variant || row.n === 0) continue;
    const phase = phaseOf.get(row.cohort);
    if (phase === undefined) continue;
    let own = phases.get(phase);
    if (own === undefined)
      phases.set(phase, (own = {n: 0, letters: new Float64Array(4), products: new Float64Array(16)}));
    addRow(own, row);
  }
  return phases;
}

function addRow(own: SpanSums, row: TenureSpanRow): void {
  const {e, l, f = 0, m = 0, ee, ll, el, ff = 0, mm = 0, fm = 0, ef = 0, lm = 0, em = 0, lf = 0} = row;
  own.n += row.n;
  [e, l, f, m].forEach((sum, i) => (own.letters[i]! += sum));
  [ee, el, ef, em, el, ll, lf, lm, ef, lf, ff, fm, em, lm, fm, mm].forEach((sum, i) => (own.products[i]! += sum));
}

/** The variance of the mean of a weighted sum of a unit's letters; null with one unit in a phase. */
function varianceOfMean({phases}: Arm, weights: Weights): number | null {
  let variance = 0;
  for (const {share, sums} of phases) {
    const {n, letters, products} = sums;
    if (n < 2) return null;
    let [spread, size] = [0, 0];
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 4; j++) {
        const weight = weights[i]! * weights[j]!;
        if (weight === 0) continue;
        const square = weight * products[i * 4 + j]!;
        spread += square - (weight * letters[i]! * letters[j]!) / n;
        size += Math.abs(square);
      }
    // What is no more than the rounding of the sums is no variance.
    if (spread > 1e-14 * size) variance += (share * share * spread) / (n - 1) / n;
  }
  return variance;
}

function logTest(arms: readonly [Arm, Arm], parts: readonly Part[], alpha: number): Tested {
  let [estimate, variance] = [0, 0];
  const signs: number[][] = [];
  for (const [i, arm] of arms.entries()) {
    const name = i === 0 ? "control" : "treatment";
    const gradient: [number, number, number, number] = [0, 0, 0, 0];
    const own: number[] = [];
    for (const {weights, times, span} of parts) {
      const mean = weights.reduce((sum, weight, j) => sum + weight * arm.means[j]!, 0);
      const spread = varianceOfMean(arm, weights);
      if (spread === null) return untested(`fewer than two units in ${name}`);
      if (!(Math.abs(mean) > 3 * Math.sqrt(spread))) return untested(`${name} is too near zero ${span}`);
      weights.forEach((weight, j) => (gradient[j]! += (times * weight) / mean));
      estimate += (i === 0 ? -times : times) * Math.log(Math.abs(mean));
      own.push(Math.sign(mean));
    }
    variance += varianceOfMean(arm, gradient) ?? 0;
    signs.push(own);
  }
  if (signs[0]!.some((sign, k) => sign !== signs[1]![k])) return untested("the arms have opposite signs");
  return tested(estimate, Math.sqrt(variance), alpha);
}

/** The log ratio's change with its delta-method standard error; p-value and interval are those of `ratioChange`. */
function changeTest(arms: readonly [Arm, Arm], alpha: number): Tested {
  const wald = logTest(arms, change, alpha);
  if (wald.standardError === null) return wald;
  const [c, t] = [spanMeans(arms[0]), spanMeans(arms[1])];
  if (c === null || t === null) return wald;
  const {pValue, interval} = ratioChange([c, t], wald.standardError, {alpha});
  return {...wald, pValue, interval: [...interval]};
}

/** An arm's means per day, of a ratio the ratios, linearized. */
function spanMeans(arm: Arm): SpanMeans | null {
  const [e, l, f, m] = arm.means;
  const [early, late] = [e / f, l / m];
  const [signE, signL] = [Math.sign(early), Math.sign(late)];
  const ofEarly: Weights = [signE / f, 0, (-signE * early) / f, 0];
  const ofLate: Weights = [0, signL / m, 0, (-signL * late) / m];
  const ofBoth: Weights = [ofEarly[0], ofLate[1], ofEarly[2], ofLate[3]];
  const [v, w, both] = [varianceOfMean(arm, ofEarly), varianceOfMean(arm, ofLate), varianceOfMean(arm, ofBoth)];
  if (v === null || w === null || both === null) return null;
  return {
    early: Math.abs(early),
    late: Math.abs(late),
    earlyVariance: v,
    lateVariance: w,
    covariance: (both - v - w) / 2
  };
}

function absoluteTest(arms: readonly [Arm, Arm], ratio: boolean, alpha: number): Tested {
  const sides = arms.map((arm) => {
    const [e, l, f, m] = arm.means;
    if (f === 0 || m === 0) return null;
    const variance = varianceOfMean(arm, [-1 / f, 1 / m, ratio ? e / (f * f) : 0, ratio ? -l / (m * m) : 0]);
    return {n: arm.n, estimate: l / m - e / f, standardError: variance === null ? null : Math.sqrt(variance)};
  });
  const [c, t] = sides;
  if (c === null || c === undefined || t === null || t === undefined) return untested("a denominator is zero");
  if (c.standardError === null || t.standardError === null)
    return untested("fewer than two units in an arm", t.estimate - c.estimate);
  const degrees = ratio || arms[0].phases.length > 1 ? null : welchDegrees(c, t);
  return tested(t.estimate - c.estimate, Math.hypot(c.standardError, t.standardError), alpha, degrees);
}
