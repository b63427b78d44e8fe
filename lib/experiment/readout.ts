import {z} from "zod";
import {schemaVersion} from "./schemaVersion.ts";
import {
  alternatives,
  checkStatuses,
  corrections,
  directions,
  guardrailStatuses,
  kinds,
  methods,
  noveltyVerdicts,
  roles,
  statuses,
  verdicts
} from "./words.ts";

export {schemaVersion} from "./schemaVersion.ts";

const day = z.string().describe("a date, 2026-01-31");
const number = z.number().nullable().describe("null where it cannot be had; then `reason` says why");
const reason = z.string().nullable().default(null).describe("why a number beside it is null");
const interval = z
  .tuple([z.number().nullable(), z.number().nullable()])
  .nullable()
  .describe("lower and upper bound; a null bound is open");

/** One arm of one metric, in the metric's own unit. */
export const armSchema = z.object({
  variant: z.string(),
  n: z.int().min(0).describe("units that count for this metric"),
  mean: number,
  standardDeviation: number.describe("n - 1; of units"),
  sums: z
    .record(z.string(), z.number())
    .optional()
    .describe("over units and about the metric's origin: y outcome, w denominator, x before; two letters: a product"),
  reason
});

/** One treatment against the control. */
export const comparisonSchema = z.object({
  variant: z.string(),
  baseline: z.string(),
  difference: number.describe("treatment minus control, absolute"),
  standardError: number,
  interval,
  pValue: number,
  adjustedPValue: number,
  adjustedInterval: interval.describe("goes with the adjusted p-value; see adjustment.intervalKind"),
  relativeDifference: number.describe("difference / control, a fraction"),
  relativeInterval: interval,
  level: z.number().describe("of both intervals"),
  statistic: number,
  degreesOfFreedom: number,
  test: z.string().describe("the one test that p-value and interval come from"),
  adjustment: z
    .object({
      covariate: z.string().nullable().describe("what CUPED used"),
      varianceReduction: number,
      correction: z.enum(corrections),
      intervalKind: z.string().nullable(),
      phases: z.int().describe("strata over entry phases; 1 = none")
    })
    .describe("what was done to the plain comparison"),
  reason
});

/** A comparison as of the end of an earlier day. */
export const pathComparisonSchema = z.object({
  variant: z.string(),
  n: z.int().describe("units of both arms"),
  difference: number,
  interval,
  relativeDifference: number,
  relativeInterval: interval,
  pValue: number
});

/** A look that was taken. */
export const lookSchema = z.object({
  date: day,
  fraction: z.number(),
  z: z.number(),
  bound: number,
  alphaSpent: z.number().describe("of all sides, until and with this look"),
  repeatedInterval: interval.describe("absolute difference"),
  relativeRepeatedInterval: interval.optional(),
  futilityBound: number.optional(),
  reconstructed: z.boolean().default(false),
  recomputedZ: number.optional().describe("what today's data say of that day, where it differs")
});

/** What a sequential design says of one comparison. */
export const sequentialComparisonSchema = z.object({
  variant: z.string(),
  looks: z.array(lookSchema).default([]),
  crossed: z.object({date: day, side: z.enum(["efficacy", "harm", "futility"])}).nullable(),
  stop: z
    .object({
      pValue: number.describe("stage-wise, of the registered alternative"),
      estimate: number.describe("median unbiased, absolute"),
      interval,
      relativeEstimate: number,
      relativeInterval: interval
    })
    .nullable(),
  conditionalPower: z.object({design: number, trend: number}).nullable(),
  path: z
    .array(
      z.object({
        date: day,
        n: z.int(),
        interval,
        relativeInterval: interval,
        pValue: number.describe("the smallest of the looks until that day, as it was read then"),
        recomputedPValue: number.optional().describe("what today's data say of that day, where it differs")
      })
    )
    .default([])
    .describe("confidence sequence and always-valid p-value by day"),
  nights: z
    .array(z.object({date: day, units: z.int(), z: z.number(), standardError: number}))
    .default([])
    .describe("each day's z, by today's data, and the mature units of all arms: what any design is computed from"),
  mixing: number
    .default(null)
    .describe("standard deviation of an always-valid design's mixing distribution; null: tightest at `tuneAt`"),
  sentence: z.string().describe("what may be concluded tonight and what would change it")
});

