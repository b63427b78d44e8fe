import {checkCount, checkFinite} from "./checks.ts";

/** The letters of a moment: y outcome (numerator), w denominator, x pre-period outcome, v pre-period denominator. */
export type Letter = "y" | "w" | "x" | "v";

/** The sums that a cube row carries beside `n`: each letter, and each pair of letters for the sum of their product. */
export const sums = ["y", "yy", "w", "ww", "x", "xx", "v", "vv", "yw", "xy", "yv", "xw", "vw", "xv"] as const;

/** The name of one sum. */
export type Sum = (typeof sums)[number];

/** The constants that sums are taken about: `y` is the sum of (value - origin.y), and so on; 0 where absent. */
export type Origin = Readonly<Partial<Record<Letter, number>>>;

/** The sums over the units of one arm; sums that a metric does not need are 0. */
export type Moments = {readonly n: number; readonly origin: Origin} & Readonly<Record<Sum, number>>;

/** The values of one unit; letters that a metric does not need may be absent. */
export type UnitValues = Readonly<{y: number} & Partial<Record<Letter, number>>>;

/** The name of the sum of the product of two letters. */
const products: Readonly<Record<Letter, Readonly<Record<Letter, Sum>>>> = {
  y: {y: "yy", w: "yw", x: "xy", v: "yv"},
  w: {y: "yw", w: "ww", x: "xw", v: "vw"},
  x: {y: "xy", w: "xw", x: "xx", v: "xv"},
  v: {y: "yv", w: "vw", x: "xv", v: "vv"}
};

/**
 * Returns the moments of no units at all, the neutral element of `addMoments`.
 *
 * @param origin the constants that sums are to be taken about; defaults to 0 for every letter
 */
export function emptyMoments(origin: Origin = {}): Moments {
  return momentsFromSums(0, {}, origin);
}

/**
 * Returns moments from the sums that are known, the others 0. A proportion with s successes is `{y: s, yy: s}`.
 *
 * @param n number of units, a non-negative integer
 * @param known sums about the origin, finite numbers
 * @param origin the constants that the sums were taken about; defaults to 0 for every letter
 * @throws {RangeError} if n is not a count, or a sum or an origin is not finite
 * @example momentsFromSums(100, {y: 12, yy: 12})
 */
export function momentsFromSums(
  n: number,
  known: Readonly<Partial<Record<Sum, number>>>,
  origin: Origin = {}
): Moments {
  checkCount("n", n);
  for (const sum of sums) checkFinite(sum, known[sum] ?? 0);
  checkOrigin(origin);
  const {y = 0, yy = 0, w = 0, ww = 0, x = 0, xx = 0, v = 0, vv = 0} = known;
  const {yw = 0, xy = 0, yv = 0, xw = 0, vw = 0, xv = 0} = known;
  return {n, origin, y, yy, w, ww, x, xx, v, vv, yw, xy, yv, xw, vw, xv};
}

/**
 * Returns the moments of units given one by one; each sum is compensated, so that it is as exact as its last digit.
 *
 * @param rows one record for each unit; not changed
 * @param origin the constants to take sums about, best near the means; defaults to 0 for every letter
 * @throws {RangeError} if a value or an origin is not finite
 * @see Neumaier (1974), https://doi.org/10.1002/zamm.19740540106
 */
export function momentsOf(rows: Iterable<UnitValues>, origin: Origin = {}): Moments {
  checkOrigin(origin);
  const totals: Record<Sum, number> = {...emptyMoments()};
  const errors: Record<Sum, number> = {...emptyMoments()};
  const {y: oy = 0, w: ow = 0, x: ox = 0, v: ov = 0} = origin;
  let n = 0;
  const add = (sum: Sum, value: number): void => {
    const total = totals[sum] + value;
    errors[sum] += Math.abs(totals[sum]) >= Math.abs(value) ? totals[sum] - total + value : value - total + totals[sum];
    totals[sum] = total;
  };
  for (const row of rows) {
    checkFinite("y", row.y);
    checkFinite("w", row.w ?? ow);
    checkFinite("x", row.x ?? ox);
    checkFinite("v", row.v ?? ov);
    const y = row.y - oy;
    const w = (row.w ?? ow) - ow;
    const x = (row.x ?? ox) - ox;
    const v = (row.v ?? ov) - ov;
    n++;
    add("y", y);
    add("yy", y * y);
    // A letter that is 0 adds nothing to any sum; most metrics have one or two letters.
    if (w !== 0) {
      add("w", w);
      add("ww", w * w);
      add("yw", y * w);
    }
    if (x !== 0) {
      add("x", x);
      add("xx", x * x);
      add("xy", x * y);
      add("xw", x * w);
    }
    if (v !== 0) {
      add("v", v);
      add("vv", v * v);
      add("yv", y * v);
      add("vw", v * w);
      add("xv", x * v);
    }
  }
  for (const sum of sums) totals[sum] += errors[sum];
  return momentsFromSums(n, totals, origin);
}

/**
 * Returns the moments of the units of both, about the origin of `a`.
 *
 * @example addMoments(monday, tuesday)
 */
