import {decide, labelOf, verdictRank} from "./decide.ts";
import type {Candidate, DecisionEvidence} from "./decisionOf.ts";
import {formatCount, formatDate, formatDifference, formatPercent, formatPercentInterval, plural} from "../format.ts";
import {worstGuardrail} from "./judgeGuardrail.ts";
import type {Decision, GuardrailResult, Readout} from "../readout.ts";
import type {GuardrailStatus} from "../words.ts";

/** Returns the decision where no primary metric has been compared at all, as on a launch day; guardrails may speak. */
export function noPrimary({experiment, metrics, health, ended}: DecisionEvidence): Decision {
  const guardrails = metrics.flatMap(({guardrail}) => guardrail ?? []);
  // Of several treatments the best one speaks, as where there are numbers.
  const [best] = [...new Set(guardrails.map(({variant}) => variant))]
    .map((variant) => guardrails.filter((each) => each.variant === variant))
    .map((own) => ({own, guardrail: worstGuardrail(own)}))
    .map((each) => ({
      ...each,
      ...decide({health: health.status, guardrail: each.guardrail, primary: null, powered: true, ended})
    }))
    .sort((a, b) => verdictRank(b.verdict) - verdictRank(a.verdict));
  const decision = best ?? decide({health: health.status, guardrail: null, primary: null, powered: true, ended});
  const blocked = decision.rule === "unhealthy";
  const broken = decision.rule === "guardrail-severe" || decision.rule === "guardrail-worsened";
  const culprits = broken ? (best?.own ?? []).filter(({status}) => status === best?.guardrail) : [];
  const nothing = "There are no numbers for a primary metric yet.";
  const [culprit] = culprits;
  const sentence = blocked
    ? blockedText(health)
    : culprit === undefined
      ? nothing
      : `A guardrail ${culprit.status === "severe" ? "is broken" : "got worse"}: ${culprit.sentence} ${nothing}`;
  return {
    verdict: decision.verdict,
    label: labelOf(decision, experiment.labels),
    sentence,
    variant: culprit?.variant ?? null,
    reasons: blocked ? blockedMessages(health) : [...culprits.map((each) => each.sentence), nothing],
    wouldChange: [...(blocked ? toDo(health) : []), "Exposed units in the control and a treatment."]
  };
}

/** Returns the verdict in one or two sentences: the number, and the rule that decided. */
export function sentenceOf(best: Candidate, evidence: DecisionEvidence): string {
  const {metrics, health, experiment} = evidence;
  const {primary, comparison} = best;
  const effect = effectText(best, evidence);
  const guardrail = (status: GuardrailStatus): string =>
    ownGuardrails(best, evidence).find((each) => each.status === status)?.sentence ?? "";
  const warnings = health.checks.filter(({status}) => status === "warning").length;
  const minded = warnings === 0 ? "" : ` Mind ${plural(warnings, "health warning")} first.`;
  switch (best.rule) {
    case "unhealthy":
      return `${blockedText(health)} The effects below cannot be believed until this is found.`;
    case "guardrail-severe":
      return `A guardrail is broken: ${guardrail("severe")} ${effect}.`;
    case "primary-worse":
      return `The primary metric got worse: ${effect}.`;
    case "guardrail-worsened":
      return `${effect}, but a guardrail got worse: ${guardrail("worsened")}`;
    case "no-numbers":
      return `There is no number for ${primary.name} yet: ${comparison.reason ?? "too few units"}.`;
    case "gain-ruled-out":
      return `${effect}: a lift of ${experiment.minimumEffect[primary.key] ?? "the size that matters"}, the smallest worth acting on, is ruled out.`;
    case "ended-without-gain":
      return `${effect}: the planned end is reached and no gain is shown.`;
    case "undecided":
      return `${effect}: nothing is shown yet.${minded}`;
    case "underpowered":
      return `${effect}, but ${formatCount(primary.power?.units ?? 0)} of ${formatCount(primary.power?.requiredUnits ?? 0)} units that the design needs are in.`;
    case "guardrail-unknown":
      return `${effect}, but a guardrail is not yet known: ${guardrail("not-yet-known")}`;
    case "gain":
      return `${effect}${primary.method === "fixed" ? "" : ", past the boundary planned before the start"}${best.input.guardrail === null ? "" : ", and no guardrail got worse"}.${lasting(best, metrics)}${minded}`;
  }
}