/** The sequential part of a primary metric. */
export const sequentialSchema = z.object({
  method: z.enum(methods),
  spending: z.string().nullable(),
  alpha: z.number(),
  sides: z.union([z.literal(1), z.literal(2)]),
  guaranteed: z.boolean().describe("whether the error rate holds over all looks"),
  plannedUnits: number,
  tuneAt: number.default(null).describe("units at which an always-valid design is tightest; null: plannedUnits"),
  fraction: number.describe("information fraction tonight: mature units / planned mature units"),
  future: z.array(z.object({fraction: z.number(), bound: number, futilityBound: number.optional()})).default([]),
  comparisons: z.array(sequentialComparisonSchema),
  reason
});

/** One tenure day: the effect of units on their k-th day since exposure. */
export const tenureDaySchema = z.object({
  day: z.int(),
  n: z.int(),
  difference: number,
  interval,
  relativeDifference: number,
  relativeInterval: interval,
  simultaneousInterval: interval.describe("relative; holds for all days together"),
  reason
});

const tested = z.object({estimate: number, standardError: number, interval, pValue: number, reason});

/** Does the effect last? For one treatment. */
export const noveltySchema = z.object({
  variant: z.string(),
  verdict: z.enum(noveltyVerdicts),
  sentence: z.string(),
  spans: z.object({early: z.tuple([z.int(), z.int()]), late: z.tuple([z.int(), z.int()])}).nullable(),
  test: tested.extend({n: z.int()}).nullable().describe("log-ratio late minus early; units independent; normal"),
  absolute: tested.nullable().describe("late minus early difference per day, Welch"),
  trend: tested.nullable().describe("slope per day over tenure, Welch on unit slopes"),
  byTenure: z.array(tenureDaySchema),
  cohorts: z.object({cochranQ: number, degreesOfFreedom: number, pValue: number, reason}).nullable(),
  calendar: z.object({cochranQ: number, degreesOfFreedom: number, pValue: number, reason}).nullable(),
  mix: z.object({chiSquare: number, degreesOfFreedom: number, pValue: number, reason}).nullable(),
  triangle: z
    .array(z.object({cohort: day, day: z.int(), n: z.int(), relativeDifferences: z.array(number)}))
    .describe("a row for each cohort: the effects from that day on, a cell each; null where the control is zero"),
  triangleDays: z
    .int()
    .min(1)
    .default(1)
    .describe("entry dates and tenure days of one cell; named by the first of each"),
  longRun: z
    .object({
      a: number,
      b: number,
      tau: number,
      interval,
      afterFirstWeek: tested.nullable(),
      sentence: z.string(),
      reason
    })
    .nullable(),
  weekdays: z.array(z.object({weekday: z.int().min(1).max(7), relativeDifference: number, relativeInterval: interval})),
  weekdayTest: z
    .object({cochranQ: number, degreesOfFreedom: number, pValue: number, reason})
    .nullable()
    .default(null)
    .describe("that the effect differs between weekdays"),
  reading: z.string().nullable().default(null).describe("what the triangle says: tenure, dates or entrants"),
  power: number.default(null).describe("to see a halving with the units that lived through both spans"),
  unitsNeeded: number.default(null).describe("units of both arms through both spans for 80% power to see a halving"),
  daysNeeded: number.describe("days since the first entry for 80% power to see a halving, at the rate of entry so far"),
  reason
});

/** The effect in one segment. */
export const segmentSchema = z.object({
  dimension: z.string(),
  value: z.string(),
  variant: z.string(),
  n: z.array(z.int()).describe("units, control first"),
  means: z.array(number).describe("control first"),
  difference: number,
  interval,
  pValue: number,
  adjustedPValue: number,
  relativeDifference: number,
  relativeInterval: interval,
  shrunkRelativeDifference: number,
  share: number.describe("of all units in it"),
  contribution: number.describe("share in both arms x effect of the plain means, absolute; they add up to `within`"),
  sampleRatioPValue: number,
  reason
});

