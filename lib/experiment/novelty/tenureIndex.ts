import type {TenurePairRow, TenureSums} from "./tenureSums.ts";

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
  /** n, y, yy, w, ww, yw of phase p and the i-th day, from (p * length + i) * 6. */
  readonly days: Float64Array;
  /** Products of phase p and days i <= j, at (p * length + i) * length + j. */
  readonly pairs: readonly (TenurePairRow | undefined)[];
}

/** Numbers of one day in `ArmIndex.days`. */
export const width = 6;

/** Returns the tenure sums by variant, phase and day, cohorts added up. */
export function tenureIndex(sums: TenureSums): TenureIndex {
  const phases = [...new Set(sums.cohorts.map(({phase}) => phase))];
  const phaseOf = new Map(sums.cohorts.map(({cohort, phase}) => [cohort, phases.indexOf(phase)]));
  let [first, last] = [0, -1];
  for (const {day} of sums.days) {
    if (day < first) first = day;
    if (day > last) last = day;
  }
  const length = last - first + 1;
  const arms = new Map<string, {days: Float64Array; pairs: (TenurePairRow | undefined)[]}>();
  const armOf = (variant: string) => {
    let arm = arms.get(variant);
    if (arm === undefined) {
      const pairs = new Array<TenurePairRow | undefined>(phases.length * length * length);
      arms.set(variant, (arm = {days: new Float64Array(phases.length * length * width), pairs}));
    }
    return arm;
  };
  for (const {cohort, variant, day, n, y, yy, w = 0, ww = 0, yw = 0} of sums.days) {
    const phase = phaseOf.get(cohort);
    if (phase === undefined) continue;
    const {days} = armOf(variant);
    const at = (phase * length + day - first) * width;
    days[at]! += n;
    days[at + 1]! += y;
    days[at + 2]! += yy;
    days[at + 3]! += w;
    days[at + 4]! += ww;
    days[at + 5]! += yw;
  }
  for (const row of sums.products) {
    const phase = phases.indexOf(row.phase);
    if (phase < 0 || row.j < first || row.k > last) continue;
    armOf(row.variant).pairs[(phase * length + row.j - first) * length + row.k - first] = row;
  }
  return {sums, phases, first, length, arms};
}
