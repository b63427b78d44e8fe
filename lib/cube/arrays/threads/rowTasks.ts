import {countHashes, equalRows, scatterHashes} from "../rows/equalRows.ts";
import {scatterRows} from "../rows/scatterRows.ts";
import type {Share} from "./share.ts";
import {sortHits} from "../hits/sortHits.ts";
import {placeRows} from "../rows/placeRows.ts";
import {dayStatistics, profileRows} from "../rows/profileRows.ts";

/** What threads do with the rows of a fact and with the hits, each with its share of them: the last argument. */
export const rowTasks = {
  profileRows,
  countHashes,
  scatterHashes,
  equalRows,
  dayStatistics,
  placeRows,
  scatterRows,
  sortHits
} satisfies Record<string, (...args: never[]) => unknown>;

export type RowTasks = typeof rowTasks;

/** The arguments of a task but its share. */
export type TaskArguments<Name extends keyof RowTasks> =
  Parameters<RowTasks[Name]> extends [...infer Rest, Share] ? Rest : never;