/** What all segments of a dimension say together. */
export const segmentSummarySchema = z.object({
  dimension: z.string(),
  variant: z.string(),
  pooled: number,
  cochranQ: number,
  interactionPValue: number,
  tauSquared: number,
  within: number.describe("sum of share x effect"),
  mix: number.describe("the part of the difference that comes from unequal shares"),
  simpson: z.boolean().describe("every segment points one way and the total the other"),
  sentence: z.string(),
  whereFrom: z.string().nullable().default(null).describe("the decomposition in a sentence"),
  reason
});

/** A guardrail's judgement of one treatment. */
export const guardrailResultSchema = z.object({
  variant: z.string(),
  status: z.enum(guardrailStatuses),
  margin: z.object({value: z.number(), relative: z.boolean()}).nullable(),
  limit: number,
  ratio: number,
  pValue: number.describe("one-sided, of being within the margin"),
  unitsNeeded: number,
  sentence: z.string(),
  reason
});

/** Power and what is left. */
export const powerSchema = z.object({
  minimumEffect: number.describe("relative"),
  requiredUnits: number.describe("in all arms, for the declared alpha, power and effect"),
  units: z.int(),
  achieved: number.describe("power of the experiment as it stands"),
  detectable: number.describe("relative effect that it can see at the declared power"),
  daysLeft: number,
  method: z.string(),
  reason
});

/** The Bayesian view; it explains and never decides. */
export const bayesianSchema = z.object({
  prior: z.string(),
  comparisons: z.array(
    z.object({
      variant: z.string(),
      probabilityBetter: number,
      expectedLoss: number.describe("of choosing the treatment, absolute"),
      credibleInterval: interval,
      posterior: z.array(z.object({variant: z.string(), mean: z.number(), standardDeviation: z.number()})),
      reason
    })
  ),
  probabilityBest: z.array(z.object({variant: z.string(), probability: number}))
});

/** An experiment whose traffic followed the result. */
export const banditSchema = z.object({
  metric: z.string().describe("the reward: a primary metric"),
  binary: z.boolean().describe("rewards are 0 and 1"),
  logged: z.boolean().describe("whether the probabilities were logged, without which nothing honest can be said"),
  reason: z.string().nullable().describe("why not"),
  weighting: z.enum(["constant", "two-point"]),
  minutes: z.int().describe("length of a slice of entry time in which the probabilities held"),
  slices: z.int(),
  floor: number.describe("smallest logged probability"),
  units: z.int().describe("with a known reward"),
  best: z.string().nullable().describe("variant with the best estimate"),
  regret: number.describe("reward lost to worse variants, by the estimates"),
  arms: z.array(
    z.object({
      variant: z.string(),
      n: z.int(),
      share: number.describe("of all units with a known reward"),
      plainMean: number.describe("biased: the data chose the arms"),
      mean: number.describe("adaptively weighted by inverse propensities"),
      standardError: number,
      interval,
      posteriorMean: number,
      credibleInterval: interval,
      probabilityBest: number,
      reason
    })
  ),
  path: z
    .array(
      z.object({
        date: day,
        units: z.int(),
        regret: number,
        arms: z.array(z.object({variant: z.string(), mean: number, interval, probabilityBest: number}))
      })
    )
    .describe("beliefs as of the end of each day, from published rows"),
  warnings: z.array(
    z.object({
      code: z.enum(["no-propensities", "small-arm", "uncertain-best"]),
      message: z.string(),
      bias: z
        .array(z.object({variant: z.string(), bias: number, relativeBias: number, coverage: number}))
        .nullable()
        .describe("of plain means and intervals, by simulation of such a bandit")
    })
  )
});

