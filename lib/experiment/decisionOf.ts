import {decide, labelOf, verdictRank} from "./decide.ts";
import type {DecisionInput, DecisionRule} from "./decide.ts";
import type {Experiment} from "./definition.ts";
import {formatCount, formatDate, formatPercent, formatPercentInterval, plural} from "./format.ts";
import {worseGuardrail} from "./judgeGuardrail.ts";
import {primaryState} from "./primaryState.ts";
import type {ComparisonResult, Decision, MetricResult, Readout} from "./readout.ts";
import type {GuardrailStatus} from "./words.ts";

/** What a decision is made from. */
export interface DecisionEvidence {
  readonly experiment: Experiment;
  readonly metrics: readonly MetricResult[];
  readonly health: Readout["health"];
  readonly variants: Readout["variants"];
  /** Whether the planned end is reached. */
  readonly ended: boolean;
  readonly asOf: string | null;
}

interface Candidate {
  readonly variant: string;
  readonly input: DecisionInput;
  readonly primary: MetricResult;
  readonly comparison: ComparisonResult;
  readonly verdict: Decision["verdict"];
  readonly rule: DecisionRule;
}

/**
 * Returns the decision: each treatment is decided by itself from the first primary metric (and harm on any other), its
 * own guardrails, health and power; the readout speaks of the best treatment, that is the one with the best verdict and
 * among equals the largest relative gain. With several treatments and an overall test that shows nothing, no treatment
 * is a gain.
 */
export function decisionOf(evidence: DecisionEvidence): Decision {
  const {experiment, metrics, health, ended} = evidence;
  const primaries = metrics.filter(({role}) => role === "primary");
  const [primary] = primaries;
  const candidates = (primary?.comparisons ?? []).map((comparison): Candidate => {
    const {variant} = comparison;
    const guardrail = worstGuardrail(metrics, variant);
    const states = primaries.flatMap((metric) => {
      const own = metric.comparisons.find((other) => other.variant === variant);
      return own === undefined ? [] : [primaryState(experiment, metric, own, {ended})];
    });
    const overall = primary!.overall;
    const flat =
      overall?.pValue != null &&
      overall.pValue >= experiment.alpha &&
      states[0] === "gain" &&
      primary!.method === "fixed";
    const state = states.includes("harm") ? "harm" : flat ? "unclear" : (states[0] ?? null);
    const needed = primary!.power?.requiredUnits ?? null;
    const powered = primary!.method !== "fixed" || needed === null || (primary!.power?.units ?? 0) >= needed;
    const input: DecisionInput = {health: health.status, guardrail, primary: state, powered, ended};
    return {variant, input, primary: primary!, comparison, ...decide(input)};
  });
  const best = candidates.reduce<Candidate | null>((a, b) => (a === null || better(b, a) ? b : a), null);
  if (best === null) {
    const input: DecisionInput = {health: health.status, guardrail: null, primary: null, powered: true, ended};
    const decision = decide(input);
    const sentence =
      decision.rule === "unhealthy" ? unhealthy(health) : "There are no numbers for a primary metric yet.";
    return {
      verdict: decision.verdict,
      label: labelOf(decision, experiment.labels),
      sentence,
      variant: null,
      reasons: [sentence],
      wouldChange: ["Exposed units in the control and a treatment."]
    };
  }
  const label = labelOf(best, experiment.labels);
  return {
    verdict: best.verdict,
    label,
    sentence: sentenceOf(best, evidence),
    variant: best.variant,
    reasons: reasonsOf(best, candidates, evidence),
    wouldChange: changersOf(best, evidence)
  };
}

/** Returns a treatment's worst guardrail; null without guardrails. */
export function worstGuardrail(metrics: readonly MetricResult[], variant: string): GuardrailStatus | null {
  return metrics
    .flatMap(({guardrail}) => guardrail ?? [])
    .filter((result) => result.variant === variant)
    .reduce<GuardrailStatus | null>((worst, {status}) => worseGuardrail(worst, status), null);
}

function better(a: Candidate, b: Candidate): boolean {
  const [rankA, rankB] = [verdictRank(a.verdict), verdictRank(b.verdict)];
  if (rankA !== rankB) return rankA > rankB;
  const sign = a.primary.direction === "increase" ? 1 : -1;
  return sign * (a.comparison.relativeDifference ?? -Infinity) > sign * (b.comparison.relativeDifference ?? -Infinity);
}

function effectText({primary, comparison}: Candidate, variants: Readout["variants"]): string {
  const {relativeDifference, relativeInterval, difference, level} = comparison;
  const name = variants.length > 2 ? ` with ${nameOf(variants, comparison.variant)}` : "";
  if (difference === null) return `${primary.name} cannot be compared yet${name}`;
  if (relativeDifference === null) return `${primary.name} differs${name}, and a relative difference cannot be had`;
  const moved = relativeDifference === 0 ? "did not move" : relativeDifference > 0 ? "rose" : "fell";
  const bounds =
    relativeInterval === null
      ? "interval not yet known"
      : `${formatPercent(level, {decimals: 0})} interval ${formatPercentInterval(relativeInterval)}`;
  return `${primary.name} ${moved} by ${formatPercent(Math.abs(relativeDifference))}${name} (${bounds})`;
}

function nameOf(variants: Readout["variants"], key: string): string {
  return variants.find((variant) => variant.key === key)?.name ?? key;
}

function unhealthy(health: Readout["health"]): string {
  return health.checks.find(({status}) => status === "blocked")?.message ?? "A health check blocks.";
}

