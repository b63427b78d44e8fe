export {bayesianOf} from "./bayesianOf.ts";
export {changesSince, definitionChanges, publishedRun} from "./history/changesSince.ts";
export {decide, decisionRules, labelOf, labelSets, verdictRank} from "./decision/decide.ts";
export {decisionOf} from "./decision/decisionOf.ts";
export {effectOf} from "./effectOf.ts";
export {guardrailsOf} from "./decision/guardrailsOf.ts";
export {hasEnded} from "./decision/hasEnded.ts";
export {healthChecks} from "./health/healthChecks.ts";
export {indexEntryOf} from "./indexEntryOf.ts";
export {insightsOf} from "./insightsOf.ts";
export {judgeGuardrail} from "./decision/judgeGuardrail.ts";
export {memoCsv} from "./memo/memoCsv.ts";
export {memoHtml} from "./memo/memoHtml.ts";
export {memoMarkdown} from "./memo/memoMarkdown.ts";
export {emptyMemory} from "./history/memory.ts";
export {phaseAt, phasesOf} from "./definition/phasesOf.ts";
export {powerOf} from "./powerOf.ts";
export {primaryState} from "./decision/primaryState.ts";
export {readoutOf} from "./readoutOf.ts";
export {segmentsOf} from "./segmentsOf.ts";
export {sequentialOf} from "./sequentialOf.ts";
export type {Definitions, Experiment, Metric, Metrics, Sources} from "./definition/definition.ts";
export type {Effect, EffectOptions} from "./effectOf.ts";
export type {LedgerLook, LockedDefinition, Memory, PublishedRun} from "./history/memory.ts";
export type {
  ComparisonResult,
  Decision,
  HealthCheck,
  IndexEntry,
  MetricResult,
  Readout,
  ReadoutIndex
} from "./readout.ts";
export type {ArmMoments, ExperimentSums, MetricSums, Stratum} from "./sums.ts";
export type {Verdict} from "./words.ts";