/** One metric with all that is said of it. */
export const metricResultSchema = z.object({
  key: z.string(),
  name: z.string(),
  description: z.string(),
  role: z.enum(roles),
  kind: z.enum(kinds),
  direction: z.enum(directions),
  unit: z.string().nullable(),
  method: z.enum(methods),
  window: number.describe("days since exposure"),
  mature: z.boolean(),
  quantile: z.number().nullable().default(null).describe("of a quantile metric, in (0, 1)"),
  origin: z.record(z.string(), z.number()),
  exactFrom: day.nullable().describe("the last day for which the whole-variant sums are exact"),
  arms: z.array(armSchema),
  comparisons: z.array(comparisonSchema),
  overall: z
    .object({chiSquare: number, degreesOfFreedom: number, pValue: number, reason})
    .nullable()
    .describe("k arms: that any arm differs"),
  path: z.array(z.object({date: day, comparisons: z.array(pathComparisonSchema)})),
  sequential: sequentialSchema.nullable(),
  novelty: z.array(noveltySchema).nullable(),
  segments: z.array(segmentSchema),
  segmentSummaries: z.array(segmentSummarySchema).default([]),
  guardrail: z.array(guardrailResultSchema).nullable(),
  power: powerSchema.nullable(),
  bayesian: bayesianSchema.nullable().default(null),
  distribution: z
    .array(z.object({variant: z.string(), bins: z.array(z.tuple([z.number(), z.number(), z.number()]))}))
    .nullable()
    .default(null)
    .describe("lower edge, upper edge, share"),
  sql: z.string().nullable().default(null),
  reason
});

/** One health check. */
export const healthCheckSchema = z.object({
  key: z.string(),
  name: z.string(),
  status: z.enum(checkStatuses),
  value: number,
  threshold: number,
  message: z.string(),
  whatToDo: z.string(),
  date: day.nullable().default(null).describe("since when, where that is known"),
  details: z.array(z.object({label: z.string(), value: number, status: z.enum(checkStatuses)})).default([])
});

/** After a launch: those who have the launched variant against those who stayed behind, of all that came since. */
export const holdoutSchema = z.object({
  variant: z.string().describe("stays behind"),
  launched: z.string(),
  from: day.describe("first day after the launch"),
  asOf: day.nullable(),
  share: number.describe("of the traffic that stays behind; null where it is not said"),
  units: z.array(z.object({variant: z.string(), units: z.int()})).describe("who came since the launch"),
  sampleRatio: z.object({status: z.enum(checkStatuses), message: z.string()}).nullable(),
  metrics: z.array(
    metricResultSchema.pick({
      key: true,
      name: true,
      role: true,
      kind: true,
      direction: true,
      unit: true,
      arms: true,
      comparisons: true
    })
  ),
  sentence: z.string(),
  reason
});

/** readout.json: the whole result of an experiment as of a day. */
export const readoutSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  id: z.string(),
  title: z.string(),
  hypothesis: z.string().nullable(),
  description: z.string().nullable().default(null),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  status: z.enum(statuses),
  start: day,
  end: day.nullable(),
  asOf: day.nullable(),
  timezone: z.string(),
  runId: z.string(),
  stale: z.object({since: day.nullable(), reason: z.string()}).nullable(),
  pin: z.object({date: day.nullable(), differs: z.boolean(), message: z.string()}).nullable(),
  alpha: z.number(),
  powerGoal: z.number(),
  alternative: z.enum(alternatives),
  correction: z.enum(corrections),
  minimumUnits: z.int(),
  phases: z.array(
    z.object({name: z.string(), start: day, end: day.nullable(), weights: z.record(z.string(), z.number())})
  ),
  dimensions: z.array(z.object({key: z.string(), name: z.string(), values: z.array(z.string())})),
  variants: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      role: z.enum(["control", "treatment"]),
      weight: z.number(),
      units: z.int()
    })
  ),
  metrics: z.array(metricResultSchema),
  bandit: banditSchema.nullable().default(null),
  health: z.object({status: z.enum(checkStatuses), checks: z.array(healthCheckSchema)}),
  decision: z.object({
    verdict: z.enum(verdicts),
    label: z.string(),
    sentence: z.string(),
    variant: z.string().nullable().describe("the treatment it speaks of"),
    reasons: z.array(z.string()),
    wouldChange: z.array(z.string())
  }),
  insights: z.array(z.object({key: z.string(), text: z.string(), evidence: z.string(), weight: z.number()})),
  changes: z.array(z.object({date: day.nullable(), what: z.string(), text: z.string()})),
  timeline: z.array(z.object({date: day, runId: z.string(), verdict: z.enum(verdicts), label: z.string()})).default([]),
  holdout: holdoutSchema.nullable().default(null),
  traffic: z
    .array(z.object({date: day, units: z.array(z.int())}))
    .describe("new units by day, in the order of `variants`"),
  hours: z
    .array(z.object({hour: z.string(), units: z.array(z.int())}))
    .optional()
    .describe("new units by hour, such as 2026-01-31T13:00, while there are two days at most"),
  input: z.object({
    rows: z.int(),
    units: z.int(),
    excluded: z.array(
      z.object({
        reason: z.string(),
        fact: z.string().nullable(),
        rows: z.int(),
        units: z.int().nullable(),
        byVariant: z.record(z.string(), z.int()).optional(),
        text: z.string()
      })
    ),
    hash: z.string(),
    sql: z.string().nullable(),
    coarsened: z.string().nullable().default(null)
  }),
  design: z.object({
    text: z.string().describe("the definition as YAML, secrets out"),
    hash: z.string(),
    registered: z
      .object({date: day.nullable(), hash: z.string()})
      .optional()
      .describe("the first definition that was built, and the last day of its data")
  }),
  files: z.array(z.object({name: z.string(), bytes: z.int(), rows: z.int().nullable()}))
});

