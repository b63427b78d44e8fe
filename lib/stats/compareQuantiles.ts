import {checkCount, checkFinite, checkLength} from "./checks.ts";
import {compareEstimates} from "./comparison.ts";
import type {ArmEstimate, Comparison, ComparisonOptions} from "./comparison.ts";
import type {QuantileBins} from "./quantileBins.ts";

/**
 * Returns the comparison of one quantile of two arms, of units or of events with units as clusters. Standard errors are Woodruff's: the share of
 * events up to the quantile is a ratio of sums over units, with a standard error s by the delta method; the quantiles at the shares q - 1.96 s and
 * q + 1.96 s are 2 x 1.96 standard errors apart. The test of the difference is normal, the interval inverts it, the relative one is Fieller's.
 *
 * No units, fewer than two of them, or too few for the shares to stay inside (0, 1): null with a reason; the difference alone where all is one value.
 *
 * @param control bins of the control's events
 * @param treatment bins of the treatment's events
 * @param quantile which one, in (0, 1): 0.95 is the value that 95% of the events do not exceed
 * @throws {RangeError} if the quantile or the level is not in (0, 1), lists differ in length, bins are not ascending or a sum is out of range
 * @see Woodruff (1952), https://doi.org/10.1080/01621459.1952.10483443; Deng, Knoblich & Lu (2018), https://arxiv.org/abs/1803.06336
 * @example compareQuantiles(binsOfEvents(before), binsOfEvents(after), 0.95)
 */
export function compareQuantiles(
  control: QuantileBins,
  treatment: QuantileBins,
  quantile: number,
  {level, alternative}: ComparisonOptions = {}
): Comparison {
  const b = estimateQuantile(control, quantile);
  const a = estimateQuantile(treatment, quantile);
  const result = compareEstimates("woodruff", b, a, {level, alternative});
  const few = [control, treatment].some(({n}) => n < 2);
  if (few || result.standardError !== null) return result;
  const reason = `too few units for the error of quantile ${quantile}`;
  return {...result, reason, relativeReason: reason};
}

/**
 * Returns one quantile of one arm with Woodruff's standard error, as `compareQuantiles` describes it; null where it does not exist. Between
 * events the quantile is linear (R's type 7); within a bin its events are taken to be evenly spread.
 *
 * @throws {RangeError} as `compareQuantiles`
 */
export function estimateQuantile(bins: QuantileBins, quantile: number): ArmEstimate {
  const {n, events} = bins;
  if (!(0 < quantile && quantile < 1)) throw new RangeError(`invalid quantile; not in (0, 1): ${quantile}`);
  checkBins(bins);
  if (events === 0) return {n, estimate: null, standardError: null};
  const estimate = valueAt(bins, quantile);
  if (n < 2) return {n, estimate, standardError: null};
  const error = Math.sqrt(((n / (n - 1)) * squaresAt(bins, quantile)) / (events * events));
  const reach = 1.96 * error;
  if (!(quantile - reach > 0 && quantile + reach < 1)) return {n, estimate, standardError: null};
  return {n, estimate, standardError: (valueAt(bins, quantile + reach) - valueAt(bins, quantile - reach)) / (2 * 1.96)};
}

/** Σ (M - p K)² over the units, with M up to the share p of the events; a bin that the share cuts counts in part. */
function squaresAt({events, kk, count, mm, mk}: QuantileBins, p: number): number {
  let left = p * events;
  let squares = p * p * kk;
  for (let i = 0; i < count.length && left > 0; i++) {
    const part = Math.min(1, left / (count[i] ?? 0));
    if (count[i]) squares += part * ((mm[i] ?? 0) - 2 * p * (mk[i] ?? 0));
    left -= count[i] ?? 0;
  }
  return Math.max(0, squares);
}

function valueAt(bins: QuantileBins, p: number): number {
  const rank = (bins.events - 1) * p;
  const below = Math.floor(rank);
  const a = valueAtRank(bins, below);
  return rank === below ? a : a + (rank - below) * (valueAtRank(bins, below + 1) - a);
}

function valueAtRank({lower, upper, count}: QuantileBins, rank: number): number {
  let before = 0;
  for (let i = 0; i < count.length; i++) {
    const here = count[i] ?? 0;
    if (rank < before + here) {
      const [from, to] = [lower[i] ?? NaN, upper[i] ?? NaN];
      return from === to ? from : from + ((to - from) * (rank - before + 0.5)) / here;
    }
    before += here;
  }
  return NaN;
}

function checkBins({n, events, kk, lower, upper, count, mm, mk}: QuantileBins): void {
  checkCount("n", n);
  checkCount("events", events);
  checkFinite("kk", kk);
  for (const [name, list] of Object.entries({lower, upper, mm, mk})) checkLength(name, list, count.length);
  let total = 0;
  let last = -Infinity;
  for (let i = 0; i < count.length; i++) {
    const [from, to, here] = [lower[i] ?? NaN, upper[i] ?? NaN, count[i] ?? NaN];
    checkCount("count", here);
    if (!(from >= last && to >= from && to < Infinity))
      throw new RangeError(`invalid bin; not ascending: ${from} to ${to}`);
    checkFinite("mm", mm[i] ?? NaN);
    checkFinite("mk", mk[i] ?? NaN);
    total += here;
    last = to;
  }
  if (total !== events) throw new RangeError(`invalid count; not ${events} in all: ${total}`);
}
