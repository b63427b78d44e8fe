import {ledgerLooks} from "./ledgerLooks.ts";
import type {Crossing, Look, Night} from "./ledgerLooks.ts";
import type {SequentialDesign} from "./sequentialDesign.ts";

/** The look of one night, or why there is none. */
export interface NextLook {
  /** To append to the ledger; null where none is taken. */
  look: Look | null;
  /** Why none is taken; null where one is. */
  reason: string | null;
  /** The first crossing of all looks, this one included. */
  crossed: Crossing | null;
}

/**
 * Returns the look that tonight adds to a ledger, or the reason why none is taken. See `ledgerLooks`, of which it is the
 * case of one night; a rebuild of the same night takes none.
 *
 * @throws {RangeError} as `ledgerLooks`
 * @example nextLook({method: "group-sequential"}, [], {date: "2026-01-20", fraction: 0.5, z: 1.2}).look?.bound // 2.9625…
 */
export function nextLook(design: SequentialDesign, looks: readonly Look[], tonight: Night): NextLook {
  const {appended, skipped, crossed} = ledgerLooks(design, looks, [tonight]);
  return {look: appended[0] ?? null, reason: skipped[0]?.reason ?? null, crossed};
}