/** One line of `src/readouts/index.json`: what the home page needs of an experiment. */
export const indexEntrySchema = z.object({
  id: z.string(),
  title: z.string(),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  status: z.enum(statuses),
  verdict: z.enum(verdicts).nullable(),
  label: z.string().nullable(),
  sentence: z.string().nullable(),
  health: z.enum(checkStatuses).nullable(),
  start: day,
  end: day.nullable(),
  asOf: day.nullable(),
  units: z.int(),
  plannedUnits: number,
  days: z.int(),
  plannedDays: number,
  schedule: z.int().describe("days after which data are stale"),
  runId: z.string().nullable(),
  stale: z.string().nullable(),
  error: z.string().nullable(),
  primary: z
    .object({
      key: z.string(),
      name: z.string(),
      direction: z.enum(directions),
      variant: z.string(),
      relativeDifference: number,
      relativeInterval: interval,
      level: z.number()
    })
    .nullable(),
  alerts: z.array(
    z.object({
      key: z.string(),
      status: z.enum(checkStatuses),
      message: z.string(),
      whatToDo: z.string(),
      date: day.nullable()
    })
  )
});

/** `src/readouts/index.json`. */
export const indexSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  asOf: day.nullable(),
  experiments: z.array(indexEntrySchema)
});

export type Readout = z.output<typeof readoutSchema>;
export type MetricResult = z.output<typeof metricResultSchema>;
export type ArmResult = z.output<typeof armSchema>;
export type ComparisonResult = z.output<typeof comparisonSchema>;
export type PathComparison = z.output<typeof pathComparisonSchema>;
export type SequentialResult = z.output<typeof sequentialSchema>;
export type SequentialComparison = z.output<typeof sequentialComparisonSchema>;
export type LookResult = z.output<typeof lookSchema>;
export type NoveltyResult = z.output<typeof noveltySchema>;
export type SegmentResult = z.output<typeof segmentSchema>;
export type SegmentSummary = z.output<typeof segmentSummarySchema>;
export type HoldoutResult = z.output<typeof holdoutSchema>;
export type GuardrailResult = z.output<typeof guardrailResultSchema>;
export type PowerResult = z.output<typeof powerSchema>;
export type BanditResult = z.output<typeof banditSchema>;
export type BayesianResult = z.output<typeof bayesianSchema>;
export type HealthCheck = z.output<typeof healthCheckSchema>;
export type Decision = Readout["decision"];
export type Excluded = Readout["input"]["excluded"][number];
export type IndexEntry = z.output<typeof indexEntrySchema>;
export type ReadoutIndex = z.output<typeof indexSchema>;
