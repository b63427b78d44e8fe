import {sumDays} from "./sumDays.ts";
import type {ExactRows} from "./exactRows.ts";
import type {Pair} from "./pairSums.ts";
import type {UnitGroup} from "../hits/placedUnits.ts";
import {runsOf} from "../hits/placedUnits.ts";
import type {ProductOptions} from "./sumProducts.ts";
import {sumProducts} from "./sumProducts.ts";
import type {SpanOptions} from "./sumSpans.ts";
import {sumSpans} from "./sumSpans.ts";
import type {TenureHits} from "./tenureHits.ts";
import type {UnitHits} from "../hits/unitHits.ts";

/** What is summed of what units did on their days. */
export interface TenureOptions {
  /** Pairs of columns on single days. */
  readonly days: readonly Pair[];
  readonly products: ProductOptions;
  /** Null where no spans are compared. */
  readonly spans: SpanOptions | null;
}

/** Returns the sums of single days, of products of two days, and of spans, from one look at each unit. */
export function tenureRows(
  {groups, start, day}: UnitHits,
  tenure: TenureHits,
  options: TenureOptions
): {days: ExactRows; products: ExactRows; spans: ExactRows | null} {
  const days = sumDays(tenure, options.days, day.length);
  const products = sumProducts(tenure, options.products, start.length);
  const spans = options.spans === null ? null : sumSpans(tenure, options.spans, start.length);
  const addGroup = ({from, to}: UnitGroup): void => {
    tenure.gather(from, to, (units) => {
      days.add(units);
      products.add(units);
      spans?.add(units);
    });
  };
  let next = 0;
  for (const run of runsOf(groups)) {
    products.begin(run);
    for (; next < groups.length && groups[next]!.to <= run.to; ++next) {
      const group = groups[next]!;
      addGroup(group);
      days.end(group);
      spans?.end(group);
    }
  }
  return {days: days.rows, products: products.end(), spans: spans?.rows ?? null};
}
