// Nodes and weights of the 15-point Kronrod rule and of the 7-point Gauss rule inside it, from QUADPACK's qk15:
// https://www.netlib.org/quadpack/dqk15.f
const kronrodNodes = [
  0.991455371120812639206854697526329, 0.949107912342758524526189684047851, 0.864864423359769072789712788640926,
  0.741531185599394439863864773280788, 0.58608723546769113029414469125, 0.405845151377397166906606412076961,
  0.207784955007898467600689403773245, 0
];
const kronrodWeights = [
  0.02293532201052922496373200805897, 0.063092092629978553290700663189204, 0.104790010322250183839876322541518,
  0.140653259715525918745189590510238, 0.16900472663926790282658342659855, 0.190350578064785409913256402421014,
  0.204432940075298892414161999234649, 0.209482141084727828012999174891714
];
const gaussWeights = [
  0.129484966168869693270611432679082, 0.27970539148927666790146777142378, 0.381830050505118944950369775488975,
  0.417959183673469387755102040816327
];

/** How exact an integral is to be. */
export type IntegrateOptions = {
  /** Stops when the error is estimated below this share of the integral; in (0, 1), defaults to 1e-10. */
  relativeTolerance?: number;
  /** Gives up refining after this many pieces; defaults to 400. */
  maximumPieces?: number;
};

type Piece = {lower: number; upper: number; value: number; error: number};

/**
 * Returns the integral of a function over a finite interval by adaptive Gauss-Kronrod quadrature (7 and 15 points): every
 * piece is halved once, then the one with the largest error (the two rules against each other, the halves against the
 * whole) until the errors' sum is small enough. Deterministic; the
 * result is the 15-point value, commonly far more exact than the estimate. The function must be finite on the interval.
 *
 * @param f the integrand
 * @param breaks the ends of the interval with any points between them where the integrand is sharp, in rising order
 * @throws {RangeError} if the breaks do not rise or are fewer than two
 * @see Piessens et al., QUADPACK (1983), https://www.netlib.org/quadpack/
 * @example integrate(Math.sin, [0, Math.PI]) // 2
 */
export function integrate(
  f: (x: number) => number,
  breaks: readonly number[],
  {relativeTolerance = 1e-10, maximumPieces = 400}: IntegrateOptions = {}
): number {
  if (!(breaks.length >= 2)) throw new RangeError(`invalid breaks; fewer than two: ${breaks.length}`);
  const pieces: Piece[] = [];
  for (let i = 1; i < breaks.length; ++i) {
    const lower = breaks[i - 1] ?? NaN;
    const upper = breaks[i] ?? NaN;
    if (!(lower <= upper)) throw new RangeError(`invalid breaks; not rising: ${lower}, ${upper}`);
    pieces.push(...halve(f, kronrod(f, lower, upper)));
  }
  let total = pieces.reduce((sum, {value}) => sum + value, 0);
  let error = pieces.reduce((sum, piece) => sum + piece.error, 0);
  while (error > relativeTolerance * Math.abs(total) && pieces.length < maximumPieces) {
    const worst = pieces.reduce((best, piece, i) => (piece.error > (pieces[best]?.error ?? 0) ? i : best), 0);
    const piece = pieces[worst];
    if (piece === undefined) break;
    const middle = (piece.lower + piece.upper) / 2;
    if (!(piece.lower < middle && middle < piece.upper)) break;
    const [left, right] = halve(f, piece);
    pieces[worst] = left;
    pieces.push(right);
    total = pieces.reduce((sum, {value}) => sum + value, 0);
    error = pieces.reduce((sum, p) => sum + p.error, 0);
  }
  return total;
}

/** Returns both halves of a piece; each is at least as doubtful as their sum is off the whole. */
function halve(f: (x: number) => number, whole: Piece): [Piece, Piece] {
  const middle = (whole.lower + whole.upper) / 2;
  const left = kronrod(f, whole.lower, middle);
  const right = kronrod(f, middle, whole.upper);
  // The two rules can agree by chance on a piece with a step inside; whole and halves then still differ.
  const change = Math.abs(left.value + right.value - whole.value) / 2;
  left.error = Math.max(left.error, change);
  right.error = Math.max(right.error, change);
  return [left, right];
}

