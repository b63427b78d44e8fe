import {alwaysValidPath} from "./alwaysValidPath.ts";
import type {AlwaysValidDay} from "./alwaysValidPath.ts";
import type {Crossing, Look, Night} from "./ledgerLooks.ts";
import {resolveDesign} from "./sequentialDesign.ts";
import type {SequentialDesign} from "./sequentialDesign.ts";

/** A look at an always-valid test: its bound is the day's own, and all of alpha is at stake at every look. */
export interface AlwaysValidLook extends Look {
  /** The smallest p-value of the looks so far, this one included. */
  readonly pValue: number;
}

/** What nights added to a ledger, and what their numbers alone say. */
export interface AlwaysValidLooks {
  /** Looks to append, in order. */
  appended: AlwaysValidLook[];
  /** All looks, recorded and appended. */
  looks: AlwaysValidLook[];
  /** The first look whose p-value was at most alpha. */
  crossed: Crossing | null;
  /** The path of all nights by today's data, whatever was recorded. */
  path: AlwaysValidDay[];
}

/**
 * Returns the looks that nights add to a ledger of an always-valid test. A recorded look keeps its p-value whatever the data
 * say of its day later, and a crossing is final: late data may move the path, not what was read off it. A night is a look if
 * it is one of `taken`, comes after every recorded look, and has an interval.
 *
 * @param design of method `always-valid`
 * @param recorded looks so far, oldest first; those without a p-value (of another design) count for their dates only
 * @param nights every day of the path by today's data, oldest first
 * @param taken the dates on which somebody looks: all of them in a first build, else tonight
 * @throws {RangeError} if the design is out of range
 * @see Johari, Koomen, Pekelis & Walsh (2022), https://arxiv.org/abs/1512.04922
 */
export function alwaysValidLooks(
  design: SequentialDesign,
  recorded: readonly (Look & {readonly pValue?: number})[],
  nights: readonly Night[],
  taken: ReadonlySet<string>
): AlwaysValidLooks {
  const {alpha, towards, planned} = resolveDesign(design);
  const {path} = alwaysValidPath(design, nights);
  const known = recorded.flatMap((look) => (look.pValue === undefined ? [] : [{...look, pValue: look.pValue}]));
  const dates = new Set(recorded.map(({date}) => date));
  const from = nights.findLastIndex(({date}) => dates.has(date)) + 1;
  let smallest = Math.min(1, ...known.map(({pValue}) => pValue));
  const appended: AlwaysValidLook[] = [];
  for (let i = from; i < nights.length; ++i) {
    const {date, fraction, z, standardError} = nights[i]!;
    const {interval, estimate, pValueToday} = path[i]!;
    if (!taken.has(date) || pValueToday === null || fraction === null || z === null || !standardError) continue;
    smallest = Math.min(smallest, pValueToday);
    const reach = interval === null || estimate === null ? null : (interval[1] ?? interval[0]);
    const bound = reach === null || estimate === null ? null : Math.abs(reach - estimate) / standardError;
    const own = {date, fraction, z, bound, alphaSpent: alpha, standardError, pValue: smallest};
    appended.push(planned === null ? own : {...own, planned});
  }
  const looks = [...known, ...appended];
  const first = looks.find(({pValue}) => pValue <= alpha);
  const crossed: Crossing | null =
    first === undefined ? null : {date: first.date, side: first.z * towards > 0 ? "efficacy" : "harm"};
  return {appended, looks, crossed, path};
}
