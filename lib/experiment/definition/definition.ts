import {z} from "zod";
import {alternatives, corrections, directions, kinds, methods, shapes, statuses, verdicts} from "../words.ts";

/**
 * The definitions that an analyst writes under `data/`: experiments, metrics and sources. These schemas are the truth
 * about their form; the types below and the JSON Schemas for editors are made from them.
 */

/** A name that is safe as a file name, a URL segment and an HTML id: `green-checkout`, `p95_latency`. */
export const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/;

const id = z.string().regex(idPattern, "a name of letters, digits, - and _ (at most 80)");
const text = z.string().trim().min(1, "text that is not empty").max(2000);
const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, "a date such as 2026-01-31")
  .refine(
    (value) => !Number.isNaN(Date.parse(value)) && new Date(value).toISOString().startsWith(value),
    "a date that exists"
  );
const days = z.string().regex(/^[1-9]\d{0,3}d$/, "a number of days such as 7d");
const share = z.string().regex(/^\d+(\.\d+)?%$/, "a percentage such as 2%");
const positiveShare = share.regex(/[1-9]/, "a percentage above 0%");
const duration = z.string().regex(/^[1-9]\d*(ms|s|m)$/, "a time such as 500ms, 30s or 10m");
const spendings = ["obrien-fleming", "pocock", "hwang-shih-decani", "kim-demets"] as const;
const probability = z.number().gt(0).lt(1);
const column = z.string().min(1, "the name of a column").max(200);
const span = z.tuple([z.int().min(0), z.int().min(0)]);

/** One variant: who it is, and its share of the traffic. */
export const variantSchema = z.strictObject({
  role: z.enum(["control", "treatment"]).default("treatment").describe("one variant is the control"),
  weight: z.number().gt(0).lte(1).describe("share of traffic; the weights of all variants add up to 1"),
  name: text.optional().describe("how pages call it; default: its key"),
  values: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("the values in the log that mean this variant; default: its key")
});

/** A dimension: a column of the exposures (or of a joined attribute table), or a SQL expression over them. */
export const dimensionSchema = z.strictObject({
  column: column.optional(),
  expression: z.string().min(1).optional().describe("SQL over the columns of the exposures"),
  fact: id.optional().describe("an attribute table: a fact of shape units, joined by unit"),
  name: text.optional(),
  top: z.int().min(1).max(1000).default(20).describe("the most frequent values that are kept; the rest is `other`")
});

/** A guardrail: a metric, and how much worse it may become. */
export const guardrailSchema = z.strictObject({
  metric: id,
  margin: z
    .union([positiveShare, z.number().gt(0)])
    .optional()
    .describe("non-inferiority margin: 25% of control, or an amount"),
  limit: z.number().optional().describe("hard limit for the treatment's own value, in the metric's unit"),
  ratio: z.number().gt(0).optional().describe("severe when treatment > ratio x control (for a metric that should fall)")
});

/** The sequential design. */
export const designSchema = z.strictObject({
  method: z.enum(methods).default("fixed"),
  spending: z
    .union([z.enum(spendings), z.array(z.tuple([z.number().gt(0).lte(1), z.number().gt(0).lte(1)])).min(1)])
    .default("obrien-fleming")
    .describe("how alpha is spent; a table is a list of [fraction, share of alpha spent until then]"),
  parameter: z.number().optional().describe("gamma of hwang-shih-decani (default -4), rho of kim-demets (default 3)"),
  looks: z.union([z.literal("nightly"), z.int().min(1).max(1000)]).default("nightly"),
  plannedUnits: z.int().min(2).optional().describe("units in all arms together at the planned end"),
  futility: z
    .union([
      z.literal(false),
      z.strictObject({spending: z.enum(spendings).optional(), binding: z.boolean().default(false)})
    ])
    .default(false),
  tuneAt: z.int().min(2).optional().describe("units for which an always-valid interval is tightest"),
  mixing: z.number().gt(0).optional().describe("standard deviation of the mixing normal of the mSPRT")
});

/** A span with fixed weights. */
export const phaseSchema = z.strictObject({
  start: date,
  weights: z.record(z.string(), z.number().gt(0).lte(1)).describe("of the variants whose weight changes"),
  name: text.optional()
});

/** Logs to make up for a demo, from a seed. The simulator documents and checks what is inside. */
export const simulateSchema = z.record(z.string(), z.unknown());

