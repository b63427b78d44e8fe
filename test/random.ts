/** A stream of random numbers, the same for the same seed on every machine. */
export type Random = {
  /** Uniform in (0, 1), never 0. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** How many of n independent trials succeed, each with probability p. */
  binomial(n: number, p: number): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
};

/**
 * Returns the generator sfc32 of PractRand (Chris Doty-Humphrey), 32 bits a step, started from a 32-bit seed and a
 * 32-bit stream number, so that every cell of a table has numbers of its own whatever ran before it.
 * @see https://pracrand.sourceforge.net/RNG_engines.txt
 */
export function createRandom(seed: number, stream = 0): Random {
  let a = seed | 0;
  let b = stream | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;

  function next(): number {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t >>> 0;
  }
  for (let i = 0; i < 15; ++i) next();

  const uniform = () => (next() + 0.5) / 4294967296;

  let spare: number | null = null;
  function normal(): number {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      spare = v * factor;
      return u * factor;
    }
  }

  // Gaps between successes are geometric, so the cost is np, not n: rare events over many units stay cheap.
  function binomial(n: number, p: number): number {
    if (p <= 0) return 0;
    if (p > 0.5) return n - binomial(n, 1 - p);
    const rate = Math.log1p(-p);
    let successes = 0;
    for (let i = Math.floor(Math.log(uniform()) / rate); i < n; i += 1 + Math.floor(Math.log(uniform()) / rate)) {
      ++successes;
    }
    return successes;
  }

  return {uniform, normal, binomial, integer: (n) => Math.floor(uniform() * n)};
}
