import type {Engine} from "../../engines/engine.ts";
import type {Plan, Stream} from "../../plan.ts";
import {isMeasured, isSummed} from "../../plan.ts";
import type {EventsContext} from "../../sql/events.ts";
import {numberedRows} from "../../sql/events.ts";
import type {UnitNumbers} from "../../sql/unitNumbers.ts";
import {doubles, whole} from "../tables/columns.ts";
import type {EventRows} from "./eventRows.ts";

/** Returns the bit of each stream, by its id. */
export function streamBits({streams}: Plan): Map<string, number> {
  return new Map(streams.map(({id}, i) => [id, 2 ** i]));
}

/**
 * Reads the rows of a staged fact, and the hash of each.
 *
 * @param numbers how units are numbered
 * @param hashed columns of the hash; none is returned without
 * @param only whether rows that no stream looks at are left out; default: they are not
 * @param about how many rows there are, about
 */
export async function readEventRows(
  {arrays}: Engine,
  plan: Plan,
  context: EventsContext,
  {
    numbers,
    hashed,
    only = false,
    about
  }: {
    numbers: UnitNumbers;
    hashed: readonly string[];
    only?: boolean;
    about: number;
  }
): Promise<{rows: EventRows; hashes: BigUint64Array}> {
  if (arrays === undefined) throw new Error("missing typed arrays of the engine");
  const valued = context.streams.filter(({id}) => isSummed(plan, id) || isMeasured(plan, id));
  const distinct = [...new Map(valued.map((stream) => [stream.value, stream])).values()];
  const options = {numbers, bits: streamBits(plan), values: distinct, hashed, only};
  const columns = await arrays.gather(numberedRows(context, options), about);
  const [u, t, bits] = [whole(columns[0]), doubles(columns[1]), whole(columns[2])];
  const columnOf = ({value}: Stream) => doubles(columns[3 + distinct.findIndex((each) => each.value === value)]);
  const last = columns.at(-1);
  return {
    rows: {u, t, bits, values: new Map(valued.map((stream) => [stream.id, columnOf(stream)]))},
    hashes: last instanceof BigUint64Array ? last : new BigUint64Array(0)
  };
}
