/**
 * Returns the probability that a standard normal value exceeds x, to a relative error below 1e-14 for every x up to 37.5
 * (where it leaves the range of normal doubles); 1 at -Infinity, 0 at Infinity, NaN at NaN.
 *
 * @param x any number
 * @see Cody (1969), Rational Chebyshev approximations for the error function, https://doi.org/10.1090/S0025-5718-1969-0247736-4;
 * the same coefficients as R's pnorm, https://svn.r-project.org/R/trunk/src/nmath/pnorm.c
 * @example normalTail(1.96) // 0.0249978951482204…
 */
export function normalTail(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.67448975) return 0.5 - x * centre(x * x);
  if (!(size < 40)) return size === Infinity || size >= 40 ? (x < 0 ? 1 : 0) : NaN;
  // exp(-x²/2) in two factors, the first of an exact square: the rounding of x² would cost three digits in the far tail
  const coarse = Math.trunc(size * 16) / 16;
  const density = Math.exp(-0.5 * coarse * coarse) * Math.exp(-0.5 * (size - coarse) * (size + coarse));
  const tail = density * (size <= 5.656854249492381 ? middle(size) : far(size));
  return x < 0 ? 1 - tail : tail;
}

function centre(s: number): number {
  return (
    ((((0.065682337918207449113 * s + 2.2352520354606839287) * s + 161.02823106855587881) * s + 1067.6894854603709582) *
      s +
      18154.981253343561249) /
    ((((s + 47.20258190468824187) * s + 976.09855173777669322) * s + 10260.932208618978205) * s + 45507.789335026729956)
  );
}

function middle(x: number): number {
  return (
    ((((((((1.0765576773720192317e-8 * x + 0.39894151208813466764) * x + 8.8831497943883759412) * x +
      93.506656132177855979) *
      x +
      597.27027639480026226) *
      x +
      2494.5375852903726711) *
      x +
      6848.1904505362823326) *
      x +
      11602.651437647350124) *
      x +
      9842.7148383839780218) /
    ((((((((x + 22.266688044328115691) * x + 235.38790178262499861) * x + 1519.377599407554805) * x +
      6485.558298266760755) *
      x +
      18615.571640885098091) *
      x +
      34900.952721145977266) *
      x +
      38912.003286093271411) *
      x +
      19685.429676859990727)
  );
}

function far(x: number): number {
  const s = 1 / (x * x);
  const correction =
    (s *
      (((((0.02307344176494017303 * s + 0.21589853405795699) * s + 0.1274011611602473639) * s + 0.022235277870649807) *
        s +
        0.001421619193227893466) *
        s +
        2.9112874951168792e-5)) /
    (((((s + 1.28426009614491121) * s + 0.468238212480865118) * s + 0.0659881378689285515) * s +
      0.00378239633202758244) *
      s +
      7.29751555083966205e-5);
  return (0.3989422804014327 - correction) / x;
}
