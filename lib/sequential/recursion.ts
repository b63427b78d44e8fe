import {normal} from "../stats/distributions.ts";
import {normalTail} from "../stats/normalTail.ts";
import {gaussLegendre} from "./gaussLegendre.ts";

/**
 * The paths that have not stopped, as a density over the Brownian score B(t) = Z(t) sqrt(t), whose mean under a drift d
 * is d t and whose increments are independent. Held as quadrature points: `mass` is weight times density.
 */
export interface Density {
  /** The information fraction of the look after which it holds; 0 before the first. */
  readonly time: number;
  /** The drift under which it was computed; any other follows by the likelihood ratio. */
  readonly drift: number;
  readonly x: Float64Array;
  readonly mass: Float64Array;
}

/** What `advance` needs to know beside the bounds. */
export interface AdvanceOptions {
  /** The drift under which to go on; defaults to 0. */
  drift?: number;
  /** The standard deviation of the next step, which the quadrature points have to resolve as well; none by default. */
  nextDeviation?: number;
  /** Whether all is symmetric about 0, which halves the work; defaults to false. */
  symmetric?: boolean;
}

const rule = gaussLegendre(10);
const ORDER = rule.nodes.length;
/** Standard deviations that one panel of ten points covers. */
const PANEL = 3.2;
/** Standard deviations from the mean within which paths are followed: beyond are 1e-15 of them. */
export const REACH = 8;
/** Standard deviations of one step within which a point sees its neighbours: beyond are 4e-11 of them. */
const WINDOW = 6.6;
/** Below this a probability would leave the range of normal doubles on the way. */
const SMALLEST_PROBABILITY = 1e-290;
/** A tail probability below this share of the sum so far adds nothing, nor do all points further in. */
const NOTHING = 1e-18;
const INVERSE_ROOT_TWO_PI = 0.3989422804014327;

/** All paths before the first look: at 0. */
export const start: Density = {time: 0, drift: 0, x: Float64Array.of(0), mass: Float64Array.of(1)};

/**
 * Returns the density of the paths that go on at the next look, being between the bounds there (in units of the score;
 * finite). One step of the recursion of Armitage, McPherson and Rowe, by composite Gauss-Legendre quadrature. Empty if
 * lower is not below upper.
 *
 * @see Armitage, McPherson & Rowe (1969), J. R. Stat. Soc. A 132:235-244, https://doi.org/10.2307/2343787
 * @see Jennison & Turnbull (2000), Group Sequential Methods, chapter 19
 */
export function advance(
  from: Density,
  time: number,
  lower: number,
  upper: number,
  {drift = 0, nextDeviation = Infinity, symmetric = false}: AdvanceOptions = {}
): Density {
  if (!(lower < upper)) return {time, drift, x: new Float64Array(0), mass: new Float64Array(0)};
  const dt = time - from.time;
  const deviation = Math.sqrt(dt);
  const panels = Math.max(1, Math.ceil((upper - lower) / (PANEL * Math.min(deviation, nextDeviation))));
  const n = panels * ORDER;
  const x = new Float64Array(n);
  const mass = new Float64Array(n);
  const half = (upper - lower) / panels / 2;
  const source = from.x;
  const sourceMass = tilted(from, drift);
  const count = source.length;
  const scale = INVERSE_ROOT_TWO_PI / deviation;
  const exponent = -0.5 / dt;
  // Far out the paths come from one side: the window about b must grow with b's own distance from the mean.
  const slope = dt / time;
  let first = 0;
  for (let j = symmetric ? n / 2 : 0; j < n; ++j) {
    const panel = Math.floor(j / ORDER);
    const node = j - panel * ORDER;
    const b = lower + half * (2 * panel + 1 + (rule.nodes[node] ?? 0));
    const centre = b - drift * dt;
    const window = WINDOW * deviation + Math.abs(b - drift * time) * slope;
    const low = centre - window;
    const high = centre + window;
    while (first < count && (source[first] ?? 0) < low) ++first;
    let sum = 0;
    for (let i = first; i < count; ++i) {
      const s = source[i] ?? 0;
      if (s > high) break;
      const d = centre - s;
      sum += (sourceMass[i] ?? 0) * Math.exp(exponent * d * d);
    }
    x[j] = b;
    mass[j] = sum * scale * half * (rule.weights[node] ?? 0);
  }
  if (symmetric) {
    for (let j = n / 2; j < n; ++j) {
      x[n - 1 - j] = -(x[j] ?? 0);
      mass[n - 1 - j] = mass[j] ?? 0;
    }
  }
  return {time, drift, x, mass};
}

