import type {CheckStatus, GuardrailStatus, Verdict} from "../words.ts";
import {verdicts} from "../words.ts";

/** What the primary metric says: `gain` and `harm` are significant under the registered design. */
export type PrimaryState = "harm" | "ruled-out" | "unclear" | "gain";

/** All that a decision rests on; nothing else may move it. */
export interface DecisionInput {
  /** Worst status of the health checks. */
  readonly health: CheckStatus;
  /** Worst guardrail of the treatment; null without guardrails. */
  readonly guardrail: GuardrailStatus | null;
  /** State of the primary metric; null where there is no number yet. */
  readonly primary: PrimaryState | null;
  /** Whether a `fixed` design has the units that its power needs; true for sequential designs and where none is declared. */
  readonly powered: boolean;
  /** Whether the planned end is reached: by date, by planned units, by a stop. */
  readonly ended: boolean;
}

/** A rule of the table: the first whose condition holds gives the verdict. */
interface Rule {
  readonly verdict: Verdict;
  readonly key: DecisionRule;
  readonly when: (input: DecisionInput) => boolean;
}

/** Names of the rules, in order of precedence. */
export type DecisionRule =
  | "unhealthy"
  | "guardrail-severe"
  | "primary-worse"
  | "guardrail-worsened"
  | "no-numbers"
  | "gain-ruled-out"
  | "ended-without-gain"
  | "undecided"
  | "underpowered"
  | "guardrail-unknown"
  | "gain";

/**
 * The table of precedence. Reading order is the order of the rules:
 *
 * | rule | when | verdict |
 * |---|---|---|
 * | unhealthy | a health check blocks | blocked |
 * | guardrail-severe | a guardrail is severe | roll-back |
 * | primary-worse | the primary metric got worse | roll-back |
 * | guardrail-worsened | a guardrail got worse than its margin | do-not-ship |
 * | no-numbers | the primary metric has no number | incomplete |
 * | gain-ruled-out | the interval leaves no room for the minimum effect | do-not-ship |
 * | ended-without-gain | the planned end is reached and nothing is decided | do-not-ship |
 * | undecided | neither gain nor harm is shown yet | keep-running |
 * | underpowered | a gain, but a fixed design has too few units | keep-running |
 * | guardrail-unknown | a gain, but a guardrail is not yet known | keep-running |
 * | gain | a gain, healthy, guardrails passed | ship |
 */
export const decisionRules: readonly Rule[] = [
  {key: "unhealthy", verdict: "blocked", when: ({health}) => health === "blocked"},
  {key: "guardrail-severe", verdict: "roll-back", when: ({guardrail}) => guardrail === "severe"},
  {key: "primary-worse", verdict: "roll-back", when: ({primary}) => primary === "harm"},
  {key: "guardrail-worsened", verdict: "do-not-ship", when: ({guardrail}) => guardrail === "worsened"},
  {key: "no-numbers", verdict: "incomplete", when: ({primary}) => primary === null},
  {key: "gain-ruled-out", verdict: "do-not-ship", when: ({primary}) => primary === "ruled-out"},
  {key: "ended-without-gain", verdict: "do-not-ship", when: ({primary, ended}) => primary === "unclear" && ended},
  {key: "undecided", verdict: "keep-running", when: ({primary}) => primary === "unclear"},
  {key: "underpowered", verdict: "keep-running", when: ({powered}) => !powered},
  {key: "guardrail-unknown", verdict: "keep-running", when: ({guardrail}) => guardrail === "not-yet-known"},
  {key: "gain", verdict: "ship", when: () => true}
];

/**
 * Returns the rule that decides, and its verdict. Pure and total: every input has exactly one answer. In the order of
 * `verdicts` (worst first) an improvement of health, guardrail, primary or power never gives a worse verdict.
 */
export function decide(input: DecisionInput): {verdict: Verdict; rule: DecisionRule} {
  for (const {key, verdict, when} of decisionRules) if (when(input)) return {verdict, rule: key};
  throw new RangeError(`invalid decision input; no rule holds: ${JSON.stringify(input)}`);
}

/** Returns how good a verdict is, 0 for the worst. */
export function verdictRank(verdict: Verdict): number {
  return verdicts.indexOf(verdict);
}

/** What a team calls each verdict; the cause of a verdict may have a word of its own. */
export interface Labels {
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly rules?: Readonly<Partial<Record<DecisionRule, string>>>;
}

/** The sets of labels that ship with Readout. */
export const labelSets = {
  readout: {
    verdicts: {
      blocked: "Blocked",
      "roll-back": "Roll back",
      "do-not-ship": "Do not ship",
      incomplete: "Incomplete",
      "keep-running": "Keep running",
      ship: "Ship"
    }
  },
  ship: {
    verdicts: {
      blocked: "BLOCKED",
      "roll-back": "DO NOT SHIP",
      "do-not-ship": "DO NOT SHIP",
      incomplete: "INCOMPLETE",
      "keep-running": "PENDING (UNDERPOWERED)",
      ship: "SHIP"
    },
    rules: {
      "guardrail-severe": "DO NOT SHIP (Check guardrails)",
      "guardrail-worsened": "DO NOT SHIP (Check guardrails)",
      "guardrail-unknown": "PENDING (LATENCY REGRESSION)"
    }
  },
  launch: {
    verdicts: {
      blocked: "Hold",
      "roll-back": "Rollback",
      "do-not-ship": "Hold",
      incomplete: "Hold",
      "keep-running": "Hold",
      ship: "Launch"
    }
  }
} as const satisfies Record<string, Labels>;

/** Returns the word for a verdict in a set of labels, or in a team's own words for some of the verdicts. */
export function labelOf(
  {verdict, rule}: {verdict: Verdict; rule: DecisionRule},
  labels: keyof typeof labelSets | Readonly<Partial<Record<Verdict, string>>>
): string {
  if (typeof labels !== "string") return labels[verdict] ?? labelSets.readout.verdicts[verdict];
  const set: Labels = labelSets[labels];
  return set.rules?.[rule] ?? set.verdicts[verdict];
}
