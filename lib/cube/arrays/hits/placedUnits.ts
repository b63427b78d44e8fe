import {sharedWhole} from "../tables/columns.ts";

/** Places of a block: few enough that what its units did stays in the processor's memory while it is sorted. */
export const blockPlaces = 2 ** 11;

/** Units that entered on one day, of one variant and cell. */
export interface UnitGroup {
  readonly entryDay: number;
  readonly variant: number;
  readonly cell: number;
  /** Its units: from one place to before another. */
  readonly from: number;
  readonly to: number;
}

/** The units that count, group by group. */
export interface PlacedUnits {
  readonly groups: readonly UnitGroup[];
  /** The number of the unit at each place. */
  readonly u: Int32Array;
  /** The place of each number; -1 for units that do not count, -2 for numbers that are none of theirs. */
  readonly placeOf: Int32Array;
  /** Microseconds from entry to exposure, by place: 0, or less where units are activated later. */
  readonly lead: Float64Array;
  /** The entry in microseconds since 1970, by place; with calendar days the local midnight before it. */
  readonly entry: Float64Array;
}

/** Units from one place to before another. */
export type Span = readonly [from: number, to: number];

/** Returns the place of each number of a unit, in memory that threads share. */
export function placesOf(u: Int32Array, outside: Int32Array): Int32Array {
  let most = 0;
  for (let i = 0; i < u.length; ++i) most = Math.max(most, u[i]!);
  for (let i = 0; i < outside.length; ++i) most = Math.max(most, outside[i]!);
  const places = sharedWhole(most + 1).fill(-2);
  for (let i = 0; i < u.length; ++i) places[u[i]!] = i;
  for (let i = 0; i < outside.length; ++i) places[outside[i]!] = -1;
  return places;
}

/** Returns the runs of units with the same entry day, variant and cell. */
export function groupsOf(entryDay: Int32Array, variant: Int32Array, cell: Int32Array): UnitGroup[] {
  const groups: UnitGroup[] = [];
  const size = entryDay.length;
  for (let from = 0, to = 0; from < size; from = to) {
    const [e, v, c] = [entryDay[from]!, variant[from]!, cell[from]!];
    while (to < size && entryDay[to] === e && variant[to] === v && cell[to] === c) to++;
    groups.push({entryDay: e, variant: v, cell: c, from, to});
  }
  return groups;
}

/**
 * Returns the units in spans with about as many hits each, so that threads take as long. Units of one entry day and variant
 * stay together, as they are summed.
 *
 * @param blocks where the hits of each block of places begin
 */
export function spansOf({groups, u}: Pick<PlacedUnits, "groups" | "u">, blocks: Int32Array, count: number): Span[] {
  const spans: Span[] = [];
  const weight = (place: number): number => {
    const block = Math.floor(place / blockPlaces);
    const first = block * blockPlaces;
    const share = (place - first) / Math.min(blockPlaces, u.length - first);
    return place + blocks[block]! + (place === first ? 0 : share * (blocks[block + 1]! - blocks[block]!));
  };
  const all = weight(u.length);
  let from = 0;
  for (const [i, {to, entryDay, variant}] of groups.entries()) {
    const next = groups[i + 1];
    if (next?.entryDay === entryDay && next.variant === variant) continue;
    if (next !== undefined && weight(to) < (all * (spans.length + 1)) / count) continue;
    spans.push([from, to]);
    from = to;
  }
  return spans.length === 0 ? [[0, 0]] : spans;
}

/** Returns the runs of groups of one entry day and variant, whatever their cells. */
export function runsOf(groups: readonly UnitGroup[]): UnitGroup[] {
  const found: UnitGroup[] = [];
  for (const group of groups) {
    const last = found.at(-1);
    if (last?.entryDay === group.entryDay && last.variant === group.variant)
      found[found.length - 1] = {...last, to: group.to};
    else found.push(group);
  }
  return found;
}

/** Returns the first entry day; Infinity without a unit. */
export function firstEntry(groups: readonly UnitGroup[]): number {
  return groups.reduce((least, {entryDay}) => Math.min(least, entryDay), Infinity);
}
