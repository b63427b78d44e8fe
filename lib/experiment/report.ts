import {z} from "zod";
import type {IndexEntry, Readout, ReadoutIndex} from "./readout.ts";
import {holdoutSchema} from "./readout.ts";
import {checkStatuses, directions, guardrailStatuses, kinds, roles, statuses, verdicts} from "./words.ts";

/** The version of the report API. Within a version fields are added, never renamed, removed or given another meaning. */
export const apiVersion = 1;

const day = z.string().describe("a date, 2026-01-31");
const number = z.number().nullable().describe("null where it cannot be had");
const interval = z.tuple([z.number().nullable(), z.number().nullable()]).nullable().describe("a null bound is open");

/** `api/experiments/<id>.json`: what other tools need of a readout. */
export const reportSchema = z.object({
  apiVersion: z.literal(apiVersion),
  id: z.string(),
  title: z.string(),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  status: z.enum(statuses),
  start: day,
  end: day.nullable(),
  asOf: day.nullable().describe("the last day that is counted"),
  runId: z.string().describe("changes exactly when the numbers or the definition do"),
  stale: z.string().nullable().describe("why the last build failed, if these are the numbers of an earlier one"),
  pinned: z.boolean().describe("whether the numbers are kept whatever the logs say today"),
  page: z.string().describe("relative to this file"),
  decision: z.object({
    verdict: z.enum(verdicts),
    label: z.string(),
    sentence: z.string(),
    variant: z.string().nullable(),
    reasons: z.array(z.string())
  }),
  health: z.object({
    status: z.enum(checkStatuses),
    alerts: z.array(z.object({key: z.string(), status: z.enum(checkStatuses), message: z.string()}))
  }),
  variants: z.array(z.object({key: z.string(), name: z.string(), role: z.string(), units: z.int()})),
  metrics: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      role: z.enum(roles),
      kind: z.enum(kinds),
      direction: z.enum(directions),
      unit: z.string().nullable(),
      arms: z.array(z.object({variant: z.string(), n: z.int(), mean: number})),
      comparisons: z.array(
        z.object({
          variant: z.string(),
          baseline: z.string(),
          difference: number,
          interval,
          relativeDifference: number,
          relativeInterval: interval,
          level: z.number(),
          pValue: number,
          adjustedPValue: number,
          test: z.string()
        })
      ),
      guardrail: z.array(z.object({variant: z.string(), status: z.enum(guardrailStatuses)})).nullable()
    })
  ),
  timeline: z.array(z.object({date: day, runId: z.string(), verdict: z.enum(verdicts), label: z.string()})),
  holdout: holdoutSchema.nullable().describe("after the launch: the launched variant against those who stayed behind")
});

/** `api/experiments.json`: all experiments with their verdicts. */
export const reportIndexSchema = z.object({
  apiVersion: z.literal(apiVersion),
  asOf: day.nullable(),
  experiments: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      owner: z.string().nullable(),
      tags: z.array(z.string()),
      status: z.enum(statuses),
      verdict: z.enum(verdicts).nullable(),
      label: z.string().nullable(),
      health: z.enum(checkStatuses).nullable(),
      asOf: day.nullable(),
      runId: z.string().nullable(),
      stale: z.string().nullable(),
      error: z.string().nullable().describe("why there is no readout"),
      report: z.string().nullable().describe("relative to this file"),
      page: z.string().describe("relative to this file")
    })
  )
});

export type Report = z.output<typeof reportSchema>;
export type ReportIndex = z.output<typeof reportIndexSchema>;

/** Returns the report of a readout: its numbers and words as published, nothing computed anew. */
export function reportOf(readout: Readout): Report {
  const {id, title, owner, tags, status, start, end, asOf, runId, decision, health, timeline} = readout;
  const {verdict, label, sentence, variant, reasons} = decision;
  return {
    apiVersion,
    id,
    title,
    owner,
    tags,
    status,
    start,
    end,
    asOf,
    runId,
    stale: readout.stale?.reason ?? null,
    pinned: readout.pin !== null,
    page: `../../experiments/${id}.html`,
    decision: {verdict, label, sentence, variant, reasons},
    health: {
      status: health.status,
      alerts: health.checks
        .filter((check) => check.status !== "ok")
        .map(({key, status: state, message}) => ({key, status: state, message}))
    },
    variants: readout.variants.map(({key, name, role, units}) => ({key, name, role, units})),
    metrics: readout.metrics.map((metric) => ({
      key: metric.key,
      name: metric.name,
      role: metric.role,
      kind: metric.kind,
      direction: metric.direction,
      unit: metric.unit,
      arms: metric.arms.map(({variant: arm, n, mean}) => ({variant: arm, n, mean})),
      comparisons: metric.comparisons.map((c) => ({
        variant: c.variant,
        baseline: c.baseline,
        difference: c.difference,
        interval: c.interval,
        relativeDifference: c.relativeDifference,
        relativeInterval: c.relativeInterval,
        level: c.level,
        pValue: c.pValue,
        adjustedPValue: c.adjustedPValue,
        test: c.test
      })),
      guardrail: metric.guardrail?.map((judged) => ({variant: judged.variant, status: judged.status})) ?? null
    })),
    timeline,
    holdout: readout.holdout ?? null
  };
}

/** Returns the list of all reports. */
export function reportIndexOf({asOf, experiments}: ReadoutIndex): ReportIndex {
  return {apiVersion, asOf, experiments: experiments.map(lineOf)};
}

function lineOf(entry: IndexEntry): ReportIndex["experiments"][number] {
  const {id, title, owner, tags, status, verdict, label, health, asOf, runId, stale, error} = entry;
  return {
    id,
    title,
    owner,
    tags,
    status,
    verdict,
    label,
    health,
    asOf,
    runId,
    stale,
    error,
    report: runId === null ? null : `experiments/${id}.json`,
    page: `../experiments/${id}.html`
  };
}
