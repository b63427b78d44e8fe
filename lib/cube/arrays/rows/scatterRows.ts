import type {AllHits} from "../hits/allHits.ts";
import type {EventRows} from "./eventRows.ts";
import {inBlocks} from "../threads/inBlocks.ts";
import {blockPlaces} from "../hits/placedUnits.ts";
import type {Share} from "../threads/share.ts";
import {rangeOf} from "../threads/share.ts";

/**
 * Brings a share of the rows of a fact, each with the place of its unit, to the blocks of their places.
 *
 * @param fact the place of the fact
 * @param starts where the hits of each block begin, by share
 */
export function scatterRows(
  {u: place, t, bits, values: own}: EventRows,
  {into, fact: f, starts}: {into: AllHits; fact: number; starts: readonly Int32Array[]},
  share: Share
): void {
  const {day, since, streams, fact, bit, values, measured} = into;
  const next = starts[share[0]]!.slice();
  const columns = [...values, ...measured].flatMap(([id, to]) => {
    const from = own.get(id);
    return from === undefined ? [] : [{bit: bit.get(id) ?? 0, from, to}];
  });
  inBlocks(rangeOf(place.length, share), (begin, end) => {
    for (let i = begin; i < end; ++i) {
      if (place[i]! < 0) continue;
      const at = next[Math.floor(place[i]! / blockPlaces)]!++;
      day[at] = place[i]!;
      since[at] = t[i]!;
      streams[at] = bits[i]!;
      if (f > 0) fact[at] = f;
      for (let c = 0; c < columns.length; ++c) {
        const column = columns[c]!;
        if ((bits[i]! & column.bit) !== 0) column.to[at] = column.from[i]!;
      }
    }
  });
}
