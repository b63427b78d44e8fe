import {pairCovariance} from "./pairCovariance.ts";
import type {TenureSums} from "./tenureSums.ts";

/** Rows of tenure sums where they are found at once. */
export interface TenureIndex {
  readonly sums: TenureSums;
  readonly phases: readonly string[];
  /** The first day that any row has; days follow one another from it. */
  readonly first: number;
  readonly length: number;
  readonly arms: ReadonlyMap<string, ArmIndex>;
}

/** One variant's sums. */
export interface ArmIndex {
  /** n, y, w of cohort c and the i-th day, from (c * length + i) * 3; n is 0 without a row. */
  readonly cells: Float64Array;
  /** n, y, yy, w, ww, yw of phase p and the i-th day, from (p * length + i) * 6. */
  readonly days: Float64Array;
  /**
   * Units of phase p on both of days i <= j, at (p * length + i) * length + j; 0 where the products are missing or of a
   * single unit.
   */
  readonly units: Float64Array;
  /** The covariance (n - 1) of those units' values; of a ratio that of y - ratio * w, with the ratio of each day. */
  readonly covariances: Float64Array;
  /** The covariance of the phase's means on both days, over the units of each. */
  readonly ofMeans: Float64Array;
}

/** Numbers of one day in `ArmIndex.days` and of one cell in `ArmIndex.cells`. */
export const [dayWidth, cellWidth] = [6, 3];

/** Returns the tenure sums by variant, cohort, phase and day. */
export function tenureIndex(sums: TenureSums): TenureIndex {
  const {cohorts, kind, origin} = sums;
  const phases = [...new Set(cohorts.map(({phase}) => phase))];
  const placeOf = new Map(cohorts.map(({cohort}, i) => [cohort, i]));
  const phaseOf = cohorts.map(({phase}) => phases.indexOf(phase));
  let [first, last] = [0, -1];
  for (const {day} of sums.days) {
    if (day < first) first = day;
    if (day > last) last = day;
  }
  const length = last - first + 1;
  const arms = new Map<string, ArmIndex>();
  const armOf = (variant: string): ArmIndex => {
    let arm = arms.get(variant);
    if (arm === undefined) {
      arm = {
        cells: new Float64Array(cohorts.length * length * cellWidth),
        days: new Float64Array(phases.length * length * dayWidth),
        units: new Float64Array(phases.length * length * length),
        covariances: new Float64Array(phases.length * length * length),
        ofMeans: new Float64Array(phases.length * length * length)
      };
      arms.set(variant, arm);
    }
    return arm;
  };
  // Rows of one cohort, phase and variant follow one another, so what they ask for is mostly what the last one had.
  let [lastCohort, place, lastVariant, arm]: [string, number | undefined, string, ArmIndex | null] = [
    "",
    undefined,
    "",
    null
  ];
  const ratio = kind === "ratio";
  for (const row of sums.days) {
    const {cohort, variant, day, n, y, yy} = row;
    if (cohort !== lastCohort) [lastCohort, place] = [cohort, placeOf.get(cohort)];
    if (place === undefined) continue;
    if (arm === null || variant !== lastVariant) [lastVariant, arm] = [variant, armOf(variant)];
    const {days, cells} = arm;
    const cell = (place * length + day - first) * cellWidth;
    cells[cell]! += n;
    cells[cell + 1]! += y;
    const at = (phaseOf[place]! * length + day - first) * dayWidth;
    days[at]! += n;
    days[at + 1]! += y;
    days[at + 2]! += yy;
    if (!ratio) continue;
    cells[cell + 2]! += row.w ?? 0;
    days[at + 3]! += row.w ?? 0;
    days[at + 4]! += row.ww ?? 0;
    days[at + 5]! += row.yw ?? 0;
  }
  const ratios = new Map<string, Float64Array>();
  if (ratio) for (const [variant, arm] of arms) ratios.set(variant, ratiosOf(arm, length, origin));
  let [lastPhase, phase, own]: [string, number, Float64Array | undefined] = ["", -1, undefined];
  arm = null;
  for (const row of sums.products) {
    const {j, k, n, y, z, yz, variant} = row;
    if (row.phase !== lastPhase) [lastPhase, phase] = [row.phase, phases.indexOf(row.phase)];
    if (phase < 0 || j < first || k > last || n < 2) continue;
    if (arm === null || variant !== lastVariant)
      [lastVariant, arm, own] = [variant, armOf(variant), ratios.get(variant)];
    const {units, covariances, ofMeans, days} = arm;
    const at = (phase * length + j - first) * length + k - first;
    const covariance =
      own === undefined ? (yz - (y * z) / n) / (n - 1) : pairCovariance(row, own[j - first]!, own[k - first]!);
    const unitsOfBoth = days[(phase * length + j - first) * dayWidth]! * days[(phase * length + k - first) * dayWidth]!;
    units[at] = n;
    covariances[at] = covariance;
    ofMeans[at] = unitsOfBoth === 0 ? 0 : (n / unitsOfBoth) * covariance;
  }
  return {sums, phases, first, length, arms};
}

function ratiosOf({days}: ArmIndex, length: number, origin: TenureSums["origin"]): Float64Array {
  const ratios = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    let [n, y, w] = [0, 0, 0];
    for (let at = i * dayWidth; at < days.length; at += length * dayWidth) {
      n += days[at]!;
      y += days[at + 1]!;
      w += days[at + 3]!;
    }
    const denominator = w + n * (origin.w ?? 0);
    ratios[i] = denominator === 0 ? 0 : (y + n * (origin.y ?? 0)) / denominator;
  }
  return ratios;
}
