import type {Experiment} from "./definition/definition.ts";
import {parseShare} from "./definition/parseShare.ts";

/** Who stays behind after a launch, and since when. */
export interface HoldoutPlan {
  readonly variant: string;
  readonly launched: string;
  /** First day after the launch. */
  readonly from: string;
  /** Of the traffic, in (0, 1); null where it is not said. */
  readonly share: number | null;
}

/** Returns an experiment's holdout with its defaults filled in; null without one, and while the experiment is not stopped. */
export function holdoutPlan({holdout, status, variants, end}: Experiment): HoldoutPlan | null {
  if (holdout === undefined || status !== "stopped") return null;
  const {variant, launched, from, share} =
    typeof holdout === "string" ? {variant: holdout, launched: undefined, from: undefined, share: undefined} : holdout;
  const other = launched ?? Object.keys(variants).find((key) => key !== variant);
  const first = from ?? (end === undefined ? undefined : dayAfter(end, 1));
  if (other === undefined || first === undefined) return null;
  return {variant, launched: other, from: first, share: share === undefined ? null : parseShare(share)};
}

/**
 * Returns what a holdout is analysed as: an experiment of its own that starts at the launch, with the launched variant
 * against the one that stays behind. Units count by their first exposure since the launch.
 */
export function holdoutExperiment(experiment: Experiment, {variant, launched, from, share}: HoldoutPlan): Experiment {
  const {end: _, holdout: __, activation, ...rest} = experiment;
  const [held, other] = [experiment.variants[variant], experiment.variants[launched]];
  const weights = [held?.weight ?? 0.5, other?.weight ?? 0.5];
  const own = share ?? weights[0]! / (weights[0]! + weights[1]!);
  return {
    ...rest,
    ...(activation === undefined ? {} : {activation}),
    experiment: experiment.experiment ?? experiment.id,
    start: from,
    status: "running",
    pin: false,
    variants: {
      [variant]: {...held, role: "control", weight: own},
      [launched]: {...other, role: "treatment", weight: 1 - own}
    },
    dimensions: {},
    phases: [],
    design: {method: "fixed", spending: "obrien-fleming", looks: "nightly", futility: false}
  };
}

/** Returns the day so many days after another; before it for a negative number. */
export function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}
