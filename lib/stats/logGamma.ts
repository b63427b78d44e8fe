const halfLogTwoPi = 0.9189385332046728;

/**
 * Returns ln Γ(z) for z > 0: absolute error below 1e-14 where ln Γ is near zero (z between 1 and 2), relative below 1e-14 elsewhere.
 *
 * @param z a positive number
 * @see Stirling's series, https://dlmf.nist.gov/5.11
 * @example logGamma(0.5) // 0.5723649429247001…
 */
export function logGamma(z: number): number {
  if (z < 10) return shifted(z);
  return (z - 0.5) * Math.log(z) - z + halfLogTwoPi + series(z);
}

/**
 * Returns what Stirling's leading terms leave over: ln Γ(z) - ((z - 1/2) ln z - z + ln(2π)/2), about 1/(12 z). Ratios of gamma
 * functions of large arguments are written with it, so that the large terms never have to cancel.
 *
 * @param z a positive number
 * @see Loader (2000), Fast and accurate computation of binomial probabilities
 * @example stirlingError(100) // 0.000833330555634…
 */
export function stirlingError(z: number): number {
  if (z < 10) return shifted(z) - ((z - 0.5) * Math.log(z) - z + halfLogTwoPi);
  return series(z);
}

function shifted(z: number): number {
  let product = 1;
  while (z < 10) product *= z++;
  return (z - 0.5) * Math.log(z) - z + halfLogTwoPi + series(z) - Math.log(product);
}

function series(z: number): number {
  const s = 1 / (z * z);
  const terms =
    1 / 12 -
    s *
      (1 / 360 -
        s *
          (1 / 1260 -
            s *
              (1 / 1680 -
                s * (1 / 1188 - s * (691 / 360360 - s * (1 / 156 - s * (3617 / 122400 - s * (43867 / 244188))))))));
  return terms / z;
}
