import type {Readout} from "../../lib/experiment/readout.ts";
import {guessMapping} from "../../lib/experiment/tryout/guessMapping.ts";
import type {TryMapping} from "../../lib/experiment/tryout/mapping.ts";
import type {ColumnProfile, TryTable} from "../../lib/experiment/tryout/profileColumns.ts";
import {profileColumns} from "../../lib/experiment/tryout/profileColumns.ts";
import {tryReadout} from "../../lib/experiment/tryout/tryReadout.ts";
import {readTable} from "./readTable.ts";

/** A file that was read: what its columns hold, and what they seem to mean. */
export type OpenedFile = {name: string; rows: number; profiles: ColumnProfile[]; mapping: TryMapping | null};

/** What holds a file's rows and computes with them; the rows themselves stay inside. */
export type TryEngine = {
  /** Reads a file, in place of the one before; throws in words for a reader, and keeps the one before. */
  open(file: Blob & {name: string}): Promise<OpenedFile>;
  /** Returns the guess of what the columns mean if this one is the variant. */
  guess(variant: string): Promise<TryMapping | null>;
  compute(mapping: TryMapping, options: {today: string}): Promise<Readout>;
};

/** Returns an engine that works where it is called. */
export function tryEngine(): TryEngine {
  let held: {table: TryTable; profiles: ColumnProfile[]; name: string} | null = null;
  const opened = () => {
    if (held === null) throw new Error("no file is open");
    return held;
  };
  return {
    async open(file) {
      const table = await readTable(file);
      const profiles = profileColumns(table);
      held = {table, profiles, name: file.name};
      return {name: file.name, rows: table.length, profiles, mapping: guessMapping(table, profiles)};
    },
    guess: (variant) => Promise.resolve(guessMapping(opened().table, opened().profiles, {variant})),
    compute: async (mapping, {today}) => {
      const {table, name} = await Promise.resolve(opened());
      return tryReadout(table, mapping, {name, today});
    }
  };
}