/**
 * Returns the probability that a path goes on until the density's look and is then, at a later time, at or beyond a
 * score: above it for side 1, below it for side -1.
 */
export function exitProbability(from: Density, time: number, score: number, side: 1 | -1, drift = 0): number {
  if (score === side * Infinity) return 0;
  const dt = time - from.time;
  const inverse = side / Math.sqrt(dt);
  const target = score - drift * dt;
  const tilt = tiltOf(from, drift);
  const n = from.x.length;
  let sum = 0;
  // From the points nearest to the bound inwards, until what is left cannot change the sum.
  for (let k = 0; k < n; ++k) {
    const i = side === 1 ? n - 1 - k : k;
    const x = from.x[i] ?? 0;
    const tail = normalTail((target - x) * inverse);
    if (tail <= NOTHING * sum) break;
    sum += (from.mass[i] ?? 0) * Math.exp(tilt.slope * x - tilt.constant) * tail;
  }
  return sum;
}

/** Returns the probability that a path has not stopped until and with the density's look. */
export function remaining(from: Density, drift = from.drift): number {
  let sum = 0;
  for (const m of tilted(from, drift)) sum += m;
  return sum;
}

/**
 * Returns the score at which the exit probability at a later time is the given one: Infinity times the side if nothing
 * is to be spent, minus that if more is to be spent than there is.
 */
export function solveScore(from: Density, time: number, probability: number, side: 1 | -1, drift = 0): number {
  if (!(probability > SMALLEST_PROBABILITY)) return side * Infinity;
  const mass = tilted(from, drift);
  const n = mass.length;
  let total = 0;
  for (const m of mass) total += m;
  if (n === 0) return side * Infinity;
  if (!(probability < total)) return -side * Infinity;
  const dt = time - from.time;
  const deviation = Math.sqrt(dt);
  // In u = side * score the tail is log-concave and falling: Newton's method on its logarithm comes down to the root
  // from the right without ever passing it.
  const outer = side * drift * time + normal.upperQuantile(probability) * Math.sqrt(time);
  let nearest = -Infinity;
  for (const x of from.x) nearest = Math.max(nearest, side * (x + drift * dt));
  const goal = Math.log(probability);
  let u = outer;
  for (let round = 0; round < 200; ++round) {
    let tail = 0;
    let density = 0;
    for (let k = 0; k < n; ++k) {
      const i = side === 1 ? n - 1 - k : k;
      const d = (u - side * ((from.x[i] ?? 0) + drift * dt)) / deviation;
      const beyond = normalTail(d);
      if (beyond <= NOTHING * tail) break;
      const m = mass[i] ?? 0;
      tail += m * beyond;
      density += m * Math.exp(-0.5 * d * d);
    }
    if (!(tail > 1e-300)) {
      u = (u + nearest) / 2;
      continue;
    }
    const step = ((Math.log(tail) - goal) * tail * deviation) / (density * INVERSE_ROOT_TWO_PI);
    u += step;
    if (Math.abs(step) < 1e-13 * Math.sqrt(time) * Math.max(1, Math.abs(u))) break;
  }
  return side * u;
}

/** The density's mass under another drift, by the likelihood ratio. */
function tilted(from: Density, drift: number): Float64Array {
  const {slope, constant} = tiltOf(from, drift);
  return slope === 0 ? from.mass : from.mass.map((m, i) => m * Math.exp(slope * (from.x[i] ?? 0) - constant));
}

/** The logarithm of the likelihood ratio of another drift, as slope * x - constant. */
function tiltOf(from: Density, drift: number): {slope: number; constant: number} {
  const slope = from.time === 0 ? 0 : drift - from.drift;
  return {slope, constant: (slope * (drift + from.drift) * from.time) / 2};
}