/** Returns what the verdict rests on: the number, the boundary, each guardrail, health, power, the end, other arms. */
export function reasonsOf(best: Candidate, candidates: readonly Candidate[], evidence: DecisionEvidence): string[] {
  const {health, ended, experiment, asOf, variants} = evidence;
  const {primary, input, variant} = best;
  const sequential = primary.sequential?.comparisons.find((each) => each.variant === variant);
  const alerts = health.checks.filter(({status}) => status !== "ok");
  const overall = primary.overall?.pValue ?? null;
  return [
    `${effectText(best, evidence)}.`,
    ...(sequential === undefined ? [] : [sequential.sentence]),
    ...(overall !== null && primary.method === "fixed" && overall >= experiment.alpha
      ? ["The overall test of all variants shows no difference, so no single one counts as a gain."]
      : []),
    ...ownGuardrails(best, evidence).map(({sentence}) => sentence),
    alerts.length === 0
      ? `All ${health.checks.length} health checks are fine.`
      : `Health: ${alerts.map(({message}) => message).join(" ")}`,
    ...(primary.method === "fixed" && primary.power?.requiredUnits != null
      ? [
          `${formatCount(primary.power.units)} of ${formatCount(primary.power.requiredUnits)} units that a fixed design needs are in${input.powered ? "" : ": too few"}.`
        ]
      : []),
    ...(ended
      ? [
          `The planned end is reached${experiment.end === undefined ? "" : ` (${formatDate(experiment.end)}, data to ${formatDate(asOf)})`}.`
        ]
      : []),
    ...candidates
      .filter((other) => other !== best)
      .map(
        (other) =>
          `${nameOf(variants, other.variant)}: ${labelOf(other, experiment.labels)}. ${effectText(other, evidence)}.`
      )
  ];
}

/** Returns what would change the verdict: what to mend, to wait for, or to test anew. */
export function changersOf(best: Candidate, evidence: DecisionEvidence): string[] {
  const {health, experiment} = evidence;
  const {rule, primary, comparison} = best;
  const guardrails = ownGuardrails(best, evidence)
    .filter(({unitsNeeded}) => unitsNeeded !== null)
    .map(({sentence, unitsNeeded}) => `${formatCount(unitsNeeded)} units in both arms would settle: ${sentence}`);
  const left = primary.power?.daysLeft ?? null;
  switch (rule) {
    case "unhealthy":
      return toDo(health);
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
        left === null || left === 0 ? "More units." : `About ${plural(left, "more day")} at the present traffic.`,
        ...guardrails
      ];
    case "guardrail-unknown":
      return guardrails.length > 0 ? guardrails : ["A guardrail whose interval lies within its margin."];
    case "gain":
      return ["A guardrail that gets worse, or a health check that blocks."];
  }
}

function effectText({primary, comparison}: Candidate, {variants}: Pick<DecisionEvidence, "variants">): string {
  const {relativeDifference, relativeInterval, difference, level} = comparison;
  const name = variants.length > 2 ? ` with ${nameOf(variants, comparison.variant)}` : "";
  if (difference === null) return `${primary.name} cannot be compared yet${name}`;
  if (relativeDifference === null)
    return `${primary.name} differs by ${formatDifference(difference, primary)}${name}, and a relative difference cannot be had`;
  const moved =
    relativeDifference === 0
      ? "did not move"
      : `${relativeDifference > 0 ? "rose" : "fell"} by ${formatPercent(Math.abs(relativeDifference))}`;
  const bounds =
    relativeInterval === null
      ? "interval not yet known"
      : `${formatPercent(level, {decimals: 0})} interval ${formatPercentInterval(relativeInterval)}`;
  return `${primary.name} ${moved}${name} (${bounds})`;
}

/** The one thing to know before acting: whether the effect lasts. */
function lasting({primary, variant}: Candidate, metrics: readonly Candidate["primary"][]): string {
  const fading = [primary, ...metrics]
    .flatMap((metric) => metric.novelty ?? [])
    .some((result) => result.variant === variant && result.verdict === "fading");
  return fading ? " The effect is fading; expect less in the long run." : "";
}

function ownGuardrails({variant}: Candidate, {metrics}: DecisionEvidence): GuardrailResult[] {
  return metrics.flatMap(({guardrail}) => guardrail ?? []).filter((each) => each.variant === variant);
}

function nameOf(variants: Readout["variants"], key: string): string {
  return variants.find((variant) => variant.key === key)?.name ?? key;
}

function blockedMessages(health: Readout["health"]): string[] {
  return health.checks.filter(({status}) => status === "blocked").map(({message}) => message);
}

function blockedText(health: Readout["health"]): string {
  return blockedMessages(health)[0] ?? "A health check blocks.";
}

function toDo(health: Readout["health"]): string[] {
  return health.checks.filter(({status}) => status === "blocked").map(({whatToDo}) => whatToDo);
}
