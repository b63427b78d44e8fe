import {day as dayLength} from "../../dialects/dialect.ts";
import {localClock} from "../../zone.ts";
import type {AllHits} from "./allHits.ts";
import {blockPlaces} from "./placedUnits.ts";
import type {Share} from "../threads/share.ts";

/**
 * Sorts a share of the blocks, in place: the hits of each by place and day; those of one day stay in any order, sums do
 * not tell. Says where those of each unit begin, and puts the day of a hit for its place, and the time since the entry for
 * its moment.
 */
export function sortHits(all: AllHits, [index, of]: Share): void {
  const {blocks} = all;
  const sort = blockSorter(all);
  const size = blocks.at(-1)!;
  for (let block = 0; block + 1 < blocks.length; ++block)
    if (Math.floor((blocks[block]! * of) / (size + 1)) === index) sort(block);
}

/** Returns what sorts the hits of a block. */
function blockSorter({
  blocks,
  u,
  entry,
  calendar,
  offsets,
  start,
  fact,
  day,
  since,
  streams,
  values,
  measured
}: AllHits): (block: number) => void {
  let largest = 0;
  for (let b = 0; b + 1 < blocks.length; ++b) largest = Math.max(largest, blocks[b + 1]! - blocks[b]!);
  const next = new Int32Array(blockPlaces + 1);
  const [order, sorted] = [new Int32Array(largest), new Int32Array(largest)];
  const [whole, doubles] = [new Int32Array(largest), new Float64Array(largest)];
  const small = new Uint8Array(fact.length === 0 ? 0 : largest);
  const columns = [...values.values(), ...measured.values()];
  const clocks = offsets.map(localClock);
  // Of most logs a day is that of a moment and one offset.
  const offset = offsets.length === 1 && offsets[0]!.length === 1 ? clocks[0]!(0) : null;
  const dayOf = (at: number): number =>
    Math.floor((offset === null ? clocks[fact[at] ?? 0]!(since[at]!) : since[at]! + offset) / dayLength);

  return (block) => {
    const [from, to] = [blocks[block]!, blocks[block + 1]!];
    const [size, first] = [to - from, block * blockPlaces];
    const places = Math.min(blockPlaces, u.length - first);
    next.fill(0);
    for (let i = 0; i < size; ++i) next[day[from + i]! - first + 1]!++;
    for (let p = 0; p < places; ++p) {
      next[p + 1]! += next[p]!;
      start[first + p + 1] = from + next[p + 1]!;
    }
    for (let i = 0; i < size; ++i) {
      const at = next[day[from + i]! - first]!++;
      order[at] = i;
      sorted[at] = dayOf(from + i);
    }
    for (let p = 0, begin = 0; p < places; ++p) {
      const end = next[p]!;
      sortUnit(begin, end);
      begin = end;
    }
    day.set(sorted.subarray(0, size), from);
    arrange(streams, whole, from, size);
    for (const column of columns) arrange(column, doubles, from, size);
    if (fact.length > 0) arrange(fact, small, from, size);
    arrange(since, doubles, from, size);
    for (let p = 0, i = from; p < places; ++p) {
      const entered = entry[first + p]!;
      for (const end = from + next[p]!; i < end; ++i) since[i] = (calendar ? day[i]! * dayLength : since[i]!) - entered;
    }
  };

  /** Sorts the days of one unit, and what is in their order. */
  function sortUnit(begin: number, end: number): void {
    for (let i = begin + 1; i < end; ++i) {
      const date = sorted[i]!;
      if (sorted[i - 1]! <= date) continue;
      const own = order[i]!;
      let at = i;
      for (; at > begin && sorted[at - 1]! > date; --at) {
        sorted[at] = sorted[at - 1]!;
        order[at] = order[at - 1]!;
      }
      sorted[at] = date;
      order[at] = own;
    }
  }

  /** Puts the numbers of a block in order. */
  function arrange<Column extends Int32Array | Float64Array | Uint8Array>(
    column: Column,
    spare: Column,
    from: number,
    size: number
  ): void {
    spare.set(column.subarray(from, from + size));
    for (let i = 0; i < size; ++i) column[from + i] = spare[order[i]!]!;
  }
}
