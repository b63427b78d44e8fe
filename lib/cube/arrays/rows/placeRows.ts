import {day as dayLength} from "../../dialects/dialect.ts";
import {rowBits} from "../../sql/events.ts";
import type {Offset} from "../../zone.ts";
import {localClock} from "../../zone.ts";
import type {EventRows} from "./eventRows.ts";
import type {Share} from "../threads/share.ts";
import {rangeOf} from "../threads/share.ts";
import {inBlocks} from "../threads/inBlocks.ts";
import {blockPlaces} from "../hits/placedUnits.ts";

/** Rows of one fact that any stream looks at. */
export interface Relevant {
  /** All of them, and among them those whose values are not numeric, missing and negative. */
  readonly relevant: number;
  readonly notNumeric: number;
  readonly missing: number;
  readonly negative: number;
  /** Those of units of the experiment. */
  readonly rows: number;
  /** Those of units that do not count. */
  readonly outside: number;
  /** The first day of these; Infinity without any. */
  readonly firstOutside: number;
}

/**
 * Puts in place of the number of each row's unit the place of it, -1 for a row that is no hit of a unit that counts, and
 * returns how many rows there are, and how many hits each block of places has.
 *
 * @param units how many places there are
 * @param offsets what makes days of moments
 */
export function placeRows(
  {u, t, bits}: EventRows,
  {placeOf, units, offsets}: {placeOf: Int32Array; units: number; offsets: readonly Offset[]},
  share: Share
): {counts: Relevant; hits: Int32Array} {
  const hits = new Int32Array(Math.ceil(units / blockPlaces));
  const shares: Relevant[] = [];
  const local = localClock(offsets);
  inBlocks(rangeOf(u.length, share), (from, to) => {
    shares.push(placeBlock({u, t, bits}, {placeOf, hits, local}, from, to));
  });
  return {counts: mergeRelevant(shares), hits};
}

const flawed = rowBits.notNumeric | rowBits.missing | rowBits.negative;

function placeBlock(
  {u, t, bits}: Pick<EventRows, "u" | "t" | "bits">,
  {placeOf, hits, local}: {placeOf: Int32Array; hits: Int32Array; local: (time: number) => number},
  from: number,
  to: number
): Relevant {
  let relevant = 0;
  let notNumeric = 0;
  let missing = 0;
  let negative = 0;
  let rows = 0;
  let outside = 0;
  let firstOutside = Infinity;
  for (let i = from; i < to; ++i) {
    const number = u[i]!;
    const own = bits[i]!;
    let place = -2;
    if (number >= 0 && (own & rowBits.relevant) !== 0 && t[i] === t[i]) {
      relevant++;
      if ((own & flawed) !== 0) {
        if ((own & rowBits.notNumeric) !== 0) notNumeric++;
        if ((own & rowBits.missing) !== 0) missing++;
        if ((own & rowBits.negative) !== 0) negative++;
      }
      if (number < placeOf.length) place = placeOf[number]!;
    }
    u[i] = place < 0 ? -1 : place;
    if (place === -2) continue;
    rows++;
    if (place >= 0) hits[Math.floor(place / blockPlaces)]!++;
    else {
      outside++;
      firstOutside = Math.min(firstOutside, Math.floor(local(t[i]!) / dayLength));
    }
  }
  return {relevant, notNumeric, missing, negative, rows, outside, firstOutside};
}

/** Returns the counts of several shares together. */
export function mergeRelevant(shares: readonly Relevant[]): Relevant {
  const sum = (key: Exclude<keyof Relevant, "firstOutside">): number =>
    shares.reduce((added, each) => added + each[key], 0);
  return {
    relevant: sum("relevant"),
    notNumeric: sum("notNumeric"),
    missing: sum("missing"),
    negative: sum("negative"),
    rows: sum("rows"),
    outside: sum("outside"),
    firstOutside: Math.min(Infinity, ...shares.map(({firstOutside}) => firstOutside))
  };
}
