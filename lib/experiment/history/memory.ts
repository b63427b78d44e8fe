import type {Look} from "../../sequential/index.ts";
import type {CheckStatus, Verdict} from "../words.ts";

/** One line of the looks ledger, `history/<id>.looks.jsonl`: a look as it was taken. Lines are only ever added. */
export interface LedgerLook extends Look {
  readonly metric: string;
  readonly variant: string;
  /** Hash of the definition under which it was taken. */
  readonly definition: string;
  /** Whether a first build over past data filled it in from the path. */
  readonly reconstructed: boolean;
  /** Of an always-valid design: the smallest p-value of the looks so far. */
  readonly pValue?: number;
}

/** One comparison as it was published. */
export interface PublishedComparison {
  readonly metric: string;
  readonly variant: string;
  readonly difference: number | null;
  readonly interval: readonly [number | null, number | null] | null;
  readonly relativeDifference: number | null;
  readonly relativeInterval: readonly [number | null, number | null] | null;
  readonly pValue: number | null;
}

/** One line of `history/<id>.jsonl`: what was published with one run. */
export interface PublishedRun {
  readonly date: string;
  readonly runId: string;
  readonly verdict: Verdict;
  readonly label: string;
  readonly health: CheckStatus;
  /** Keys of the checks that were not ok. */
  readonly alerts: readonly string[];
  readonly comparisons: readonly PublishedComparison[];
  readonly rows: number;
  readonly units: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly definition: string;
}

/** One line of `history/<id>.definition.jsonl`: the definition as of a day, in the parts that bind a result. */
export interface LockedDefinition {
  readonly date: string | null;
  readonly hash: string;
  readonly parts: Readonly<Record<string, string>>;
  /** What the definition left to the data and was then fixed: caps, lists of kept values, origins. Its form is the cube's. */
  readonly pins?: unknown;
}

/** What the team keeps of an experiment between builds. */
export interface Memory {
  readonly looks: readonly LedgerLook[];
  readonly runs: readonly PublishedRun[];
  readonly definitions: readonly LockedDefinition[];
}

/** A memory with nothing in it: the first build of an experiment. */
export const emptyMemory: Memory = {looks: [], runs: [], definitions: []};