/** `data/experiments/<id>.yaml`. */
export const experimentSchema = z.strictObject({
  title: text,
  hypothesis: text.optional(),
  description: text.optional(),
  owner: text.optional(),
  tags: z.array(text).default([]),
  status: z.enum(statuses).default("running"),
  start: date.describe("first day of exposures"),
  end: date.optional().describe("planned last day"),
  timezone: z.string().default("UTC").describe("IANA name; days begin and end there"),
  exposures: id.describe("a fact of sources.yaml, of any shape but events"),
  experiment: z.string().optional().describe("value of the fact's experiment column; default: the id"),
  variants: z.record(z.string().min(1).max(200), variantSchema),
  dimensions: z.union([z.array(column), z.record(id, dimensionSchema)]).default([]),
  metrics: z.strictObject({
    primary: z.array(id).min(1),
    secondary: z.array(id).default([]),
    guardrails: z.array(z.union([id, guardrailSchema])).default([])
  }),
  minimumEffect: z.record(id, positiveShare).default({}).describe("smallest relative lift worth acting on, per metric"),
  alpha: probability.default(0.05),
  power: probability.default(0.8),
  alternative: z.enum(alternatives).default("two-sided"),
  correction: z.enum(corrections).default("holm").describe("over treatments and primary metrics"),
  design: designSchema.prefault({}),
  phases: z
    .array(phaseSchema)
    .default([])
    .describe("weights that change mid-run; before the first phase the variants' own weights hold"),
  bandit: z
    .union([z.literal(true), z.strictObject({weighting: z.enum(["constant", "two-point"]).default("constant")})])
    .optional()
    .describe("the traffic follows the result; the exposures' `propensity` column says with which probability"),
  activation: z
    .strictObject({fact: id, event: z.string().optional(), where: z.string().optional()})
    .optional()
    .describe("an event that must follow the exposure; a unit counts from it on"),
  novelty: z
    .strictObject({early: span, late: span})
    .optional()
    .describe("tenure days compared; default first and last week"),
  crossovers: z.strictObject({warning: share.default("0.1%"), blocked: share.default("1%")}).prefault({}),
  minimumUnits: z.int().min(1).default(10).describe("no published row is made by fewer units"),
  budget: z.int().min(100).default(20000).describe("path rows at most; coarser cells beyond"),
  labels: z
    .union([z.enum(["readout", "ship", "launch"]), z.partialRecord(z.enum(verdicts), text)])
    .default("readout")
    .describe("the words for verdicts"),
  pin: z.union([z.boolean(), date]).default(false).describe("a stopped experiment keeps its published numbers"),
  holdout: z
    .union([
      z.string(),
      z.strictObject({
        variant: z.string().describe("the variant that stays behind"),
        launched: z.string().optional().describe("the variant that everybody else has; default: the one treatment"),
        from: date.optional().describe("first day after the launch; default: the day after `end`"),
        share: positiveShare.optional().describe("of the traffic that stays behind; its mismatch is then tested")
      })
    ])
    .optional()
    .describe("who stays behind after the launch of a stopped experiment"),
  simulate: simulateSchema.optional()
});

const stream = z.strictObject({
  fact: id.optional(),
  event: z.string().optional(),
  value: column.optional(),
  where: z.string().optional()
});

/** One metric of `data/metrics.yaml`. */
export const metricSchema = z.strictObject({
  kind: z.enum(kinds),
  name: text.optional(),
  description: text.optional(),
  fact: id.optional().describe("the fact that holds its rows; ratio metrics may name one per side"),
  event: z.string().optional().describe("only rows of this event"),
  value: column.optional().describe("the column to sum; without it, events are counted"),
  where: z.string().optional().describe("SQL condition over the fact's columns"),
  numerator: stream.optional(),
  denominator: stream.optional(),
  squares: column.optional().describe("summary input: column with the sum of squares"),
  count: column.optional().describe("summary input: column with the number of units; default: the fact's `users`"),
  days: span.optional().describe("retention: tenure days from and to"),
  quantile: probability.optional(),
  of: z.enum(["units", "events"]).optional().describe("quantile of what; default events"),
  window: days.optional().describe("only events within this time since exposure"),
  mature: z.boolean().optional().describe("only units that lived through the window count; default true with a window"),
  cap: z
    .union([z.number(), z.string().regex(/^p(100|\d{1,2}(\.\d+)?)$/, "a value, or a percentile such as p99.9")])
    .optional(),
  minimumTotal: z.number().optional().describe("sum over all arms before the metric is judged"),
  covariate: z
    .union([days, z.strictObject({column}), z.strictObject({fact: id, value: column})])
    .optional()
    .describe("the same metric in the days before exposure, or a column"),
  negative: z.enum(["keep", "exclude"]).default("exclude").describe("what becomes of rows with a negative value"),
  direction: z.enum(directions).default("increase"),
  unit: z.string().max(20).optional().describe("unit of display: USD, ms, %")
});

