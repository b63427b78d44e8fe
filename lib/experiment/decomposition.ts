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

/**
 * Returns the difference of means that are averaged over entry phases taken apart: each phase by itself, and their parts
 * averaged by the units of both arms. A phase without units in an arm does not count; null with a reason as above.
 *
 * @param phases the segments of each phase, in one order
 */
export function decompositionByPhase(
  phases: readonly (readonly SegmentArms[])[],
  options: {readonly kind: Kind}
): Decomposition {
  const parts = phases.map((segments) => ({n: unitsIn(segments), segments})).filter(({n}) => n > 0);
  const used = parts.length > 0 ? parts : [{n: 1, segments: phases[0] ?? []}];
  const total = used.reduce((sum, {n}) => sum + n, 0);
  const apart = used.map(({n, segments}) => ({share: n / total, ...decomposition(segments, options)}));
  const [first] = apart;
  if (apart.length === 1 && first !== undefined) {
    const {share: _, ...only} = first;
    return only;
  }
  const average = (part: (each: Decomposition) => number | null | undefined): number | null =>
    apart.reduce<number | null>((sum, each) => {
      const value = part(each) ?? null;
      return sum === null || value === null ? null : sum + each.share * value;
    }, 0);
  return {
    total: average((each) => each.total),
    contributions: (phases[0] ?? []).map((_, i) => average(({contributions}) => contributions[i])),
    within: average(({within}) => within),
    mix: average(({mix}) => mix),
    reason: apart.find(({reason}) => reason !== null)?.reason ?? null
  };
}

/** Units of both arms; 0 where one has none. */
function unitsIn(segments: readonly SegmentArms[]): number {
  const [c, t] = [
    sumOf(segments.map(({control}) => filled(control))),
    sumOf(segments.map((each) => filled(each.treatment)))
  ];
  return c === null || t === null ? 0 : c.n + t.n;
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
