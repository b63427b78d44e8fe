import {addMoments, mean} from "../stats/moments.ts";
import type {Moments} from "../stats/moments.ts";
import type {Kind} from "./words.ts";

/** Both arms of a segment; an arm without units may be missing. */
export interface SegmentArms {
  readonly value: string;
  readonly control: Moments | undefined;
  readonly treatment: Moments | undefined;
}

/** Where a difference comes from. */
export interface Decomposition {
  /** Treatment minus control over the units of all segments; null without units in an arm. */
  readonly total: number | null;
  /** Share x effect of each segment, in the order given; they add up to `within`. */
  readonly contributions: readonly (number | null)[];
  /** What is left if both arms had the same mix of segments. */
  readonly within: number | null;
  /** What comes from arms that hold different shares of the segments; within + mix = total. */
  readonly mix: number | null;
  /** Why within and mix are null. */
  readonly reason: string | null;
}

/**
 * Returns the difference of two means, taken apart exactly: a segment's share is the mean of its shares in both arms, its
 * contribution that share times its effect; the mix is the difference of its shares times the mean of its means (Kitagawa).
 * No covariate is used. Without one of the arms in a segment there is no effect to count, and for ratios and quantiles
 * no such sum is exact: null with a reason, the total of a ratio still there.
 *
 * @see Kitagawa (1955), Components of a difference between two rates, https://doi.org/10.1080/01621459.1955.10501299
 */
export function decomposition(segments: readonly SegmentArms[], {kind}: {readonly kind: Kind}): Decomposition {
  const used = segments.map(({value, control, treatment}) => ({
    value,
    control: filled(control),
    treatment: filled(treatment)
  }));
  const [c, t] = [sumOf(used.map(({control}) => control)), sumOf(used.map(({treatment}) => treatment))];
  const none = {contributions: segments.map(() => null), within: null, mix: null};
  if (c === null || t === null)
    return {...none, total: null, reason: `no segment has units in ${c === null ? "control" : "treatment"}`};
  if (kind === "quantile") return {...none, total: null, reason: "a quantile is no sum over segments"};
  if (kind === "ratio") {
    const [base, value] = [ratioOf(c), ratioOf(t)];
    const total = base === null || value === null ? null : value - base;
    return {...none, total, reason: "a ratio's difference is no sum of shares times effects"};
  }
  const total = (mean(t, "y") ?? 0) - (mean(c, "y") ?? 0);
  const lonely = used.find(({control, treatment}) => (control === null) !== (treatment === null));
  if (lonely !== undefined)
    return {
      ...none,
      total,
      reason: `${lonely.value} has no units in ${lonely.control === null ? "control" : "treatment"}`
    };
  let [within, mix] = [0, 0];
  const contributions = used.map(({control, treatment}) => {
    if (control === null || treatment === null) return 0;
    const [shareC, shareT] = [control.n / c.n, treatment.n / t.n];
    const [meanC, meanT] = [mean(control, "y") ?? 0, mean(treatment, "y") ?? 0];
    const contribution = ((shareC + shareT) / 2) * (meanT - meanC);
    within += contribution;
    mix += (shareT - shareC) * ((meanC + meanT) / 2);
    return contribution;
  });
  return {total, contributions, within, mix, reason: null};
}

/** Returns y over w, or null without a denominator. */
export function ratioOf(moments: Moments): number | null {
  const [y, w] = [mean(moments, "y"), mean(moments, "w")];
  return y === null || w === null || w === 0 ? null : y / w;
}

function filled(moments: Moments | undefined): Moments | null {
  return moments === undefined || moments.n === 0 ? null : moments;
}

function sumOf(list: readonly (Moments | null)[]): Moments | null {
  return list.reduce<Moments | null>(
    (sum, moments) => (sum === null || moments === null ? (sum ?? moments) : addMoments(sum, moments)),
    null
  );
}