function kronrod(f: (x: number) => number, lower: number, upper: number): Piece {
  const centre = (lower + upper) / 2;
  const half = (upper - lower) / 2;
  const middle = f(centre);
  let fine = (kronrodWeights[7] ?? 0) * middle;
  let coarse = (gaussWeights[3] ?? 0) * middle;
  for (let i = 0; i < 7; ++i) {
    const step = half * (kronrodNodes[i] ?? 0);
    const pair = f(centre - step) + f(centre + step);
    fine += (kronrodWeights[i] ?? 0) * pair;
    if (i % 2 === 1) coarse += (gaussWeights[(i - 1) / 2] ?? 0) * pair;
  }
  return {lower, upper, value: half * fine, error: half * Math.abs(fine - coarse)};
}

/** A positive function by its logarithm, with where to look for its peak. */
export type Peak = {
  /** The logarithm of the function; -Infinity where the function underflows. */
  log: (u: number) => number;
  /** Points among which the highest is near the peak. */
  near: readonly number[];
  /** The width of the narrowest feature, such as the smallest standard deviation; positive. */
  scale: number;
  /** Steps that a rule could straddle unseen: where they are and how wide. */
  steps?: readonly {readonly at: number; readonly width: number}[];
};

/** A stretch of the line outside of which a peaked function is negligible. */
export type PeakRange = {lower: number; mode: number; upper: number; height: number};

/** exp(-36) = 2e-16: what lies below this share of the peak cannot change the integral. */
const NEGLIGIBLE = 36;

/**
 * Returns where a positive function with one peak, such as a log-concave one, is not negligible, and the logarithm of
 * its height; null if it underflows at every point given.
 */
export function findPeak({log, near, scale}: Peak): PeakRange | null {
  let mode = NaN;
  let height = -Infinity;
  for (const u of near) {
    const value = log(u);
    if (value > height) [mode, height] = [u, value];
  }
  if (!(height > -Infinity)) return null;
  for (let step = scale; step > scale * 1e-3;) {
    const left = log(mode - step);
    const right = log(mode + step);
    if (left > height && left >= right) [mode, height, step] = [mode - step, left, step * 2];
    else if (right > height) [mode, height, step] = [mode + step, right, step * 2];
    else step /= 4;
  }
  return {lower: edge(log, mode, -scale, height), mode, upper: edge(log, mode, scale, height), height};
}

function edge(log: (u: number) => number, mode: number, firstStep: number, height: number): number {
  let step = firstStep;
  while (log(mode + step) > height - NEGLIGIBLE && Math.abs(step) < 1e9) step *= 2;
  let inner = step === firstStep ? 0 : step / 2;
  // A few halvings: an edge too far out would only waste points.
  for (let i = 0; i < 4; ++i) {
    const middle = (inner + step) / 2;
    if (log(mode + middle) > height - NEGLIGIBLE) inner = middle;
    else step = middle;
  }
  return mode + step;
}

/**
 * Returns the integral over the whole line of a positive function with one peak, relative to its size however small
 * that is (down to 1e-300); 0 if it underflows everywhere.
 */
export function integratePeak(peak: Peak, options: IntegrateOptions = {}): number {
  const range = findPeak(peak);
  if (range === null) return 0;
  const {lower, mode, upper, height} = range;
  const scaled = (u: number) => Math.exp(peak.log(u) - height);
  const sharp = (peak.steps ?? []).filter(({width}) => width < (upper - lower) / 40);
  const inside = sharp.flatMap(({at, width}) => [at - 8 * width, at, at + 8 * width]);
  const breaks = [lower, (lower + mode) / 2, mode, (mode + upper) / 2, upper];
  breaks.push(...inside.filter((u) => lower < u && u < upper));
  breaks.sort((a, b) => a - b);
  return Math.exp(height) * integrate(scaled, breaks, options);
}