function sentenceOf(best: Candidate, {metrics, health, variants, experiment}: DecisionEvidence): string {
  const effect = effectText(best, variants);
  const guardrail = (status: GuardrailStatus): string =>
    metrics
      .flatMap(({guardrail}) => guardrail ?? [])
      .find((result) => result.variant === best.variant && result.status === status)?.sentence ?? "";
  const warnings = health.checks.filter(({status}) => status === "warning").length;
  const minded = warnings === 0 ? "" : ` Mind ${plural(warnings, "health warning")} first.`;
  switch (best.rule) {
    case "unhealthy":
      return `${unhealthy(health)} The effects below cannot be believed until this is found.`;
    case "guardrail-severe":
      return `A guardrail is broken: ${guardrail("severe")} ${effect}.`;
    case "primary-worse":
      return `The primary metric got worse: ${effect}.`;
    case "guardrail-worsened":
      return `${effect}, but a guardrail got worse: ${guardrail("worsened")}`;
    case "no-numbers":
      return `There is no number for ${best.primary.name} yet: ${best.comparison.reason ?? "too few units"}.`;
    case "gain-ruled-out":
      return `${effect}: a lift of ${experiment.minimumEffect[best.primary.key] ?? "the size that matters"}, the smallest worth acting on, is ruled out.`;
    case "ended-without-gain":
      return `${effect}: the planned end is reached and no gain is shown.`;
    case "undecided":
      return `${effect}: nothing is shown yet.${minded}`;
    case "underpowered":
      return `${effect}, but ${formatCount(best.primary.power?.units ?? 0)} of ${formatCount(best.primary.power?.requiredUnits ?? 0)} units that the design needs are in.`;
    case "guardrail-unknown":
      return `${effect}, but a guardrail is not yet known: ${guardrail("not-yet-known")}`;
    case "gain":
      return `${effect}${best.primary.method === "fixed" ? "" : ", past the boundary planned before the start"}${best.input.guardrail === null ? "" : ", and no guardrail got worse"}.${lasting(best, metrics)}${minded}`;
  }
}

/** The one thing to know before acting: whether the effect lasts. */
function lasting({primary, variant}: Candidate, metrics: readonly MetricResult[]): string {
  const novelty = [primary, ...metrics]
    .flatMap((metric) => metric.novelty ?? [])
    .find((result) => result.variant === variant && result.verdict === "fading");
  return novelty === undefined ? "" : " The effect is fading; expect less in the long run.";
}

function reasonsOf(
  best: Candidate,
  candidates: readonly Candidate[],
  {health, metrics, ended, experiment, asOf, variants}: DecisionEvidence
): string[] {
  const {primary, input} = best;
  const reasons = [`${effectText(best, variants)}.`];
  const sequential = primary.sequential?.comparisons.find(({variant}) => variant === best.variant);
  if (sequential !== undefined) reasons.push(sequential.sentence);
  const guardrails = metrics.flatMap(({guardrail}) => guardrail ?? []).filter(({variant}) => variant === best.variant);
  reasons.push(...guardrails.map(({sentence}) => sentence));
  const alerts = health.checks.filter(({status}) => status !== "ok");
  reasons.push(
    alerts.length === 0
      ? `All ${health.checks.length} health checks are fine.`
      : `Health: ${alerts.map(({message}) => message).join(" ")}`
  );
  if (primary.method === "fixed" && primary.power?.requiredUnits != null)
    reasons.push(
      `${formatCount(primary.power.units)} of ${formatCount(primary.power.requiredUnits)} units that a fixed design needs are in${input.powered ? "" : ": too few"}.`
    );
  if (ended)
    reasons.push(
      `The planned end is reached${experiment.end === undefined ? "" : ` (${formatDate(experiment.end)}, data to ${formatDate(asOf)})`}.`
    );
  for (const other of candidates)
    if (other !== best)
      reasons.push(
        `${nameOf(variants, other.variant)}: ${labelOf(other, experiment.labels)}. ${effectText(other, variants)}.`
      );
  return reasons;
}

function changersOf(
  {rule, primary, comparison, variant}: Candidate,
  {health, metrics, experiment}: DecisionEvidence
): string[] {
  const needed = metrics
    .flatMap(({guardrail}) => guardrail ?? [])
    .filter((result) => result.variant === variant && result.unitsNeeded !== null);
  const guardrails = needed.map(
    ({sentence, unitsNeeded}) => `${formatCount(unitsNeeded)} units in both arms would settle: ${sentence}`
  );
  const left = primary.power?.daysLeft ?? null;
  switch (rule) {
    case "unhealthy":
      return health.checks.filter(({status}) => status === "blocked").map(({whatToDo}) => whatToDo);
    case "guardrail-severe":
    case "guardrail-worsened":
      return ["A change that brings the guardrail back within its margin, tested anew."];
    case "primary-worse":
      return ["Nothing within this test; a changed treatment needs a new one."];
    case "no-numbers":
      return [`Units that count: ${comparison.reason ?? "none yet"}.`];
    case "gain-ruled-out":
    case "ended-without-gain":
      return ["A larger test, or a bolder treatment; reading this one longer does not make it new evidence."];
    case "undecided":
      return [
        primary.method === "fixed"
          ? `The planned end${experiment.end === undefined ? "" : ` on ${formatDate(experiment.end)}`}.`
          : "A look beyond the boundary, on either side.",
        ...(left === null || left === 0
          ? []
          : [`About ${plural(left, "more day")} at the present traffic to the units that the minimum effect needs.`]),
        ...guardrails
      ];
    case "underpowered":
      return [
        left === null ? "More units." : `About ${plural(left, "more day")} at the present traffic.`,
        ...guardrails
      ];
    case "guardrail-unknown":
      return guardrails.length > 0 ? guardrails : ["A guardrail whose interval lies within its margin."];
    case "gain":
      return ["A guardrail that gets worse, or a health check that blocks."];
  }
}
