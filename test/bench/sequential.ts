import {alphaSpendingBoundaries} from "../../lib/sequential/alphaSpendingBoundaries.ts";
import {equalFractions} from "../../lib/sequential/sequentialDesign.ts";
import {ledgerLooks} from "../../lib/sequential/ledgerLooks.ts";
import {sequentialInference} from "../../lib/sequential/sequentialInference.ts";
import {sequentialState} from "../../lib/sequential/sequentialState.ts";
import {milliseconds} from "./measured.ts";
import type {Measured} from "./measured.ts";

/** Bounds of nightly looks, and what a night's readout needs of one comparison. */
export async function bench(): Promise<Measured[]> {
  const nightly = equalFractions(28);
  const many = equalFractions(200);
  const {z} = alphaSpendingBoundaries(nightly);
  const nights = nightly.map((fraction, i) => ({
    date: `night ${i + 1}`,
    fraction,
    z: Math.sin(i) + fraction,
    standardError: 0.01 / Math.sqrt(fraction)
  }));
  const plain = {method: "group-sequential"} as const;
  const futile = {method: "group-sequential", futility: {beta: 0.2}} as const;
  const {looks} = ledgerLooks(plain, [], nights.slice(0, 14));
  const bounds = (fractions: readonly number[], spending: "obrien-fleming" | "pocock", sides: 1 | 2) => () =>
    alphaSpendingBoundaries(fractions, {spending, sides, alpha: sides === 2 ? 0.05 : 0.025});
  const time = (name: string, f: () => unknown, bound?: number): Measured => ({
    name,
    value: milliseconds(f, {rounds: 9}),
    unit: "ms",
    bound
  });
  return [
    time("28 nightly bounds, O'Brien-Fleming, two-sided", bounds(nightly, "obrien-fleming", 2), 10),
    time("28 nightly bounds, Pocock, two-sided", bounds(nightly, "pocock", 2), 10),
    time("28 nightly bounds, O'Brien-Fleming, one-sided", bounds(nightly, "obrien-fleming", 1), 10),
    time("200 bounds, O'Brien-Fleming, two-sided", bounds(many, "obrien-fleming", 2), 200),
    time("200 bounds, Pocock, one-sided", bounds(many, "pocock", 1), 200),
    time("inference after a stop at the 28th look", () => sequentialInference(nightly, z, {stopZ: 2.3})),
    time("a ledger of 28 nights at once", () => ledgerLooks(plain, [], nights)),
    time("a ledger of 28 nights at once, with futility", () => ledgerLooks(futile, [], nights)),
    time("a night's state after 14 looks", () => sequentialState(plain, looks))
  ];
}
