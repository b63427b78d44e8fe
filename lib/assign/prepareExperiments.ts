import {BUCKETS} from "./bucket.ts";
import type {PreparedExperiment} from "./prepareExperiment.ts";
import {prepareExperiment} from "./prepareExperiment.ts";

/** Settings of the checks. */
export interface CheckOptions {
  /** The attributes that callers pass; a rule that asks about another is refused. Defaults to null: any name goes. */
  readonly attributes?: readonly string[] | null;
}

/**
 * Returns experiments that live together, checked and made ready, in their order.
 *
 * @throws {RangeError} if two have one id, if two slots of one group overlap, or if one holdout's id comes with two shares; and as
 * `prepareExperiment`
 */
export function prepareExperiments(
  definitions: readonly unknown[],
  {attributes = null}: CheckOptions = {}
): PreparedExperiment[] {
  const prepared = definitions.map(prepareExperiment);
  const shares = new Map<string, number>();
  prepared.forEach(({experiment: {id}, rule, group, holdouts}, i) => {
    for (const name of rule?.attributes ?? [])
      if (attributes && !attributes.includes(name))
        throw new RangeError(`unknown attribute in the rule of ${id}: ${name}`);
    for (const other of prepared.slice(0, i)) {
      if (other.experiment.id === id) throw new RangeError(`duplicate experiment: ${id}`);
      if (group && other.group?.id === group.id && group.from < other.group.to && other.group.from < group.to)
        throw new RangeError(`invalid slots of group ${group.id}; overlapping: ${other.experiment.id}, ${id}`);
    }
    for (const holdout of holdouts) {
      if ((shares.get(holdout.id) ?? holdout.size) !== holdout.size)
        throw new RangeError(
          `ambiguous share of holdout ${holdout.id}: ${(shares.get(holdout.id) ?? 0) / BUCKETS}, ${holdout.size / BUCKETS}`
        );
      shares.set(holdout.id, holdout.size);
    }
  });
  return prepared;
}
