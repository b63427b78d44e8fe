/** Counts of the two arms, in order: control's successes and units, treatment's successes and units. */
export type TwoByTwo = readonly [
  controlSuccesses: number,
  controlN: number,
  treatmentSuccesses: number,
  treatmentN: number
];

/** What is asked of a score. */
export type ScoreOptions = {
  /** What the variance is multiplied by: 1, the default, gives Mee's interval, N/(N-1) Miettinen's and Nurminen's. */
  readonly inflation?: number;
};

/**
 * Returns the score statistic of the hypothesis that the treatment's proportion is the control's plus `hypothesis`: (observed difference -
 * hypothesis) over the standard error of the difference under the most likely proportions that obey the hypothesis. At 0 this is the pooled
 * z statistic. 0 where both are 0, infinite where the hypothesis leaves no variance.
 *
 * @param counts control's successes and units, treatment's successes and units; units positive
 * @param hypothesis a difference in [-1, 1]
 * @see Miettinen & Nurminen (1985), https://doi.org/10.1002/sim.4780040211; Farrington & Manning (1990), https://doi.org/10.1002/sim.4780091208
 */
export function scoreOfDifference(counts: TwoByTwo, hypothesis: number, {inflation = 1}: ScoreOptions = {}): number {
  return over(
    counts[2] / counts[3] - counts[0] / counts[1] - hypothesis,
    inflation * varianceAtDifference(counts[0], counts[1], counts[2], counts[3], hypothesis)
  );
}

/**
 * Returns the score statistic of the hypothesis that the treatment's proportion is `hypothesis` times the control's. At 1 this is the pooled z
 * statistic.
 *
 * @param hypothesis a non-negative ratio
 * @see Koopman (1984), https://doi.org/10.2307/2531405; Miettinen & Nurminen (1985), https://doi.org/10.1002/sim.4780040211
 */
export function scoreOfRatio(counts: TwoByTwo, hypothesis: number, {inflation = 1}: ScoreOptions = {}): number {
  return over(
    counts[2] / counts[3] - (counts[0] / counts[1]) * hypothesis,
    inflation * varianceAtRatio(counts[0], counts[1], counts[2], counts[3], hypothesis)
  );
}

/**
 * Returns the difference at which the score statistic is `score`: the bound of the interval that inverts the test, lower for a positive
 * score, upper for a negative one; within [-1, 1].
 */
export function differenceAtScore(counts: TwoByTwo, score: number, {inflation = 1}: ScoreOptions = {}): number {
  const c = counts[0];
  const m = counts[1];
  const s = counts[2];
  const n = counts[3];
  const observed = s / n - c / m;
  if (score === 0) return observed;
  const limit = score > 0 ? -1 : 1;
  if (observed === limit) return limit;
  const root = Math.sqrt(inflation);
  const wald = (c * (m - c)) / (m * m * m) + (s * (n - s)) / (n * n * n);
  const spread = wald > 0 ? wald : 0.25 / (m + 2) + 0.25 / (n + 2);
  const reach = score * root * Math.sqrt(spread);
  return secantRoot(
    (delta) => observed - delta - score * root * Math.sqrt(varianceAtDifference(c, m, s, n, delta)),
    observed - reach,
    Math.abs(reach),
    observed,
    limit,
    -Math.sign(score)
  );
}

/**
 * Returns the ratio at which the score statistic is `score`: the bound of the interval that inverts the test, lower for a positive score,
 * upper for a negative one; non-negative.
 *
 * @param counts as above; the control's successes positive
 */
export function ratioAtScore(counts: TwoByTwo, score: number, {inflation = 1}: ScoreOptions = {}): number {
  const c = counts[0];
  const m = counts[1];
  const s = counts[2];
  const n = counts[3];
  const pc = c / m;
  const pt = s / n;
  if (score === 0) return pt / pc;
  if (s === 0 && score > 0) return 0;
  // on the log scale the bounds are nearly symmetric, and far from 0 for rare events
  const observed = Math.log((s === 0 ? 0.5 : s) / n / pc);
  const reach = score * Math.sqrt(inflation * ((1 - pc) / c + (1 - pt) / Math.max(s, 0.5)));
  const root = Math.sqrt(inflation);
  const start = s === 0 ? -150 : observed;
  const u = secantRoot(
    (at) => {
      const ratio = Math.exp(at);
      const reached = score * root * Math.sqrt(varianceAtRatio(c, m, s, n, ratio));
      return (pt - pc * ratio - reached) / (Math.max(pt, pc * ratio) + Math.abs(reached));
    },
    observed - reach,
    Math.abs(reach),
    start,
    score > 0 ? -150 : 150,
    -Math.sign(score)
  );
  return Math.exp(u);
}

function over(gap: number, variance: number): number {
  if (variance > 0) return gap / Math.sqrt(variance);
  return gap === 0 ? 0 : Math.sign(gap) * Infinity;
}

function varianceAtDifference(c: number, m: number, s: number, n: number, delta: number): number {
  // the same variance, of failures or with the arms changed over: so that an empty cell is the control's successes, else the proportions are
  // those of the rarer outcome, since the complement of a proportion near 1 would have no digits left
  const empty = c === 0 || s === 0 || c === m || s === n;
  if (empty ? c !== 0 && s !== 0 : 2 * (c + s) > m + n) return varianceAtDifference(m - c, m, n - s, n, -delta);
  if (empty && c !== 0) return varianceAtDifference(s, n, c, m, -delta);
  const pc = likeliestControl(c, m, s, n, delta);
  const pt = Math.min(1, Math.max(0, pc + delta));
  return (pc * (1 - pc)) / m + (pt * (1 - pt)) / n;
}

