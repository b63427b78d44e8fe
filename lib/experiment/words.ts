/** Where an experiment stands in its life. */
export const statuses = ["draft", "running", "paused", "stopped"] as const;
/** What a metric is for in an experiment. */
export const roles = ["primary", "secondary", "guardrail"] as const;
/** What a metric measures per unit. */
export const kinds = ["proportion", "mean", "ratio", "retention", "time-to-event", "quantile"] as const;
/** Which way is good. */
export const directions = ["increase", "decrease"] as const;
/** How looks are paid for: `fixed` allows one, at the planned end. */
export const methods = ["fixed", "group-sequential", "always-valid"] as const;
/** What a test is against. */
export const alternatives = ["two-sided", "greater", "less"] as const;
/** How p-values of several comparisons are adjusted. */
export const corrections = [
  "none",
  "bonferroni",
  "holm",
  "hochberg",
  "benjamini-hochberg",
  "benjamini-yekutieli"
] as const;
/** Shapes of input: what a row of a fact is. */
export const shapes = ["exposures", "events", "units", "summary", "snapshots", "cube"] as const;
/** What a health check found. */
export const checkStatuses = ["ok", "warning", "blocked"] as const;
/** What a guardrail's interval says. */
export const guardrailStatuses = ["passed", "worsened", "severe", "not-yet-known"] as const;
/** What the trend of an effect over tenure is. */
export const noveltyVerdicts = ["fading", "growing", "stable", "not-enough-days"] as const;
/** What to do, worst news first. */
export const verdicts = ["blocked", "roll-back", "do-not-ship", "incomplete", "keep-running", "ship"] as const;

export type Status = (typeof statuses)[number];
export type Role = (typeof roles)[number];
export type Kind = (typeof kinds)[number];
export type Direction = (typeof directions)[number];
export type Method = (typeof methods)[number];
export type Alternative = (typeof alternatives)[number];
export type Correction = (typeof corrections)[number];
export type Shape = (typeof shapes)[number];
export type CheckStatus = (typeof checkStatuses)[number];
export type GuardrailStatus = (typeof guardrailStatuses)[number];
export type NoveltyVerdict = (typeof noveltyVerdicts)[number];
export type Verdict = (typeof verdicts)[number];
