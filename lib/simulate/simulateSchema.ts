import {z} from "zod";

/**
 * What a `simulate:` block of an experiment may say. Spans are written `7d` or `2.5d`, shares and lifts `12%` or `-3%`;
 * after parsing both are numbers (days, fractions). Days count from the experiment's `start`, which is day 0, in UTC.
 */

const share = z
  .string("a percentage from 0% to 100%")
  .regex(/^(100|\d{1,2}(\.\d+)?)%$/, "a percentage from 0% to 100%")
  .transform((text) => Number(text.slice(0, -1)) / 100);
const lift = z
  .string("a percentage of -100% or more, such as 6% or -3%")
  .regex(/^(\d+(\.\d+)?|-(100|\d{1,2}(\.\d+)?))%$/, "a percentage of -100% or more, such as 6% or -3%")
  .transform((text) => Number(text.slice(0, -1)) / 100);
const span = z
  .string("a number of days such as 7d or 2.5d")
  .regex(/^(?=.*[1-9])\d{1,4}(\.\d+)?d$/, "a number of days such as 7d or 2.5d")
  .transform((text) => Number(text.slice(0, -1)));
const wholeSpan = z
  .string("a number of days such as 7d")
  .regex(/^[1-9]\d{0,3}d$/, "a number of days such as 7d")
  .transform((text) => Number(text.slice(0, -1)));
const name = z.string().min(1).max(200);
const column = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, "a column name of letters, digits and _");
const spread = z.number().min(0).max(3);
const correlation = z.number().min(-1).max(1);
const segments = z.record(name, z.record(name, z.number().min(0).max(100)));

/** What a treatment does to a rate or a value. */
export const effectSchema = z.strictObject({
  lift: lift.describe("relative change, at the exposure for `fading`, in the long run for `growing`"),
  shape: z.enum(["constant", "fading", "growing"]).default("constant"),
  halfLife: span.default(7).describe("fading and growing: days since exposure until half of it is gone, or there"),
  rest: share.default(0).describe("fading: the share of the lift that stays for good"),
  by: z
    .record(name, z.record(name, lift))
    .default({})
    .describe("another lift for some values of a dimension; the first dimension that matches counts")
});

/** The number that comes with an event: lognormal. */
export const valueSchema = z
  .strictObject({
    column,
    mean: z.number().gt(0).optional().describe("over all events of all units; this or `median`"),
    median: z.number().gt(0).optional(),
    sigma: spread.default(0.5).describe("standard deviation of the logarithm between events of one unit"),
    spread: spread.default(0).describe("standard deviation of the logarithm between units"),
    correlation: correlation.default(1).describe("of a unit's level before and after its exposure"),
    digits: z.int().min(0).max(6).default(2).describe("decimals"),
    by: segments.default({}).describe("factors for values of dimensions, effects or no effects"),
    effect: z.record(name, effectSchema).default({}).describe("by variant")
  })
  .refine((value) => (value.mean === undefined) !== (value.median === undefined), "either mean or median");

const stream = {
  pre: wholeSpan.optional().describe("logged for so long before the exposure too; default: not at all"),
  spread: spread.default(0).describe("standard deviation of the logarithm of the unit's own rate"),
  correlation: correlation
    .default(1)
    .describe(
      "of the logarithms of a unit's rate before and after its exposure; counts correlate less, as chance is in both"
    ),
  by: segments.default({}).describe("factors for values of dimensions, effects or no effects"),
  effect: z.record(name, effectSchema).default({}).describe("on the rate, by variant"),
  value: valueSchema.optional()
};

/** One kind of event. */
export const eventSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("conversion").describe("done by a share of the units, some time after the exposure"),
    probability: z.number().gt(0).lt(1).describe("that a unit of the control ever does it"),
    within: span.default(7).describe("no later than that after the exposure"),
    delay: span.default(1).describe("mean time from exposure, before it is cut at `within`"),
    again: share.default(0).describe("share of conversions that are followed by another, after a delay of its own"),
    ...stream
  }),
  z.strictObject({
    kind: z.literal("repeated").describe("done at a rate, with the rhythm of day and week"),
    rate: z.number().gt(0).max(10000).describe("events a day of a unit in control"),
    lasts: span.optional().describe("only so long after the exposure; default: to the end of the log"),
    decay: z
      .strictObject({halfLife: span, rest: share.default(0)})
      .optional()
      .describe("the rate falls with the days since exposure, in all arms alike"),
    ...stream
  })
]);

