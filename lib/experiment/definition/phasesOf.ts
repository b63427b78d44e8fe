import type {Experiment} from "./definition.ts";
import type {Readout} from "../readout.ts";

/** One span of the experiment with fixed weights; `end` is its last day, null for the one that runs. */
export type PhaseSpan = Readout["phases"][number];

/**
 * Returns the phases of an experiment, oldest first: at least one, which starts with the experiment and has the
 * variants' own weights unless the definition's first phase starts then. A phase ends the day before the next starts.
 */
export function phasesOf({start, variants, phases}: Pick<Experiment, "start" | "variants" | "phases">): PhaseSpan[] {
  const own = Object.fromEntries(Object.entries(variants).map(([key, {weight}]) => [key, weight]));
  const spans = phases.map(({start: from, weights, name}, i) => ({
    name: name ?? `phase ${i + 1}`,
    start: from,
    weights: {...own, ...weights}
  }));
  if (spans[0] === undefined || spans[0].start > start) spans.unshift({name: "start", start, weights: own});
  return spans.map((span, i) => {
    const next = spans[i + 1];
    return {...span, end: next === undefined ? null : dayBefore(next.start)};
  });
}

/** Returns the name of the phase that an entry date falls into; the first one for earlier dates. */
export function phaseAt(spans: readonly PhaseSpan[], date: string): string {
  return (spans.findLast((span) => span.start <= date) ?? spans[0])?.name ?? "start";
}

function dayBefore(date: string): string {
  return new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);
}
