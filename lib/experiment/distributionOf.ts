import type {QuantileBins} from "../stats/index.ts";
import type {MetricResult} from "./readout.ts";

/**
 * Returns how a metric's values are spread, from the sketches of the arms: at most `bins` bins for each variant on edges
 * that all variants share, each with its share of the variant's values. The last bin takes all above the share
 * `through` of the values, so that a long tail does not flatten the rest. Null where no arm has a value.
 *
 * A sketch's own bins are finest around its quantile; where they are wider than the bins here, their values are spread
 * evenly over their width.
 *
 * @param sketches by variant
 * @param options.bins default 40
 * @param options.through default 0.995
 */
export function distributionOf(
  sketches: Readonly<Record<string, QuantileBins>>,
  {bins = 40, through = 0.995}: {bins?: number; through?: number} = {}
): MetricResult["distribution"] {
  const arms = Object.entries(sketches).filter(([, sketch]) => totalOf(sketch) > 0);
  if (arms.length === 0) return null;
  const low = Math.min(...arms.map(([, {lower}]) => lower[0] ?? Infinity));
  const most = Math.max(...arms.map(([, {upper}]) => upper.at(-1) ?? -Infinity));
  const high = Math.max(...arms.map(([, sketch]) => valueAt(sketch, through)));
  if (!(high > low)) return arms.map(([variant]) => ({variant, bins: [[low, low, 1]]}));
  const edges = Array.from({length: bins + 1}, (_, i) => low + ((high - low) * i) / bins);
  return arms.map(([variant, sketch]) => {
    const below = edges.map((edge, i) => (i === bins ? totalOf(sketch) : countBelow(sketch, edge)));
    return {
      variant,
      bins: edges.slice(1).map((edge, i): [number, number, number] => {
        const upper = i === bins - 1 ? Math.max(edge, Math.min(most, high)) : edge;
        return [edges[i] ?? low, upper, ((below[i + 1] ?? 0) - (below[i] ?? 0)) / totalOf(sketch)];
      })
    };
  });
}

function totalOf({count}: QuantileBins): number {
  return count.reduce((sum, n) => sum + n, 0);
}

/** Events below a value; those of a bin that it cuts lie evenly in it. */
function countBelow({lower, upper, count}: QuantileBins, value: number): number {
  let below = 0;
  for (let i = 0; i < count.length; ++i) {
    const [from = 0, to = 0, n = 0] = [lower[i], upper[i], count[i]];
    if (to < value) below += n;
    else if (from < value) below += (n * (value - from)) / (to - from);
  }
  return below;
}

/** The upper end of the bin in which a share of the values is reached. */
function valueAt(sketch: QuantileBins, share: number): number {
  const wanted = share * totalOf(sketch);
  let reached = 0;
  for (let i = 0; i < sketch.count.length; ++i) {
    reached += sketch.count[i] ?? 0;
    if (reached >= wanted) return sketch.upper[i] ?? NaN;
  }
  return sketch.upper.at(-1) ?? NaN;
}
