/** Two arms' estimates, and how well they would be known if the treatment were so many times the control. */
export interface RatioPair {
  readonly control: number;
  readonly treatment: number;
  readonly spread: (ratio: number) => Spread;
}

/** Variances and covariance of the estimates of both arms. */
export interface Spread {
  readonly control: number;
  readonly treatment: number;
  readonly covariance: number;
}

/** Relative effects near the ratio that all pairs have in common, in the order given; null for a pair that tells nothing. */
export interface CommonRatio {
  /** Treatment over control, all pairs together; null without a pair that tells anything. */
  readonly ratio: number | null;
  /** Each pair's relative effect, linearized at the common ratio: 0.05 is 5% above control. */
  readonly effects: readonly (number | null)[];
  readonly standardErrors: readonly (number | null)[];
}

/**
 * Returns the ratio of treatment to control that pairs have in common (independent pairs, likelihood of normal estimates with
 * known variances), and each pair's own relative effect with its standard error as if that ratio held. Cochran's Q of these is the smallest
 * sum of squared distances of the pairs from one ratio. Plain relative effects with their own errors will not do for pairs
 * that are small or skewed: a control that is low by chance gives a large effect and a larger error, so small effects get
 * the weight, and Q is far from chi-square.
 *
 * @see Fieller (1954), https://doi.org/10.1111/j.2517-6161.1954.tb00159.x
 */
export function commonRatio(pairs: readonly (RatioPair | null)[]): CommonRatio {
  let ratio = 1;
  for (let step = 0; step < 100; step++) {
    let [treatment, control] = [0, 0];
    for (const pair of pairs) {
      const at = pair === null ? null : standing(pair, ratio);
      if (pair === null || at === null) continue;
      treatment += (at.base / at.variance) * pair.treatment;
      control += (at.base / at.variance) * pair.control;
    }
    const next = treatment / control;
    if (!Number.isFinite(next))
      return {ratio: null, effects: pairs.map(() => null), standardErrors: pairs.map(() => null)};
    const moved = Math.abs(next - ratio);
    ratio = next;
    if (moved <= 1e-12 * Math.abs(ratio)) break;
  }
  const found = pairs.map((pair) => (pair === null ? null : standing(pair, ratio)));
  const most = Math.max(...found.map((at) => at?.weight ?? 0));
  // What weighs nothing beside the others says nothing of its own effect, and only rounds.
  const all = found.map((at) => (at !== null && at.weight > 1e-9 * most ? at : null));
  return {
    ratio,
    effects: all.map((at) => (at === null ? null : ratio - 1 + at.off / at.base)),
    standardErrors: all.map((at) => (at === null ? null : Math.sqrt(at.variance) / Math.abs(at.base)))
  };
}

/** How far a pair is from a ratio, and the control's value that fits it best. */
function standing({control, treatment, spread}: RatioPair, ratio: number) {
  const {control: vc, treatment: vt, covariance} = spread(ratio);
  const off = treatment - ratio * control;
  const variance = vt - 2 * ratio * covariance + ratio * ratio * vc;
  if (!(variance > 0 && variance < Infinity)) return null;
  const base = control + ((ratio * vc - covariance) / variance) * off;
  const weight = (base * base) / variance;
  return weight > 0 && weight < Infinity ? {off, variance, base, weight} : null;
}
