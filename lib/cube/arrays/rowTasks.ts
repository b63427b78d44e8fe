import {countHashes, equalRows, scatterHashes} from "./equalRows.ts";
import {scatterRows} from "./scatterRows.ts";
import type {Share} from "./share.ts";
import {sortHits} from "./sortHits.ts";
import {placeRows} from "./placeRows.ts";
import {dayStatistics, profileRows} from "./profileRows.ts";

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