/** One log, described once. */
export const factSchema = z.strictObject({
  shape: z.enum(shapes),
  path: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe("a file or glob, relative to data/"),
  format: z.enum(["csv", "tsv", "parquet", "json"]).optional().describe("default: from the file's ending"),
  connection: id.optional(),
  table: z.string().optional().describe("a table of the connection, or of the .duckdb file at `path`"),
  sql: z.string().optional().describe("a SELECT over the connection, or over files relative to data/"),
  unit: column.optional(),
  variant: column.optional(),
  timestamp: column.optional(),
  timezone: z.string().optional().describe("of timestamps without one; default UTC"),
  experiment: column.optional(),
  event: column.optional(),
  dimensions: z.array(column).default([]),
  values: z.array(column).default([]),
  users: column.optional().describe("summary: units per variant"),
  metric: column.optional().describe("snapshots and cube: column that names the metric"),
  n: column.optional().describe("snapshots: units"),
  mean: column.optional(),
  variance: column.optional(),
  propensity: column.optional().describe("bandit logs: probability with which the variant was chosen"),
  duplicates: z
    .enum(["drop", "keep"])
    .optional()
    .describe("identical rows; default: drop where timestamps have a time of day"),
  lateness: days.default("3d").describe("how late a row may arrive and still be read by a nightly"),
  schedule: days.default("1d").describe("how often new rows are expected; older is stale")
});

/** A database to read from. Secrets come from the environment: `${DATABASE_URL}`. */
export const connectionSchema = z.strictObject({
  engine: z.enum(["duckdb", "postgres", "clickhouse", "sqlite"]),
  url: z.string().optional(),
  path: z.string().optional(),
  mode: z.enum(["push-down", "pull"]).optional(),
  timeout: duration.default("10m"),
  memory: z.string().optional()
});

/** Somebody to tell about alerts. */
export const webhookSchema = z.strictObject({
  url: z.string(),
  form: z.enum(["slack", "teams", "json"]).default("json"),
  timeout: duration.default("10s")
});

/** `data/metrics.yaml`. */
export const metricsSchema = z.record(id, metricSchema);

/** `data/sources.yaml`. */
export const sourcesSchema = z.strictObject({
  connections: z.record(id, connectionSchema).default({}),
  facts: z.record(id, factSchema).default({}),
  webhooks: z.record(id, webhookSchema).default({}),
  history: z.string().optional().describe("folder of the memory; default history/ beside data/")
});

export type Variant = z.output<typeof variantSchema>;
export type Dimension = z.output<typeof dimensionSchema>;
export type Guardrail = z.output<typeof guardrailSchema>;
export type Design = z.output<typeof designSchema>;
export type Phase = z.output<typeof phaseSchema>;
export type Metric = z.output<typeof metricSchema>;
export type Fact = z.output<typeof factSchema>;
export type Connection = z.output<typeof connectionSchema>;
export type Webhook = z.output<typeof webhookSchema>;
export type Sources = z.output<typeof sourcesSchema>;
export type Metrics = z.output<typeof metricsSchema>;
/** An experiment as it is written, defaults filled in. */
export type WrittenExperiment = z.output<typeof experimentSchema>;

/** An experiment as defined, its id added, dimensions and guardrails in their long form. */
export type Experiment = Omit<z.output<typeof experimentSchema>, "dimensions" | "metrics"> & {
  id: string;
  dimensions: Record<string, Dimension>;
  metrics: {primary: string[]; secondary: string[]; guardrails: Guardrail[]};
};

/** All definitions of one data folder, checked against each other. */
export interface Definitions {
  experiments: Experiment[];
  metrics: Metrics;
  /** With the environment's values put in: for reading the data, never for showing. */
  sources: Sources;
  /** As written, `${NAME}` unresolved: what may be shown, hashed or stored. Default: `sources`. */
  written?: Sources;
}