/** What goes wrong. No fault moves the random numbers of anything else: the other rows stay as they were. */
export const faultsSchema = z.strictObject({
  split: z
    .record(name, z.number().gt(0).lte(1))
    .optional()
    .describe("the split that really happened (sample ratio mismatch), such as 0.7 and 0.3"),
  lostExposures: z
    .array(
      z.strictObject({
        variant: name.optional(),
        where: z.record(name, name).default({}).describe("dimension: value"),
        share,
        from: z.int().min(0).default(0).describe("first day"),
        to: z.int().min(0).optional().describe("last day")
      })
    )
    .default([])
    .describe("units whose exposures were never logged, though they saw the variant and their events are there"),
  dropout: z
    .array(
      z.strictObject({
        from: z.int().describe("first day"),
        to: z.int().optional().describe("last day; default: the same day"),
        hours: z.tuple([z.number().min(0).max(24), z.number().min(0).max(24)]).default([0, 24]),
        variant: name.optional(),
        of: z.enum(["all", "exposures", "events"]).default("all"),
        share: share.default(1)
      })
    )
    .default([])
    .describe("rows that were lost for some time"),
  duplicates: share.default(0).describe("share of event rows that are there twice"),
  late: z
    .strictObject({share, days: span})
    .optional()
    .describe("share of event rows that arrive up to so many days late; adds the column `arrived`"),
  crossovers: share.default(0).describe("share of units that are later exposed to another variant as well"),
  bots: z
    .strictObject({
      share,
      event: name,
      rate: z.number().gt(0).max(100000).describe("events a day"),
      lasts: span.default(1)
    })
    .optional()
    .describe("units that also do one thing far too often, like a clockwork")
});

/** The `simulate:` block. */
export const simulateSchema = z.strictObject({
  seed: z.int().min(0).max(0xffffffff),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, "letters, digits, - and _")
    .optional()
    .describe("begins every unit id; default: the experiment's id and a dash"),
  units: z.int().min(1).max(50_000_000).describe("that enter on all days of `entries`, in all arms together"),
  entries: wholeSpan.optional().describe("days on which units enter; default: until the experiment's `end`"),
  days: wholeSpan
    .optional()
    .describe("days that are logged; default: as many as `entries`; fewer show it as it was by then"),
  week: z
    .array(z.number().gt(0).max(10))
    .length(7)
    .default([1.05, 1.08, 1.06, 1.04, 1, 0.88, 0.89])
    .describe("traffic from Monday to Sunday, relative to each other"),
  hours: z
    .strictObject({peak: z.number().min(0).lt(24).default(15), depth: z.number().min(0).max(1).default(0.6)})
    .prefault({})
    .describe("traffic over the day: 1 + depth times the cosine of the time to the peak, UTC"),
  ramp: z
    .strictObject({days: wholeSpan, from: share})
    .optional()
    .describe("traffic grows to its full size over the first days, in equal steps from a share of it"),
  jitter: z.number().min(0).max(0.5).default(0.03).describe("standard deviation of a day's traffic about its plan"),
  split: z.record(name, z.number().gt(0).lte(1)).optional().describe("default: the variants' weights"),
  bandit: z
    .strictObject({
      event: name.describe("what pays: whether a unit does it within the event's `within`, of kind conversion"),
      policy: z.enum(["thompson", "ucb1", "epsilon-greedy"]).default("thompson"),
      floor: share.default(0.02).describe("the least share of a variant"),
      log: z.boolean().default(true).describe("whether the exposures have the column `propensity`")
    })
    .optional()
    .describe("the split is set anew each day, by what the units have done whose time is over"),
  again: share.default(0).describe("share of exposures that are followed by another of the same unit"),
  dimensions: z
    .record(
      column,
      z.union([
        z.record(name, z.number().gt(0)).describe("values and their shares, relative to each other"),
        z
          .strictObject({values: z.array(name).min(1).max(60000), skew: z.number().min(0).max(5).default(1)})
          .describe("values by rank: the k-th has a share of k to the power of minus `skew` (Zipf)")
      ])
    )
    .default({}),
  events: z.record(name, eventSchema).default({}),
  columns: z.array(column).optional().describe("value columns of the log; default: those of `events`, in their order"),
  faults: faultsSchema.prefault({})
});

export type EffectSpec = z.output<typeof effectSchema>;
export type ValueSpec = z.output<typeof valueSchema>;
export type EventSpec = z.output<typeof eventSchema>;
export type FaultSpec = z.output<typeof faultsSchema>;
export type SimulateSpec = z.output<typeof simulateSchema>;
/** The block as an analyst writes it. */
export type SimulateBlock = z.input<typeof simulateSchema>;
