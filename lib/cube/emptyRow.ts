import type {Sum} from "../stats/moments.ts";
import {sums} from "../stats/moments.ts";
import type {CubeRow, PublishedRow} from "./row.ts";

/** A row that is being filled in. */
export type Open<Row> = {-readonly [Key in keyof Row]: Row[Key]};

const zeros = Object.fromEntries(sums.map((sum) => [sum, 0])) as Record<Sum, number>;
const keys = {date: "", variant: "", cell: null, metric: "", bin: null};
const cubeRow: CubeRow = {...keys, touched: 0, n: 0, ...zeros};
const publishedRow: PublishedRow = {...keys, n: 0, ...zeros};

/** Returns all sums, 0 where absent. */
export function allSums(some: Partial<Record<Sum, number>>): Record<Sum, number> {
  return {...zeros, ...some};
}

/** Returns a row of a cube without anything in it. Thousands are made: those of one shape are quick to make and to read. */
export function emptyRow(): Open<CubeRow> {
  return {...cubeRow};
}

/** Returns a published row without anything in it. */
export function emptyPublishedRow(): Open<PublishedRow> {
  return {...publishedRow};
}
