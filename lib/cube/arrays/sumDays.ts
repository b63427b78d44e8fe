import {daysBefore} from "../tenure/tenureSql.ts";
import {exactRows} from "./exactRows.ts";
import type {Pair, UnitSums} from "./pairSums.ts";
import {pairAdder, sumsOfPairs} from "./pairSums.ts";
import type {TenureHits} from "./tenureHits.ts";

/**
 * Returns sums of single days by entry day, variant, tenure day and cell: of each pair of columns.
 *
 * @param size how many days units have, all together, at most
 */
export function sumDays({k, values, most, lastDay}: TenureHits, pairs: readonly Pair[], size: number): UnitSums {
  const rows = exactRows(["entry_day", "variant", "k", "cell"], sumsOfPairs(pairs, most, {prefix: "a", rows: size}));
  const {width} = rows;
  const addPairs = pairAdder(rows, pairs);
  const days = lastDay + daysBefore + 1;
  const sums = new Float64Array(days * width);
  const seen = new Uint8Array(days);
  return {
    rows,
    add(count) {
      for (let i = 0; i < count; ++i) {
        const day = k[i]! + daysBefore;
        seen[day] = 1;
        addPairs(sums, day * width, values, i, i);
      }
    },
    end({entryDay, variant, cell}) {
      for (let day = 0; day < days; ++day)
        if (seen[day] === 1) rows.add([entryDay, variant, day - daysBefore, cell], sums, day * width);
      sums.fill(0);
      seen.fill(0);
    }
  };
}
