import type {ExploreState} from "../../lib/experiment/exploreState.ts";
import {formatCount, formatDate, formatList, plural} from "../../lib/experiment/format.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import type {Correction} from "../../lib/experiment/words.ts";

/** Corrections as readers call them. */
export const correctionNames: Record<Correction, string> = {
  none: "none",
  bonferroni: "Bonferroni",
  holm: "Holm",
  hochberg: "Hochberg",
  "benjamini-hochberg": "Benjamini-Hochberg",
  "benjamini-yekutieli": "Benjamini-Yekutieli"
};

/** Returns what a dimension is called. */
export function dimensionName({dimensions}: Readout, key: string): string {
  return dimensions.find((d) => d.key === key)?.name ?? key;
}

/** Returns the filters in words: `platform ios, country DE or FR`; `all units` without any. */
export function filterWords(readout: Readout, where: ExploreState["where"]): string {
  const parts = Object.entries(where).map(
    ([dimension, values]) => `${dimensionName(readout, dimension)} ${alternatives(values)}`
  );
  return parts.length === 0 ? "all units" : parts.join(", ");
}

/** Returns which days count, in words. */
export function timeWords({asOf, entered}: ExploreState): string {
  if (entered === null) return `as of ${formatDate(asOf)}`;
  const {from, to} = entered;
  return from === to ? `entered on ${formatDate(from)}` : `entered ${formatDate(from)} to ${formatDate(to)}`;
}

/** Returns how p-values were adjusted, in words: `Holm over 8 comparisons`. */
export function correctionWords(correction: Correction | null, family: number): string {
  if (correction === null || correction === "none") return "p-values not adjusted";
  return `${correctionNames[correction]} over ${plural(family, "comparison")}`;
}

/** Returns a view in one sentence, for whoever gets a copy of it. */
export function viewWords(
  readout: Readout,
  state: ExploreState,
  {family, level, adjusted}: {family: number; level: number; adjusted: boolean}
): string {
  const metric = readout.metrics.find(({key}) => key === state.metric)?.name ?? state.metric ?? "";
  const by = state.by.length === 0 ? "" : ` by ${formatList(state.by.map((key) => dimensionName(readout, key)))}`;
  return [
    `${readout.title}: ${metric}${by}, ${filterWords(readout, state.where)}`,
    timeWords(state),
    `${formatCount(Math.round(level * 1000) / 10)}% intervals`,
    adjusted ? "covariate used" : "covariate not used",
    `${correctionWords(state.correction, family)}. Exploration, not the registered result.`
  ].join("; ");
}

function alternatives(values: readonly string[]): string {
  if (values.length > 3) return `${values.slice(0, 2).join(", ")} or ${values.length - 2} more`;
  return values.length < 2 ? (values[0] ?? "") : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}