export function addMoments(a: Moments, b: Moments): Moments {
  const c = sameOrigin(a.origin, b.origin) ? b : shiftOrigin(b, a.origin);
  return {
    n: a.n + c.n,
    origin: a.origin,
    y: a.y + c.y,
    yy: a.yy + c.yy,
    w: a.w + c.w,
    ww: a.ww + c.ww,
    x: a.x + c.x,
    xx: a.xx + c.xx,
    v: a.v + c.v,
    vv: a.vv + c.vv,
    yw: a.yw + c.yw,
    xy: a.xy + c.xy,
    yv: a.yv + c.yv,
    xw: a.xw + c.xw,
    vw: a.vw + c.vw,
    xv: a.xv + c.xv
  };
}

/**
 * Returns the moments of the units of `a` that are not in `b`, about the origin of `a`; the units of `b` must be among those of `a`.
 *
 * @throws {RangeError} if b has more units than a
 */
export function subtractMoments(a: Moments, b: Moments): Moments {
  if (!(b.n <= a.n)) throw new RangeError(`invalid n; not at most ${a.n}: ${b.n}`);
  const c = sameOrigin(a.origin, b.origin) ? b : shiftOrigin(b, a.origin);
  return {
    n: a.n - c.n,
    origin: a.origin,
    y: a.y - c.y,
    yy: a.yy - c.yy,
    w: a.w - c.w,
    ww: a.ww - c.ww,
    x: a.x - c.x,
    xx: a.xx - c.xx,
    v: a.v - c.v,
    vv: a.vv - c.vv,
    yw: a.yw - c.yw,
    xy: a.xy - c.xy,
    yv: a.yv - c.yv,
    xw: a.xw - c.xw,
    vw: a.vw - c.vw,
    xv: a.xv - c.xv
  };
}

/**
 * Returns the same moments about another origin. Every letter moves, also one that the metric does not use: give an origin only to
 * letters that it does.
 *
 * @param origin the new constants; 0 where absent
 * @throws {RangeError} if an origin is not finite
 */
export function shiftOrigin(m: Moments, origin: Origin): Moments {
  checkOrigin(origin);
  const {n} = m;
  const y = (m.origin.y ?? 0) - (origin.y ?? 0);
  const w = (m.origin.w ?? 0) - (origin.w ?? 0);
  const x = (m.origin.x ?? 0) - (origin.x ?? 0);
  const v = (m.origin.v ?? 0) - (origin.v ?? 0);
  return {
    n,
    origin,
    y: m.y + n * y,
    yy: m.yy + 2 * y * m.y + n * y * y,
    w: m.w + n * w,
    ww: m.ww + 2 * w * m.w + n * w * w,
    x: m.x + n * x,
    xx: m.xx + 2 * x * m.x + n * x * x,
    v: m.v + n * v,
    vv: m.vv + 2 * v * m.v + n * v * v,
    yw: m.yw + y * m.w + w * m.y + n * y * w,
    xy: m.xy + x * m.y + y * m.x + n * x * y,
    yv: m.yv + y * m.v + v * m.y + n * y * v,
    xw: m.xw + x * m.w + w * m.x + n * x * w,
    vw: m.vw + v * m.w + w * m.v + n * v * w,
    xv: m.xv + x * m.v + v * m.x + n * x * v
  };
}

/**
 * Returns the mean of a letter over the units, or null if there are none.
 *
 * @example mean(moments, "y")
 */
export function mean(m: Moments, letter: Letter): number | null {
  return m.n > 0 ? (m.origin[letter] ?? 0) + m[letter] / m.n : null;
}

/**
 * Returns the sample variance (n - 1) of a letter over the units, or null with fewer than two of them. What is no more than the
 * rounding of the sums counts as 0.
 *
 * @throws {RangeError} if the sums cannot be those of real values: a sum of squares less than the mean's part of it
 */
export function variance(m: Moments, letter: Letter): number | null {
  return m.n > 1 ? varianceOf(m.n, m[letter], m[products[letter][letter]]) : null;
}

/**
 * Returns the sample covariance (n - 1) of two letters over the units, or null with fewer than two of them.
 *
 * @example covariance(moments, "x", "y")
 */
export function covariance(m: Moments, a: Letter, b: Letter): number | null {
  if (a === b) return variance(m, a);
  return m.n > 1 ? (m[products[a][b]] - (m[a] * m[b]) / m.n) / (m.n - 1) : null;
}

/**
 * Returns the sample variance (n - 1) from the sum and the sum of squares of n > 1 values; 0 where it is no more than the rounding of
 * the sums.
 *
 * @throws {RangeError} `invalid sum of squares; not at least 4: 3`
 */
export function varianceOf(n: number, sum: number, sumOfSquares: number): number {
  const spread = sumOfSquares - (sum / n) * sum;
  const rounding = 1e-15 * sumOfSquares;
  if (spread > rounding) return spread / (n - 1);
  if (spread >= -1e6 * rounding && sumOfSquares >= 0) return 0;
  throw new RangeError(`invalid sum of squares; not at least ${(sum / n) * sum}: ${sumOfSquares}`);
}

function sameOrigin(a: Origin, b: Origin): boolean {
  if (a === b) return true;
  return (
    (a.y ?? 0) === (b.y ?? 0) && (a.w ?? 0) === (b.w ?? 0) && (a.x ?? 0) === (b.x ?? 0) && (a.v ?? 0) === (b.v ?? 0)
  );
}

function checkOrigin(origin: Origin): void {
  for (const letter of ["y", "w", "x", "v"] as const) checkFinite(`origin.${letter}`, origin[letter] ?? 0);
}
