import {decide, labelOf, verdictRank} from "./decide.ts";
import type {DecisionInput, DecisionRule, PrimaryState} from "./decide.ts";
import {changersOf, noPrimary, reasonsOf, sentenceOf} from "./decisionWords.ts";
import type {Experiment} from "../definition/definition.ts";
import {worstGuardrail} from "./judgeGuardrail.ts";
import {primaryState} from "./primaryState.ts";
import type {ComparisonResult, Decision, MetricResult, Readout} from "../readout.ts";
import type {Verdict} from "../words.ts";

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

/** One treatment, decided by itself: the primary metric that decides, and the rule that holds. */
export interface Candidate {
  readonly variant: string;
  readonly input: DecisionInput;
  readonly primary: MetricResult;
  readonly comparison: ComparisonResult;
  readonly verdict: Verdict;
  readonly rule: DecisionRule;
}

/**
 * Returns the decision. Each treatment is decided by itself from the primary metrics, its own guardrails, health and
 * power: harm on any primary metric counts first, then a gain on any (p-values and boundaries are corrected over them),
 * else the first speaks. The readout speaks of the treatment with the best verdict, and among equals of the one with
 * the largest relative gain. Where several treatments are tested under a fixed design and the overall test of the
 * metric shows nothing at alpha, none of them is a gain.
 */
export function decisionOf(evidence: DecisionEvidence): Decision {
  const {experiment} = evidence;
  const candidates = candidatesOf(evidence);
  const best = candidates.reduce<Candidate | null>((a, b) => (a === null || isBetter(b, a) ? b : a), null);
  if (best === null) return noPrimary(evidence);
  return {
    verdict: best.verdict,
    label: labelOf(best, experiment.labels),
    sentence: sentenceOf(best, evidence),
    variant: best.variant,
    reasons: reasonsOf(best, candidates, evidence),
    wouldChange: changersOf(best, evidence)
  };
}

function candidatesOf(evidence: DecisionEvidence): Candidate[] {
  const {metrics, health, ended} = evidence;
  const primaries = metrics.filter(({role}) => role === "primary");
  const variants = [...new Set(primaries.flatMap(({comparisons}) => comparisons.map(({variant}) => variant)))];
  return variants.flatMap((variant): Candidate[] => {
    const states = primaries.flatMap((primary) => {
      const comparison = primary.comparisons.find((other) => other.variant === variant);
      return comparison === undefined ? [] : [{primary, comparison, state: stateOf(primary, comparison, evidence)}];
    });
    const lead = states.find(({state}) => state === "harm") ?? states.find(({state}) => state === "gain") ?? states[0];
    if (lead === undefined) return [];
    const {primary, comparison, state} = lead;
    const guardrails = metrics.flatMap(({guardrail}) => guardrail ?? []).filter((each) => each.variant === variant);
    const input: DecisionInput = {
      health: health.status,
      guardrail: worstGuardrail(guardrails),
      primary: state,
      powered: isPowered(primary),
      ended
    };
    return [{variant, input, primary, comparison, ...decide(input)}];
  });
}

function stateOf(
  primary: MetricResult,
  comparison: ComparisonResult,
  {experiment, ended}: DecisionEvidence
): PrimaryState | null {
  const state = primaryState(experiment, primary, comparison, {ended});
  const overall = primary.overall?.pValue ?? null;
  const flat = primary.method === "fixed" && overall !== null && overall >= experiment.alpha;
  return state === "gain" && flat ? "unclear" : state;
}

/** Power is a gate for fixed designs that declare a minimum effect; a sequential design pays for its looks itself. */
function isPowered({method, power}: MetricResult): boolean {
  const needed = power?.requiredUnits ?? null;
  return method !== "fixed" || needed === null || (power?.units ?? 0) >= needed;
}

function isBetter(a: Candidate, b: Candidate): boolean {
  const [rankA, rankB] = [verdictRank(a.verdict), verdictRank(b.verdict)];
  return rankA === rankB ? gainOf(a) > gainOf(b) : rankA > rankB;
}

function gainOf({primary: {direction}, comparison: {relativeDifference}}: Candidate): number {
  if (relativeDifference === null) return -Infinity;
  return direction === "increase" ? relativeDifference : -relativeDifference;
}
