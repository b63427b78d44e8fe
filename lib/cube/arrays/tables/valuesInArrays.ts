import type {BinGroups} from "../../bins.ts";
import type {Looks} from "../../chooseBins.ts";
import type {MeasuredLook} from "../sums/measuredValues.ts";
import {incrementColumns} from "../sums/measuredValues.ts";
import type {Shards} from "../threads/shards.ts";

/** Returns the looks at values in typed arrays that bins are chosen by. */
export function looksInArrays(shards: Shards, look: MeasuredLook): Looks {
  return {
    async range(few) {
      const found = (await shards.ask("valueRange", look, few)).flatMap((each) => each ?? []);
      if (found.length === 0) return null;
      const distinct = new Set(found.flatMap((each) => each.distinct ?? []));
      const many = distinct.size > few || found.some((each) => each.distinct === null);
      const [least, most] = [found.map((each) => each.least), found.map((each) => each.most)];
      return {least: Math.min(...least), most: Math.max(...most), distinct: many ? null : [...distinct]};
    },
    async counts(groups) {
      const rows = rowsOf(await shards.ask("valueCounts", look, groups), 4);
      return merged(rows, 3).map(([variant = 0, day = 0, place = 0, count = 0]) => [variant, day, place, count]);
    }
  };
}

/** Returns the rows of `clusterIncrements`: variant, day and group, then the sums. */
export async function incrementsInArrays(shards: Shards, look: MeasuredLook, groups: BinGroups): Promise<number[][]> {
  const rows = rowsOf(await shards.ask("valueIncrements", look, groups), incrementColumns.length);
  return merged(rows, 3).map(([variant = 0, day = 0, place = 0, ...sums]) => [
    variant,
    day,
    groups[place] ?? 0,
    ...sums
  ]);
}

function rowsOf(shards: readonly Float64Array[], width: number): number[][] {
  return shards.flatMap((all) =>
    Array.from({length: all.length / width}, (_, i) => [...all.subarray(width * i, width * (i + 1))])
  );
}

/** Rows added up that have the same keys, in the order of these. */
function merged(rows: readonly number[][], keys: number): number[][] {
  const found = new Map<string, number[]>();
  for (const row of rows) {
    const key = row.slice(0, keys).join(" ");
    const known = found.get(key);
    if (known === undefined) found.set(key, [...row]);
    else row.forEach((value, i) => (i < keys ? null : (known[i]! += value)));
  }
  return [...found.values()].sort((a, b) => {
    for (let i = 0; i < keys; ++i) if (a[i] !== b[i]) return a[i]! - b[i]!;
    return 0;
  });
}
