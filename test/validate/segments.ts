import {segmentsOf} from "../../lib/experiment/segmentsOf.ts";
import type {Segments} from "../../lib/experiment/segmentsOf.ts";
import {addMoments, emptyMoments, momentsOf} from "../../lib/stats/moments.ts";
import type {Moments} from "../../lib/stats/moments.ts";
import type {Random} from "../random.ts";
import {createRandom} from "../random.ts";
import {row} from "./row.ts";
import type {ValidationOptions, ValidationRow} from "./row.ts";

/** Segments of an experiment without an effect; units fall into them and into the arms by chance. */
interface World {
  readonly kind: "proportion" | "mean";
  readonly segments: number;
  /** Of each segment, both arms together, on average. */
  readonly units: number;
  /** The value of a unit of a segment. */
  readonly value: (random: Random, segment: number) => number;
}

const spend: World = {
  kind: "mean",
  segments: 10,
  units: 1000,
  value: (random) => (random.uniform() < 0.1 ? Math.exp(1.5 * random.normal()) : 0)
};
const buyers: World = {
  kind: "proportion",
  segments: 20,
  units: 100,
  value: (random) => (random.uniform() < 0.1 ? 1 : 0)
};
const uneven: World = {
  kind: "mean",
  segments: 2,
  units: 500,
  value: (random, segment) => (segment === 0 ? 1 : 20) * Math.exp(0.3 * random.normal())
};

/** For whom does it work: segments that differ, that stand out, that turn the total round, all where nothing does. */
export async function validate({quick, seed}: ValidationOptions): Promise<ValidationRow[]> {
  const experiments = quick ? 300 : 2000;
  const [small, skewed, mixed] = [buyers, spend, uneven].map((world, i) => draw(world, experiments, seed, i));
  const share = (list: readonly Segments[] = [], is: (one: Segments) => boolean) =>
    list.filter(is).length / list.length;
  const differ = ({summaries: [summary]}: Segments) => (summary?.interactionPValue ?? 1) < 0.05;
  const names = {experiments, coverage: null};
  return [
    row({
      ...names,
      method: "segments differ, Cochran Q about one ratio",
      data: "20 segments, 10% buy",
      n: "50 a segment",
      falsePositiveRate: share(small, differ),
      allowance: 0.02,
      note: "five buyers in an arm: chi-square is approximate"
    }),
    row({
      ...names,
      method: "segments differ, Cochran Q about one ratio",
      data: "10 segments, 10% buy for lognormal amounts, sigma 1.5",
      n: "500 a segment",
      falsePositiveRate: share(skewed, differ),
      sides: "upper"
    }),
    row({
      ...names,
      method: "any segment, Benjamini-Hochberg",
      data: "20 segments, 10% buy",
      n: "50 a segment",
      falsePositiveRate: share(small, ({segments}) => segments.some((s) => (s.adjustedPValue ?? 1) < 0.05)),
      sides: "upper"
    }),
    row({
      ...names,
      method: "Simpson's reversal",
      data: "2 segments that differ twentyfold, no effect, arms split by chance",
      n: "250 a segment",
      falsePositiveRate: share(mixed, ({summaries}) => summaries.some(({simpson}) => simpson)),
      nominal: 0.01,
      sides: "upper"
    }),
    row({
      ...names,
      method: "all segments up and the total down, or the reverse",
      data: "2 segments that differ twentyfold, no effect, arms split by chance",
      n: "250 a segment",
      falsePositiveRate: share(mixed, ({segments, summaries: [summary]}) =>
        [1, -1].some(
          (sign) =>
            segments.every(({difference}) => sign * (difference ?? 0) > 0) &&
            sign * ((summary?.within ?? 0) + (summary?.mix ?? 0)) < 0
        )
      ),
      nominal: 0.01,
      expectedToFail: "arms hold different shares by chance, so signs alone are no reversal"
    })
  ];
}

function draw({kind, segments: count, units, value}: World, experiments: number, seed: number, stream: number) {
  const random = createRandom(seed, 700 + stream);
  return Array.from({length: experiments}, () => {
    const total: Record<string, Moments> = {control: emptyMoments(), treatment: emptyMoments()};
    const segments = Array.from({length: count}, (_, segment) => {
      const rows: Record<string, {y: number}[]> = {control: [], treatment: []};
      for (let u = 0; u < units; u++)
        rows[random.uniform() < 0.5 ? "control" : "treatment"]!.push({y: value(random, segment)});
      const arms: Record<string, Moments> = {};
      for (const [variant, own] of Object.entries(rows)) {
        arms[variant] = momentsOf(own);
        total[variant] = addMoments(total[variant]!, arms[variant]);
      }
      return {dimension: "segment", value: String(segment), arms};
    });
    const sums = {arms: total, days: [], segments, strata: [{phase: "all", arms: total}], exactFrom: null};
    return segmentsOf(sums, ["control", "treatment"], {
      kind,
      alternative: "two-sided",
      covariate: false,
      level: 0.95,
      weights: () => ({control: 0.5, treatment: 0.5})
    });
  });
}
