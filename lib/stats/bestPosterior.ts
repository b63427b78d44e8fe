import {logOneMinusExp} from "./incompleteGamma.ts";
import type {Posterior} from "./posterior.ts";
import {integratePeak, type Peak} from "./quadrature.ts";

/**
 * Returns for each arm the probability that its parameter is the highest of all; they sum to 1. One arm gives [1], none
 * gives []. Exact integrals of density times the other arms' cumulative distributions, relative 1e-8 also where the
 * probability is as small as 1e-300; 0 below that.
 */
export function probabilitiesBest(posteriors: readonly Posterior[]): number[] {
  if (posteriors.length === 1) return [1];
  return posteriors.map((own, i) => {
    const others = posteriors.filter((_, j) => j !== i);
    const log = (u: number) => own.logDensity(u) + sumOf(others, u);
    return Math.min(1, integratePeak({log, ...places(posteriors)}));
  });
}

/**
 * Returns for each arm the expected loss of choosing it: the mean of (highest parameter of all - its own), in the
 * parameter's unit, at least 0. One arm gives [0], none gives [].
 * @see Stucchio (2015), Bayesian A/B testing at VWO, https://vwo.com/downloads/VWO_SmartStats_technical_whitepaper.pdf
 */
export function expectedLosses(posteriors: readonly Posterior[]): number[] {
  if (posteriors.length === 1) return [0];
  return posteriors.map((own, i) => {
    const others = posteriors.filter((_, j) => j !== i);
    // E max(best - own, 0) is the integral over x of P(own <= x) P(best of the others > x): nothing cancels.
    const log = (u: number) => {
      const [only] = others;
      const aboveAny = others.length === 1 && only ? only.logSf(u) : logOneMinusExp(sumOf(others, u));
      return own.logCdf(u) + aboveAny + own.logJacobian(u);
    };
    return integratePeak({log, ...places(posteriors)});
  });
}

function sumOf(posteriors: readonly Posterior[], u: number): number {
  let sum = 0;
  for (const posterior of posteriors) sum += posterior.logCdf(u);
  return sum;
}

/** Returns where an integrand made of these posteriors can have its peak, and its narrowest feature. */
function places(posteriors: readonly Posterior[]): Omit<Peak, "log"> {
  const lowest = Math.min(...posteriors.map(({mode}) => mode));
  const highest = Math.max(...posteriors.map(({mode}) => mode));
  const between = Array.from({length: 33}, (_, i) => lowest + ((highest - lowest) * i) / 32);
  const around = posteriors.flatMap(({mode, scale}) => [-6, -3, -1, 1, 3, 6].map((k) => mode + k * scale));
  const steps = posteriors.map(({mode, scale}) => ({at: mode, width: scale}));
  return {near: [...between, ...around], scale: Math.min(...posteriors.map(({scale}) => scale)), steps};
}