/** The control's most likely proportion where the treatment's is larger by delta: the one root of a cubic between floor and ceiling. */
function likeliestControl(c: number, m: number, s: number, n: number, delta: number): number {
  const total = m + n;
  if (delta === 0) return (c + s) / total;
  const floor = Math.max(0, -delta);
  const ceiling = Math.min(1, 1 - delta);
  const l2 = (n + 2 * m) * delta - total - c - s;
  const l1 = (m * delta - total - 2 * c) * delta + c + s;
  if (c === 0) {
    const root = (2 * l1) / (-l2 + Math.sqrt(Math.max(0, l2 * l2 - 4 * total * l1)));
    return Math.min(ceiling, Math.max(floor, root));
  }
  const l0 = c * delta * (1 - delta);
  let x = (c + s - n * delta) / total;
  if (x > floor && x < ceiling) {
    for (let i = 0; i < 12; i++) {
      const step = (((total * x + l2) * x + l1) * x + l0) / ((3 * total * x + 2 * l2) * x + l1);
      x -= step;
      if (!(x > floor && x < ceiling)) break;
      if (Math.abs(step) <= 1e-9 * x) return x;
    }
  }
  x = trigonometricRoot(total, l2, l1, l0, floor, ceiling);
  for (let i = 0; i < 6; i++) {
    const step = (((total * x + l2) * x + l1) * x + l0) / ((3 * total * x + 2 * l2) * x + l1);
    const next = Math.min(ceiling, Math.max(floor, x - step));
    if (!Number.isFinite(next) || Math.abs(step) > 1e-4) break;
    x = next;
  }
  return x;
}

/** The same root in closed form, as Miettinen and Nurminen give it; it loses digits where two roots are close. */
function trigonometricRoot(l3: number, l2: number, l1: number, l0: number, floor: number, ceiling: number): number {
  const third = l2 / (3 * l3);
  const q = third * third * third - (l1 * l2) / (6 * l3 * l3) + l0 / (2 * l3);
  const p = Math.sign(q || 1) * Math.sqrt(Math.max(0, third * third - l1 / (3 * l3)));
  const angle = p === 0 ? 0 : (Math.PI + Math.acos(Math.min(1, Math.max(-1, q / (p * p * p))))) / 3;
  return Math.min(ceiling, Math.max(floor, 2 * p * Math.cos(angle) - third));
}

function varianceAtRatio(c: number, m: number, s: number, n: number, ratio: number): number {
  if (!(ratio > 0)) return 0;
  const b = n * ratio + s + m + c * ratio;
  const root = Math.sqrt(Math.max(0, b * b - 4 * (m + n) * ratio * (c + s)));
  const pc = Math.min(1, (2 * (c + s)) / (b + root));
  const pt = Math.min(1, ratio * pc);
  const qc = likeliestFailures(m - c, m, n - s, n, ratio);
  const qt = likeliestFailures(n - s, n, m - c, m, 1 / ratio);
  return (pt * qt) / n + (ratio * ratio * pc * qc) / m;
}

/** The share of failures in one arm where the other's share of successes is `ratio` times its own; from failures, so it is exact near 0. */
function likeliestFailures(failures: number, n: number, otherFailures: number, otherN: number, ratio: number): number {
  const a = (n + otherN) * ratio;
  const b = otherFailures + (n + otherN) * (ratio - 1) + ratio * failures;
  const c = (ratio - 1) * failures;
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c));
  return Math.min(1, Math.max(0, b >= 0 ? (b + root) / (2 * a) : (2 * c) / (b - root)));
}

/**
 * Returns where a function that is monotone between the observed value and the limit is zero, by the secant rule; a guess outside what is still
 * possible is replaced by the middle. The sign next to the observed value is given, as the function may be 0 at it.
 *
 * @param first a guess; the second is the first plus the function there, whose slope is near -1
 * @param scale the size of the distance sought
 */
function secantRoot(
  f: (x: number) => number,
  first: number,
  scale: number,
  observed: number,
  limit: number,
  innerSign: number
): number {
  let inner = observed;
  let outer = limit;
  let x0 = within(first, inner, outer);
  let f0 = f(x0);
  if (f0 === 0) return x0;
  if (Math.sign(f0) === innerSign) inner = x0;
  else outer = x0;
  let x1 = within(x0 + f0, inner, outer);
  for (let i = 1; i < 200; i++) {
    const f1 = f(x1);
    if (f1 === 0) return x1;
    if (Math.sign(f1) === innerSign) inner = x1;
    else outer = x1;
    const next = x1 - (f1 * (x1 - x0)) / (f1 - f0);
    x0 = x1;
    f0 = f1;
    x1 = within(i % 10 ? next : NaN, inner, outer);
    const step = Math.abs(x1 - x0);
    if (step <= 2e-16 * Math.abs(x1) + 1e-13 * scale) return x1;
  }
  return x1;
}

function within(x: number, inner: number, outer: number): number {
  return x > Math.min(inner, outer) && x < Math.max(inner, outer) ? x : (inner + outer) / 2;
}
