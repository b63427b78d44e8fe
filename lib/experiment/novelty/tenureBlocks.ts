import {cellWidth} from "./tenureIndex.ts";
import type {TenureIndex} from "./tenureIndex.ts";
import type {TenureRow} from "./tenureSums.ts";

/** Cohorts and tenure days in blocks, few enough to test for structure. */
export interface TenureBlocks {
  /** Days of a block, of entry dates as of tenure. */
  readonly length: number;
  /** The first tenure day of the first block. */
  readonly first: number;
  /** How many tenure blocks the oldest group has lived through. */
  readonly count: number;
  /** Oldest first; the cohorts of one block and one phase. */
  readonly groups: readonly BlockGroup[];
}

/** The cohorts that entered within one block of dates. */
export interface BlockGroup {
  /** Blocks since the first entry date. */
  readonly block: number;
  readonly phase: string;
  /** Their names. */
  readonly cohorts: string[];
  /** Whole tenure blocks that all of its cohorts have lived through. */
  readonly lived: number;
  /** By variant: units, and sums of outcomes and denominators over all days of each tenure block that was lived through. */
  readonly arms: ReadonlyMap<string, {n: number; y: Float64Array; w: Float64Array}>;
  /** By variant: sums of the mean value per day of the early span. */
  readonly early: ReadonlyMap<string, TenureRow[]>;
}

const lengths = [1, 2, 3, 4, 7, 14, 28, 56, 112];

/** Further arguments of `tenureBlocks`. */
export interface TenureBlocksOptions {
  /** How many blocks there may be along entry dates and along tenure; defaults to 8. */
  readonly most?: number;
}

/** Returns cohorts and days in at most so many blocks each: of 1, 2, 3, 4 days or of whole weeks. Days before 0 are left out. */
export function tenureBlocks(index: TenureIndex, {most = 8}: TenureBlocksOptions = {}): TenureBlocks {
  const {sums} = index;
  const first = sums.calendarOnly ? 1 : 0;
  const dayOf = (date: string) => Math.round(Date.parse(date) / 86_400_000);
  const start = dayOf(sums.cohorts[0]?.cohort ?? "1970-01-01");
  const end = dayOf(sums.cohorts.at(-1)?.until ?? "1970-01-01");
  const last = Math.max(...sums.cohorts.map(({lastDay}) => lastDay), -1);
  const longest = Math.max(end - start + 1, last - first + 1);
  const length = lengths.find((days) => longest <= most * days) ?? Math.ceil(longest / most);
  const count = Math.max(0, Math.floor((last - first + 1) / length));
  interface Group extends BlockGroup {
    lived: number;
    arms: Map<string, {n: number; y: Float64Array; w: Float64Array}>;
    early: Map<string, TenureRow[]>;
  }
  const groups = new Map<string, Group>();
  const groupOf = new Map<string, Group>();
  for (const {cohort, phase, lastDay} of sums.cohorts) {
    const block = Math.floor((dayOf(cohort) - start) / length);
    const key = `${block} ${phase}`;
    const group: Group = groups.get(key) ?? {
      block,
      phase,
      cohorts: [],
      lived: count,
      arms: new Map(),
      early: new Map()
    };
    group.lived = Math.max(0, Math.min(group.lived, Math.floor((lastDay - first + 1) / length)));
    group.cohorts.push(cohort);
    groups.set(key, group);
    groupOf.set(cohort, group);
  }
  sums.cohorts.forEach(({cohort}, place) => {
    const group = groupOf.get(cohort)!;
    for (const [variant, {cells}] of index.arms) {
      const n = cells[(place * index.length + first - index.first) * cellWidth] ?? 0;
      if (n === 0) continue;
      const arm = group.arms.get(variant) ?? {n: 0, y: new Float64Array(count), w: new Float64Array(count)};
      group.arms.set(variant, arm);
      arm.n += n;
      let cell = (place * index.length + first - index.first) * cellWidth;
      for (let block = 0; block < group.lived; block++) {
        let [y, w] = [0, 0];
        for (let i = 0; i < length; i++, cell += cellWidth) {
          y += cells[cell + 1]!;
          w += cells[cell + 2]!;
        }
        arm.y[block]! += y;
        arm.w[block]! += w;
      }
    }
  });
  for (const row of sums.early) {
    const group = groupOf.get(row.cohort);
    if (group === undefined) continue;
    const rows = group.early.get(row.variant);
    if (rows === undefined) group.early.set(row.variant, [row]);
    else rows.push(row);
  }
  return {length, first, count, groups: [...groups.values()]};
}
