import {factsOf} from "../experiment/definition/completeExperiment.ts";
import type {LoadContext} from "./loadFacts.ts";
import {open} from "./loadFacts.ts";
import type {Plan} from "./plan.ts";
import {isWholeUnit} from "./sql/stage.ts";

/**
 * Whether every fact of an experiment has its units' ids in a column of whole numbers. Then they are compared as numbers,
 * which takes half the time; otherwise all are texts, since 7 and 007 may be two units.
 */
export async function haveWholeUnits(context: LoadContext, {experiment}: Plan): Promise<boolean> {
  for (const name of factsOf(experiment, context.definitions.metrics)) {
    const {fact, relation} = await open(context, name);
    if (!isWholeUnit(context.engine.dialect, fact, relation.columns)) return false;
  }
  return true;
}
