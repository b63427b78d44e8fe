import {murmur3} from "./hash.ts";

/** How many buckets there are: weights, ramps, holdouts and groups are whole numbers of these, that is multiples of 1/10,000. */
export const BUCKETS = 10_000;

/** What a bucket decides. Each purpose has its own hash, so that a unit's place in one says nothing about its place in another. */
export type Purpose = "variant" | "ramp" | "group" | "holdout";

/**
 * Returns a unit's bucket: an integer in [0, 9999], the same in every language that follows these four steps.
 *
 * 1. Join with colons: purpose, salt, unit; for instance `variant:green-checkout:user-42`. The unit is the id as text, untouched.
 * 2. Encode as UTF-8.
 * 3. Hash with MurmurHash3 x86 32-bit, seed 0, and read the result as an unsigned integer.
 * 4. Multiply by 10,000, divide by 2^32, round down: `(uint64(hash) * 10000) >> 32`.
 *
 * Variants take consecutive ranges of the buckets for purpose `variant`, in ascending order of their keys (ASCII), each as wide as
 * its weight times 10,000. A unit is within a ramp if its `ramp` bucket is below ramp times 10,000, within a holdout if its `holdout`
 * bucket (salted with the holdout's id) is below share times 10,000, and within a group's slot if its `group` bucket (salted with the
 * group's id) is in [from, to) times 10,000.
 *
 * @param purpose what the bucket decides
 * @param salt the experiment's salt, or the id of the group or holdout
 * @param unit the unit's id
 * @example bucket("variant", "green-checkout", "user-42") // 2625
 */
export function bucket(purpose: Purpose, salt: string, unit: string): number {
  return Math.floor((murmur3(`${purpose}:${salt}:${unit}`) * BUCKETS) / 0x100000000);
}
