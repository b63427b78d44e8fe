import {bucketsFor} from "./equalRows.ts";
import type {EventRows} from "./eventRows.ts";
import type {ShardThreads} from "../threads/shards.ts";
import {beginsOf, startsOf} from "../hits/startsOf.ts";

/**
 * Returns the places of the rows that equal an earlier one in threads, and memory that is no longer needed after that.
 *
 * @param hashes the hash of each row
 */
export async function findEqualRows(
  threads: ShardThreads,
  rows: EventRows,
  hashes: BigUint64Array
): Promise<{equal: number[]; spare: SharedArrayBuffer[]}> {
  const buckets = bucketsFor(hashes);
  const counts = await threads.run("countHashes", buckets);
  const start = beginsOf(counts);
  await threads.run("scatterHashes", buckets, {starts: startsOf(start.slice(0, buckets.count), counts)});
  const equal = (await threads.run("equalRows", rows, {...buckets, start})).flat();
  const spare = [hashes.buffer, buckets.low.buffer].filter((memory) => memory instanceof SharedArrayBuffer);
  return {equal, spare};
}
