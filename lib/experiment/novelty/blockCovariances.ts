import type {TenureBlocks} from "./tenureBlocks.ts";
import type {TenureIndex} from "./tenureIndex.ts";

/**
 * Returns, by variant, the covariance of one unit's mean values per day in blocks of days, by rows; null where products
 * between days are missing.
 */
export function blockCovariances(index: TenureIndex, blocks: TenureBlocks): ReadonlyMap<string, Float64Array | null> {
  return new Map([...index.arms.keys()].map((variant) => [variant, blockCovariance(index, variant, blocks)]));
}

function blockCovariance(
  {phases, length: days, first: firstDay, arms}: TenureIndex,
  variant: string,
  {length, first, count}: TenureBlocks
): Float64Array | null {
  const own = arms.get(variant);
  if (own === undefined) return null;
  const {units, covariances} = own;
  const matrix = new Float64Array(count * count);
  const offset = first - firstDay;
  for (let j = 0; j < count * length; j++) {
    const a = Math.floor(j / length);
    for (let k = j; k < count * length; k++) {
      let [sum, weight] = [0, 0];
      for (let p = 0; p < phases.length; p++) {
        const at = (p * days + j + offset) * days + k + offset;
        if (units[at] === 0) continue;
        sum += (units[at]! - 1) * covariances[at]!;
        weight += units[at]! - 1;
      }
      if (weight === 0) return null;
      const b = Math.floor(k / length);
      const mean = sum / weight / (length * length);
      matrix[a * count + b]! += mean;
      if (j !== k) matrix[b * count + a]! += mean;
    }
  }
  return matrix;
}
