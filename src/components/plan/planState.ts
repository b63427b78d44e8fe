import {effectWithin, MOST_DAYS, planOf, powerWithin} from "../../lib/experiment/planOf.ts";
import type {PlannedDesign, PlanQuestion} from "../../lib/experiment/planOf.ts";
import type {Method} from "../../lib/experiment/words.ts";
import {methods} from "../../lib/experiment/words.ts";
import {numberFrom} from "../simulate/settings.ts";
import type {PlanMetric, PlanSource} from "./planSources.ts";

/** What follows from the rest. */
export const unknowns = ["days", "effect", "power"] as const;
export type Unknown = (typeof unknowns)[number];

/** Least, most and step of the sliders. The effect's steps grow with it: see `effectAt`. */
export const ranges = {
  effect: {min: 0, max: 100, step: 1},
  power: {min: 50, max: 99, step: 1},
  days: {min: 2, max: 182, step: 1},
  share: {min: 5, max: 100, step: 5}
} as const;

/** What a reader chooses. */
export type PlanState = {
  source: string;
  metric: string;
  method: Method;
  solve: Unknown;
  /** A size, as a fraction. */
  effect: number;
  power: number;
  days: number;
  share: number;
  alpha: number;
  covariate: boolean;
};

/** What the choices lead to: all three of effect, power and days, and the designs. */
export type Planned = PlanState & {
  question: PlanQuestion;
  designs: PlannedDesign[];
  /** Why the one that should follow cannot, or null. */
  reason: string | null;
};

/** Returns the effect at a place of its slider: 0.1% to 100%, each step 7% more, two significant digits. */
export function effectAt(place: number): number {
  return Number((0.001 * 10 ** ((3 * place) / 100)).toPrecision(2));
}

/** Returns the place of the slider next to an effect. */
export function placeOf(effect: number): number {
  return Math.round(Math.min(100, Math.max(0, (100 / 3) * Math.log10(effect / 0.001))));
}

/** Returns the choices that an address asks for; what is missing, unknown or out of range is as by default. */
export function planStateFrom(query: string, sources: readonly PlanSource[]): PlanState {
  const asked = new URLSearchParams(query);
  const source = sources.find(({id}) => id === asked.get("from")) ?? sources[0];
  const metric = source?.metrics.find(({key}) => key === asked.get("metric")) ?? source?.metrics[0];
  const method = methods.find((m) => m === asked.get("design")) ?? (metric?.bounded ? "group-sequential" : "fixed");
  const number = (key: string, range: {min: number; max: number; step: number}) => numberFrom(asked.get(key), range);
  return {
    source: source?.id ?? "",
    metric: metric?.key ?? "",
    method: method === "group-sequential" && !metric?.bounded ? "fixed" : method,
    solve: unknowns.find((u) => u === asked.get("solve")) ?? "days",
    effect: (number("effect", {min: 0.1, max: 100, step: 0.01}) ?? 5) / 100,
    power: (number("power", ranges.power) ?? 80) / 100,
    days: number("days", ranges.days) ?? 28,
    share: (number("share", ranges.share) ?? 100) / 100,
    alpha: [0.01, 0.05, 0.1].find((a) => String(a) === asked.get("alpha")) ?? 0.05,
    covariate: asked.get("covariate") !== "off"
  };
}

/** Returns the part of an address after `?` that leads to these choices; what follows from the rest is left out. */
export function planQuery(state: PlanState): string {
  const {source, metric, method, solve, effect, power, days, share, alpha, covariate} = state;
  const query = new URLSearchParams({from: source, metric, design: method});
  if (solve !== "days") query.set("solve", solve);
  if (solve !== "effect") query.set("effect", String(Number((effect * 100).toPrecision(3))));
  if (solve !== "power") query.set("power", String(Math.round(power * 100)));
  if (solve !== "days") query.set("days", String(days));
  if (share !== 1) query.set("share", String(Math.round(share * 100)));
  if (alpha !== 0.05) query.set("alpha", String(alpha));
  if (!covariate) query.set("covariate", "off");
  return String(query);
}

/** Returns what follows: the one that is asked for from the other two, and the three designs for all of them. */
export function solvePlan(state: PlanState, source: PlanSource, metric: PlanMetric): Planned {
  const question: PlanQuestion = {
    kind: metric.kind,
    mean: metric.mean,
    standardDeviation: metric.standardDeviation,
    varianceReduction: state.covariate ? (metric.varianceReduction ?? 0) : 0,
    effect: metric.direction === "decrease" ? -state.effect : state.effect,
    alpha: state.alpha,
    power: state.power,
    traffic: source.traffic,
    share: state.share,
    maturity: metric.maturity
  };
  const sign = Math.sign(question.effect);
  if (state.solve === "effect") {
    const effect = effectWithin(state.method, state.days, question);
    if (effect === null) return {...state, question, designs: [], reason: tooShort(metric, state.days)};
    const solved = {...question, effect: sign * effect};
    return {...state, effect, question: solved, designs: planOf(solved), reason: null};
  }
  if (state.solve === "power") {
    const power = powerWithin(state.method, state.days, question);
    if (power === null) return {...state, question, designs: [], reason: tooShort(metric, state.days)};
    const solved = {...question, power: Math.min(0.999, Math.max(0.06, power))};
    return {...state, power, question: solved, designs: planOf(solved), reason: null};
  }
  const designs = planOf(question);
  const own = designs.find(({method}) => method === state.method);
  return {...state, days: own?.days ?? MOST_DAYS, question, designs, reason: own?.reason ?? null};
}

function tooShort({maturity}: PlanMetric, days: number): string {
  return days <= maturity
    ? `a unit counts only after ${maturity} days, so ${days} days show nothing`
    : "no effect of any size can be found in so few units";
}
