import {bracketedRoot} from "./bracketedRoot.ts";
import type {Posterior} from "./posterior.ts";
import {findPeak, integrate} from "./quadrature.ts";

/**
 * Returns the equal-tailed credible interval of treatment - control for independent posteriors of two shares: its ends
 * solve P(difference <= d) = (1 -+ level) / 2, to about 1e-8 of that probability.
 */
export function credibleDifference(control: Posterior, treatment: Posterior, level: number): [number, number] {
  const mean = treatment.mean - control.mean;
  const deviation = Math.hypot(treatment.standardDeviation, control.standardDeviation);
  const below = differenceCdf(control, treatment);
  const end = (p: number, from: number, to: number) =>
    bracketedRoot((d) => below(d) - p, [mean + from * deviation, mean + to * deviation], {
      limits: [-1, 1],
      absoluteTolerance: 1e-9 * deviation
    });
  return [end((1 - level) / 2, -3, 0), end((1 + level) / 2, 0, 3)];
}

/** Returns P(treatment - control <= d) as a function of d. */
function differenceCdf(control: Posterior, treatment: Posterior): (d: number) => number {
  // The narrower density carries the integral; the other's distribution function is smooth on its scale.
  const controlCarries = control.standardDeviation <= treatment.standardDeviation;
  const [carrier, other] = controlCarries ? [control, treatment] : [treatment, control];
  const range = findPeak({log: carrier.logDensity, near: [carrier.mode], scale: carrier.scale});
  if (range === null) throw new RangeError(`invalid posterior; no density at its mode: ${carrier.mode}`);
  const {lower, mode, upper} = range;
  const sign = controlCarries ? 1 : -1;
  const logTail = controlCarries ? other.logCdf : other.logSf;
  return (d) => {
    // Where the other share meets 0 or 1 its distribution function has a corner.
    const corners = [-sign * d, 1 - sign * d].map(carrier.coordinate);
    const breaks = [lower, (lower + mode) / 2, mode, (mode + upper) / 2, upper];
    const inside = corners.filter((u) => lower < u && u < upper);
    const tail = (u: number) =>
      Math.exp(carrier.logDensity(u) + logTail(other.coordinate(carrier.value(u) + sign * d)));
    return integrate(
      tail,
      [...breaks, ...inside].sort((a, b) => a - b),
      {relativeTolerance: 1e-9, maximumPieces: 200}
    );
  };
}
