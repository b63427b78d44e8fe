import {didYouMean, listNames, showFound} from "./definitionErrors.ts";
import {nearestName} from "./nearestName.ts";

/** Returns the words for a fact that sources.yaml lacks. */
export function unknownFact(name: string, facts: ReadonlyMap<string, unknown>): string {
  const names = [...facts.keys()];
  return `unknown fact: ${showFound(name)}${didYouMean(nearestName(name, names))} (sources.yaml has ${listNames(names)})`;
}

/** Returns the words for a fact that cannot be used so. */
export function wrongShape(fact: string, shape: string, expected: string): string {
  return `invalid fact; expected shape ${expected}, found: ${fact} of shape ${shape}`;
}
