import {mkdir, writeFile} from "node:fs/promises";
import {join} from "node:path";
import type {z} from "zod";
import {formatPercent, formatPercentInterval} from "../../lib/experiment/format.ts";
import {indexSchema, readoutSchema, schemaVersion} from "../../lib/experiment/readout.ts";
import type {IndexEntry, MetricResult, Readout, ReadoutIndex} from "../../lib/experiment/readout.ts";
import type {Direction, Kind, Role, Status, Verdict} from "../../lib/experiment/words.ts";
import {createRandom} from "../random.ts";

/** Invented readouts for looking at pages and for driving them in a browser: every number in them is made up. */

type Input = z.input<typeof readoutSchema>;
type MetricInput = z.input<typeof readoutSchema>["metrics"][number];

type MetricSpec = {
  key: string;
  name: string;
  role: Role;
  kind: Kind;
  direction?: Direction;
  unit?: string | null;
  mean: number;
  deviation?: number;
  /** True relative effects, one per treatment. */
  effects: number[];
  description?: string;
  margin?: number;
  window?: number | null;
  bare?: boolean;
};

type Spec = {
  id: string;
  title: string;
  hypothesis?: string | null;
  owner?: string | null;
  tags?: string[];
  status?: Status;
  verdict: Verdict;
  label: string;
  sentence?: string;
  start?: string;
  days?: number;
  plannedDays?: number;
  units: number;
  variants?: {key: string; name: string}[];
  metrics: MetricSpec[];
  dimensions?: Readout["dimensions"];
  method?: "fixed" | "group-sequential" | "always-valid";
  blocked?: boolean;
  stale?: string | null;
  novelty?: "fading" | "stable" | "growing" | "not-enough-days" | null;
  reasons?: string[];
};

const day = (start: string, k: number) => new Date(Date.parse(start) + k * 86_400_000).toISOString().slice(0, 10);
const z95 = 1.959963985;

/** Returns one readout that the schema accepts. */
export function makeReadout(spec: Spec, seed = 1): Readout {
  const random = createRandom(seed, spec.id.length);
  const start = spec.start ?? "2026-01-05";
  const days = spec.days ?? 28;
  const asOf = day(start, days - 1);
  const variants = spec.variants ?? [
    {key: "control", name: "Control"},
    {key: "green", name: "Green"}
  ];
  const weight = 1 / variants.length;
  const dimensions = spec.dimensions ?? [
    {key: "platform", name: "Platform", values: ["iOS", "Android", "Web"]},
    {key: "country", name: "Country", values: ["US", "CA", "DE", "FR", "other"]}
  ];
  const units = variants.map((_, i) =>
    Math.round(spec.units * weight * (spec.blocked && i === 1 ? 1.08 : 1 + 0.002 * random.normal()))
  );
  const traffic = Array.from({length: days}, (_, k) => ({
    date: day(start, k),
    units: units.map((n) => Math.round((n / days) * (1.3 - (0.6 * k) / days) * (k % 7 > 4 ? 0.8 : 1.05)))
  }));
  const first = spec.metrics[0];
  const metrics = spec.metrics.map((m) => makeMetric(m, m === first));

  function makeMetric(m: MetricSpec, isFirst: boolean): MetricInput {
    const kind = m.kind;
    const sd =
      m.deviation ?? (kind === "proportion" || kind === "retention" ? Math.sqrt(m.mean * (1 - m.mean)) : m.mean * 2);
    const se = (share: number) => (sd / m.mean) * Math.sqrt(2 / (spec.units * weight * share));
    const estimates = m.effects.map((e) => e + (isFirst ? 0.15 : 0.6) * se(1) * random.normal());
    const primary = m.role === "primary";
    const treatments = variants.slice(1);
    const comparisons = treatments.map((v, i) => {
      const relative = estimates[i] ?? 0;
      const s = se(1);
      const p = 2 * upperTail(Math.abs(relative / s));
      return {
        variant: v.key,
        baseline: "control",
        difference: relative * m.mean,
        standardError: s * m.mean,
        interval: [(relative - z95 * s) * m.mean, (relative + z95 * s) * m.mean] as [number, number],
        pValue: p,
        adjustedPValue: primary && treatments.length === 1 ? null : Math.min(1, p * 2),
        adjustedInterval:
          primary && treatments.length === 1
            ? null
            : ([(relative - 2.24 * s) * m.mean, (relative + 2.24 * s) * m.mean] as [number, number]),
        relativeDifference: relative,
        relativeInterval: [relative - z95 * s, relative + z95 * s] as [number, number],
        level: 0.95,
        statistic: relative / s,
        degreesOfFreedom: null,
        test: kind === "proportion" ? "difference of proportions, Newcombe interval" : "Welch's t-test",
        adjustment: {
          covariate: primary ? "purchase in the 14 days before" : null,
          varianceReduction: primary ? 0.18 : null,
          correction: "holm" as const,
          intervalKind: "bonferroni",
          phases: 1
        },
        reason: null
      };
    });
    const walks = treatments.map(() => {
      const shareOf = (k: number) => Math.max(0.02, ((k + 1) / days) ** 0.85);
      const steps = new Array<number>(days).fill(0);
      for (let k = days - 2; k >= 0; --k)
        steps[k] = (steps[k + 1] ?? 0) + Math.sqrt(se(shareOf(k)) ** 2 - se(shareOf(k + 1)) ** 2) * random.normal();
      return steps;
    });
    const path = m.bare
      ? []
      : Array.from({length: days}, (_, k) => {
          const share = Math.max(0.02, ((k + 1) / days) ** 0.85);
          return {
            date: day(start, k),
            comparisons: treatments.map((v, i) => {
              const s = se(share) * (spec.method === "always-valid" ? 1.5 : 1);
              const relative = (estimates[i] ?? 0) + (walks[i]?.[k] ?? 0) * (m.mean ? 1 : 0);
              return {
                variant: v.key,
                n: Math.round(spec.units * weight * 2 * share),
                difference: relative * m.mean,
                interval: [(relative - z95 * s) * m.mean, (relative + z95 * s) * m.mean] as [number, number],
                relativeDifference: relative,
                relativeInterval: [relative - z95 * s, relative + z95 * s] as [number, number],
                pValue: 2 * upperTail(Math.abs(relative / s))
              };
            })
          };
        });
    const method = primary ? (spec.method ?? "fixed") : "fixed";
    return {
      key: m.key,
      name: m.name,
      description: m.description ?? "",
      role: m.role,
      kind,
      direction: m.direction ?? "increase",
      unit: m.unit ?? null,
      method,
      window: m.window === undefined ? 7 : m.window,
      mature: method !== "fixed",
      origin: {y: 0},
      exactFrom: asOf,
      arms: variants.map((v, i) => {
        const mean = i === 0 ? m.mean : m.mean * (1 + (estimates[i - 1] ?? 0));
        return {variant: v.key, n: units[i] ?? 0, mean, standardDeviation: sd, reason: null};
      }),
      comparisons,
      overall:
        treatments.length > 1
          ? {chiSquare: 8.12, degreesOfFreedom: treatments.length, pValue: 0.017, reason: null}
          : null,
      path,
      sequential: primary && method !== "fixed" ? makeSequential(m, estimates, se) : null,
      novelty: primary && spec.novelty ? treatments.map((v, i) => makeNovelty(m, v.key, estimates[i] ?? 0, se)) : null,
      segments: m.bare
        ? []
        : treatments.flatMap((v, i) =>
            dimensions.flatMap((d) =>
              d.values.map((value, j) => {
                const share = 1 / d.values.length;
                const s = se(share);
                const relative = (estimates[i] ?? 0) + 0.8 * s * random.normal();
                const half = Math.round((spec.units * weight * share) / 1);
                return {
                  dimension: d.key,
                  value,
                  variant: v.key,
                  n: [half, half],
                  means: [m.mean, m.mean * (1 + relative)],
                  difference: relative * m.mean,
                  interval: [(relative - z95 * s) * m.mean, (relative + z95 * s) * m.mean] as [number, number],
                  pValue: 2 * upperTail(Math.abs(relative / s)),
                  adjustedPValue: Math.min(1, 2 * upperTail(Math.abs(relative / s)) * d.values.length),
                  relativeDifference: relative,
                  relativeInterval: [relative - z95 * s, relative + z95 * s] as [number, number],
                  shrunkRelativeDifference: (estimates[i] ?? 0) * 0.7 + relative * 0.3,
                  share,
                  contribution: relative * m.mean * share,
                  sampleRatioPValue: j === 0 ? 0.4 : 0.7,
                  reason: null
                };
              })
            )
          ),
      segmentSummaries: m.bare
        ? []
        : treatments.flatMap((v, i) =>
            dimensions.map((d) => ({
              dimension: d.key,
              variant: v.key,
              pooled: (estimates[i] ?? 0) * m.mean,
              cochranQ: d.values.length * 0.9,
              interactionPValue: 0.44,
              tauSquared: 0,
              within: (estimates[i] ?? 0) * m.mean,
              mix: 0.0001,
              simpson: false,
              sentence: `Segments of ${d.name.toLowerCase()} do not differ more than chance explains (p\u00a0=\u00a00.44).`,
              reason: null
            }))
          ),
      guardrail:
        m.role === "guardrail"
          ? treatments.map((v, i) => {
              const margin = m.margin ?? 0.25;
              const worse = (m.direction === "decrease" ? 1 : -1) * (estimates[i] ?? 0);
              const status =
                worse - z95 * se(1) > margin
                  ? ("severe" as const)
                  : worse - z95 * se(1) > 0
                    ? ("worsened" as const)
                    : worse + z95 * se(1) < margin
                      ? ("passed" as const)
                      : ("not-yet-known" as const);
              return {
                variant: v.key,
                status,
                margin: {value: margin, relative: true},
                limit: null,
                ratio: 1 + (estimates[i] ?? 0),
                pValue: status === "passed" ? 0.0001 : 0.9,
                unitsNeeded: status === "not-yet-known" ? Math.round(spec.units * 1.8) : null,
                sentence:
                  status === "severe"
                    ? `${m.name} is ${formatPercent(worse)} worse, beyond the margin of ${formatPercent(margin)}.`
                    : `${m.name} stays within the margin of ${formatPercent(margin)}.`,
                reason: null
              };
            })
          : null,
      power: primary
        ? {
            minimumEffect: 0.02,
            requiredUnits: Math.round(spec.units * 1.22),
            units: units.reduce((a, b) => a + b, 0),
            achieved: 0.74,
            detectable: 2.8 * se(1),
            daysLeft: spec.verdict === "keep-running" ? 7 : 0,
            method: "two-sided, alpha 5%, power 80%, with the covariate",
            reason: null
          }
        : null,
      bayesian:
        primary && !m.bare
          ? {
              prior: "normal, mean 0, standard deviation 5% of control",
              comparisons: treatments.map((v, i) => ({
                variant: v.key,
                probabilityBetter: 1 - upperTail((estimates[i] ?? 0) / se(1)),
                expectedLoss: 0.00002,
                credibleInterval: [
                  ((estimates[i] ?? 0) - 1.9 * se(1)) * m.mean,
                  ((estimates[i] ?? 0) + 1.9 * se(1)) * m.mean
                ] as [number, number],
                posterior: [
                  {variant: "control", mean: m.mean, standardDeviation: (se(1) * m.mean) / Math.SQRT2},
                  {
                    variant: v.key,
                    mean: m.mean * (1 + 0.96 * (estimates[i] ?? 0)),
                    standardDeviation: (se(1) * m.mean) / Math.SQRT2
                  }
                ],
                reason: null
              })),
              probabilityBest: variants.map((v, i) => ({
                variant: v.key,
                probability: i === 1 ? 0.95 : 0.05 / (variants.length - 1)
              }))
            }
          : null,
      distribution:
        kind === "mean" && !m.bare
          ? variants.map((v, i) => ({
              variant: v.key,
              bins: Array.from({length: 24}, (_, b): [number, number, number] => [
                (b * m.mean) / 4,
                ((b + 1) * m.mean) / 4,
                0.16 * Math.exp(-((b - 4 - 0.1 * i) ** 2) / 60) * (b === 0 ? 2.5 : 1)
              ])
            }))
          : null,
      sql: `SELECT variant, sum(n) AS n, sum(y) AS y, sum(yy) AS yy\nFROM path\nWHERE metric = '${m.key}' AND cell IS NULL\nGROUP BY variant`,
      reason: null
    };
  }

  function makeSequential(
    m: MetricSpec,
    estimates: number[],
    se: (share: number) => number
  ): MetricInput["sequential"] {
    const planned = Math.round(spec.units / 0.82);
    const fractions = [0.2, 0.4, 0.6, 0.82];
    const bounds = [4.88, 3.36, 2.68, 2.26];
    const method = spec.method ?? "fixed";
    const alwaysValid = method === "always-valid";
    return {
      method,
      spending: alwaysValid ? null : "obrien-fleming",
      alpha: 0.05,
      sides: 2,
      guaranteed: true,
      plannedUnits: planned,
      fraction: 0.82,
      future: alwaysValid ? [] : [{fraction: 1, bound: 2.02, futilityBound: 2.02}],
      comparisons: variants.slice(1).map((v, i) => {
        const estimate = estimates[i] ?? 0;
        const z = estimate / se(1);
        const crossed = Math.abs(z) > 2.26;
        return {
          variant: v.key,
          looks: alwaysValid
            ? []
            : fractions.map((fraction, k) => ({
                date: day(start, Math.round(fraction * days)),
                fraction,
                z: z * Math.sqrt(fraction / 0.82) * (k === 3 ? 1 : 0.94),
                bound: bounds[k] ?? null,
                alphaSpent: [0.000001, 0.0008, 0.0074, 0.025][k] ?? 0.05,
                repeatedInterval: [estimate * m.mean - 0.01, estimate * m.mean + 0.01] as [number, number],
                futilityBound: k === 0 ? null : [0, 0.1, 0.9, 1.6][k],
                reconstructed: false
              })),
          crossed:
            crossed && !alwaysValid
              ? {date: asOf, side: estimate > 0 ? ("efficacy" as const) : ("harm" as const)}
              : null,
          stop:
            crossed && !alwaysValid
              ? {
                  pValue: 0.0004,
                  estimate: estimate * m.mean,
                  interval: [estimate * m.mean * 0.5, estimate * m.mean * 1.5] as [number, number],
                  relativeEstimate: estimate,
                  relativeInterval: [estimate - z95 * se(1), estimate + z95 * se(1)] as [number, number]
                }
              : null,
          conditionalPower: {design: 0.86, trend: 0.91},
          path: alwaysValid
            ? Array.from({length: days}, (_, k) => {
                const share = Math.max(0.02, ((k + 1) / days) ** 0.85);
                const s = se(share) * 1.6;
                const relative = estimate + (k === days - 1 ? 0 : (1 - share) * s * 0.2 * wobble(k, i));
                return {
                  date: day(start, k),
                  n: Math.round(spec.units * share),
                  interval: [(relative - z95 * s) * m.mean, (relative + z95 * s) * m.mean] as [number, number],
                  relativeInterval: [relative - z95 * s, relative + z95 * s] as [number, number],
                  pValue: 2 * upperTail(Math.abs(relative / s))
                };
              }).map((d, k, all) => ({...d, pValue: Math.min(...all.slice(0, k + 1).map((e) => e.pValue))}))
            : [],
          sentence: crossed
            ? `Tonight\u2019s z of ${z.toFixed(2)} lies above the boundary of 2.26: the test may stop with a false-alarm rate of 5% over all looks. Nothing that arrives tomorrow can undo this look.`
            : `Tonight\u2019s z of ${z.toFixed(2)} has not reached the boundary of 2.26: the experiment goes on. If the effect is as planned, the chance to cross by the end is 86%.`
        };
      }),
      reason: null
    };
  }

  function makeNovelty(m: MetricSpec, variant: string, estimate: number, se: (share: number) => number) {
    const fading = spec.novelty === "fading";
    const unknown = spec.novelty === "not-enough-days";
    const a = fading ? estimate * 0.65 : estimate;
    const b = fading ? estimate * 1.3 : 0;
    const tau = 4;
    const length = unknown ? 3 : Math.min(21, days - 1);
    const effect = (k: number) => a + b * Math.exp(-k / tau);
    return {
      variant,
      verdict: spec.novelty ?? ("stable" as const),
      sentence: unknown
        ? "Three tenure days are too few to tell; 80% power for a halving needs 14."
        : fading
          ? `From ${formatPercent(effect(0))} in the first days to ${formatPercent(effect(14))} after two weeks; the late-minus-early test gives p\u00a0=\u00a00.01. Expect about ${formatPercent(a)} in the long run, not ${formatPercent(estimate)}.`
          : `The effect of the first days and of the last days agree (p\u00a0=\u00a00.48); there is no sign that it fades.`,
      spans: unknown ? null : {early: [0, 6] as [number, number], late: [14, 20] as [number, number]},
      test: unknown
        ? null
        : {
            estimate: -b,
            standardError: 0.01,
            interval: [-0.05, -0.01] as [number, number],
            pValue: fading ? 0.01 : 0.48,
            n: spec.units,
            reason: null
          },
      absolute: null,
      trend: null,
      byTenure: Array.from({length}, (_, k) => {
        const s = se(1) * (1.2 + k * 0.05);
        const relative = effect(k) + 0.5 * s * wobble(k, 3);
        return {
          day: k,
          n: Math.round(spec.units * (1 - k / days)),
          difference: relative * m.mean,
          interval: [(relative - z95 * s) * m.mean, (relative + z95 * s) * m.mean] as [number, number],
          relativeDifference: relative,
          relativeInterval: [relative - z95 * s, relative + z95 * s] as [number, number],
          simultaneousInterval: [relative - 3 * s, relative + 3 * s] as [number, number],
          reason: null
        };
      }),
      cohorts: null,
      calendar: null,
      mix: null,
      triangle: unknown
        ? []
        : Array.from({length: 12}, (_, c) => ({
            cohort: day(start, 2 * c),
            day: 0,
            n: Math.round(spec.units / 12),
            relativeDifferences: Array.from(
              {length: Math.max(1, length - 1 - 2 * c)},
              (_, k) => effect(k) + 0.5 * se(0.3) * wobble(k, c + 5)
            )
          })),
      longRun: fading
        ? {
            a,
            b,
            tau,
            interval: [a - 1.5 * se(1), a + 1.5 * se(1)] as [number, number],
            afterFirstWeek: null,
            sentence: `Expect about ${formatPercent(a)} in the long run (${formatPercentInterval([a - 1.5 * se(1), a + 1.5 * se(1)], {signed: false})}), not ${formatPercent(estimate)}.`,
            reason: null
          }
        : null,
      weekdays: fading
        ? Array.from({length: 7}, (_, i) => {
            const at = effect(10) + se(0.4) * wobble(i, 7);
            const bounds: [number, number] = [at - 1.8 * se(0.4), at + 2.1 * se(0.4)];
            return {weekday: i + 1, relativeDifference: at, relativeInterval: bounds};
          })
        : [],
      weekdayTest: fading ? {cochranQ: 5.1, degreesOfFreedom: 6, pValue: 0.53, reason: null} : null,
      daysNeeded: 14,
      reason: null
    };
  }

  const primary = metrics[0];
  const comparison = primary?.comparisons[0];
  const sentence =
    spec.sentence ??
    `${primary?.name} rose by ${formatPercent(comparison?.relativeDifference ?? null)} (95% interval ${formatPercentInterval(comparison?.relativeInterval ?? null, {signed: false})}), past the boundary planned before the start, and no guardrail got worse.`;
  const input: Input = {
    schemaVersion,
    id: spec.id,
    title: spec.title,
    hypothesis:
      spec.hypothesis === undefined ? "A green button makes more people finish the checkout." : spec.hypothesis,
    description: null,
    owner: spec.owner === undefined ? "growth@example.com" : spec.owner,
    tags: spec.tags ?? ["checkout"],
    status: spec.status ?? "running",
    start,
    end: day(start, (spec.plannedDays ?? 35) - 1),
    asOf,
    timezone: "UTC",
    runId: "9c1e5f2ab7d04e31",
    stale: spec.stale ? {since: asOf, reason: spec.stale} : null,
    pin: null,
    alpha: 0.05,
    powerGoal: 0.8,
    alternative: "two-sided",
    correction: "holm",
    minimumUnits: 10,
    phases: [],
    dimensions,
    variants: variants.map((v, i) => ({
      ...v,
      role: i === 0 ? ("control" as const) : ("treatment" as const),
      weight,
      units: units[i] ?? 0
    })),
    metrics,
    health: {
      status: spec.blocked ? "blocked" : "warning",
      checks: [
        {
          key: "sample-ratio",
          name: "Split",
          status: spec.blocked ? "blocked" : "ok",
          value: spec.blocked ? 1e-9 : 0.61,
          threshold: 0.001,
          message: spec.blocked
            ? "51.9% of units are in green where 50% were planned (p < 0.0001)."
            : "as planned, p\u00a0=\u00a00.61",
          whatToDo: spec.blocked
            ? "Do not read the results. Find what removes units from one variant: redirects, crashes, bots, late logging."
            : "Nothing.",
          date: spec.blocked ? day(start, 3) : null,
          details: [{label: "All phases", value: 0.61, status: "ok"}]
        },
        {
          key: "pre-period",
          name: "Pre-period",
          status: "ok",
          value: 0.33,
          threshold: 0.001,
          message: "arms alike before the start",
          whatToDo: "Nothing."
        },
        {
          key: "late-events",
          name: "Late events",
          status: "warning",
          value: 0.004,
          threshold: 0.001,
          message: "0.4% of events of 18 Jan came after the day was closed",
          whatToDo: "Wait a day before you read the last point, or ask the owner of the log.",
          date: day(start, 13)
        },
        ...[
          "Crossovers",
          "Duplicated rows",
          "Unknown variants",
          "Null units",
          "Timestamps",
          "Contract",
          "Freshness",
          "Weekday mix",
          "Bots",
          "Outliers",
          "Dimension drift"
        ].map((name) => ({
          key: name.toLowerCase().replaceAll(" ", "-"),
          name,
          status: "ok" as const,
          value: 0,
          threshold: 0.01,
          message: "within bounds",
          whatToDo: "Nothing."
        }))
      ]
    },
    decision: {
      verdict: spec.verdict,
      label: spec.label,
      sentence,
      variant: variants[1]?.key ?? null,
      reasons: spec.reasons ?? [
        "The boundary that was planned before the start has been crossed.",
        "No guardrail got worse than its margin.",
        "The split is as planned."
      ],
      wouldChange: ["A guardrail that worsens beyond its margin.", "A correction of the log that moves the last look."]
    },
    insights: [
      {
        key: "covariate",
        text: "The covariate saved 18% of the variance: as good as 22% more units.",
        evidence: "metrics.purchase.adjustment",
        weight: 0.6
      },
      {
        key: "weekend",
        text: "The effect is the same on weekends and on weekdays.",
        evidence: "metrics.purchase.novelty",
        weight: 0.3
      }
    ],
    changes: [
      {date: asOf, what: "look", text: "Look 4 taken: z 2.45 \u2192 3.52, verdict keep running \u2192 ship."},
      {
        date: day(start, days - 2),
        what: "interval",
        text: "Revenue interval moved from \u22120.9% \u2026 +4.0% to \u22120.6% \u2026 +4.1% (812 late events for 29 Jan)."
      }
    ],
    timeline: [],
    traffic,
    input: {
      rows: spec.units * 9,
      units: units.reduce((a, b) => a + b, 0),
      excluded: [
        {
          reason: "crossover",
          fact: "exposures",
          rows: 412,
          units: 206,
          byVariant: {control: 206, [variants[1]?.key ?? "b"]: 206},
          text: "units seen in two variants"
        },
        {
          reason: "before-exposure",
          fact: "events",
          rows: 18_204,
          units: null,
          text: "events before the unit\u2019s exposure"
        },
        {reason: "negative", fact: "events", rows: 3, units: null, text: "negative values"}
      ],
      hash: "sha256-4f1c",
      sql: "WITH exposed AS (\n  SELECT user_id AS unit, arg_min(variant, ts) AS variant, min(ts) AS entered\n  FROM exposures\n  GROUP BY unit\n)\nSELECT * FROM exposed"
    },
    design: {
      text: `title: ${JSON.stringify(spec.title)}\nhypothesis: ${JSON.stringify(spec.hypothesis ?? "A green button makes more people finish the checkout.")}\nowner: growth@example.com\nstatus: ${spec.status ?? "running"}\nstart: ${start}\nend: ${day(start, 34)}                      # planned last day\nvariants: {control: {role: control, weight: 0.5}, green: {weight: 0.5}}\nmetrics:\n  primary: [purchase]\n  secondary: [revenue]\n  guardrails: [{metric: latency, margin: 25%}]\nalpha: 0.05\npower: 0.8\ndesign: {method: group-sequential, spending: obrien-fleming, plannedUnits: 245000}\n`,
      hash: "sha256-91ab"
    },
    files: [
      {name: "readout.json", bytes: 120_000, rows: null},
      {name: "path.parquet", bytes: 30_412, rows: 12_000},
      {name: "entries.parquet", bytes: 8_112, rows: 1200},
      {name: "traffic.parquet", bytes: 2_080, rows: 672}
    ]
  };
  return readoutSchema.parse(input);

  function wobble(k: number, i: number): number {
    return Math.sin(2.1 * k + i * 1.7) + 0.6 * Math.sin(0.9 * k * k + i);
  }
}

/** Returns the line of index.json that belongs to a readout. */
export function entryOf(readout: Readout): IndexEntry {
  const primary = readout.metrics.find((m) => m.role === "primary");
  const comparison =
    primary?.comparisons.find((c) => c.variant === readout.decision.variant) ?? primary?.comparisons[0];
  const days = readout.traffic.length;
  return {
    id: readout.id,
    title: readout.title,
    owner: readout.owner,
    tags: readout.tags,
    status: readout.status,
    verdict: readout.decision.verdict,
    label: readout.decision.label,
    sentence: readout.decision.sentence,
    health: readout.health.status,
    start: readout.start,
    end: readout.end,
    asOf: readout.asOf,
    units: readout.input.units,
    plannedUnits: Math.round(readout.input.units * 1.22),
    days,
    plannedDays: 35,
    schedule: 2,
    runId: readout.runId,
    stale: readout.stale?.reason ?? null,
    error: null,
    primary:
      primary && comparison
        ? {
            key: primary.key,
            name: primary.name,
            direction: primary.direction,
            variant: comparison.variant,
            relativeDifference: comparison.relativeDifference,
            relativeInterval: comparison.relativeInterval,
            level: comparison.level
          }
        : null,
    alerts: readout.health.checks
      .filter((c) => c.status !== "ok")
      .map(({key, status, message, whatToDo, date}) => ({key, status, message, whatToDo, date}))
  };
}

const purchase: MetricSpec = {
  key: "purchase",
  name: "Purchase",
  role: "primary",
  kind: "proportion",
  mean: 0.12,
  effects: [0.031],
  description: "Share of units with a purchase within 7 days of first exposure"
};
const revenue: MetricSpec = {
  key: "revenue",
  name: "Revenue per unit",
  role: "secondary",
  kind: "mean",
  unit: "USD",
  mean: 6.41,
  deviation: 19,
  effects: [0.017]
};
const comeback: MetricSpec = {
  key: "return",
  name: "7-day return",
  role: "secondary",
  kind: "retention",
  mean: 0.312,
  effects: [0.003]
};
const latency: MetricSpec = {
  key: "latency",
  name: "p95 latency",
  role: "guardrail",
  kind: "quantile",
  unit: "ms",
  direction: "decrease",
  mean: 212,
  deviation: 420,
  effects: [0.014],
  margin: 0.25
};
const hostile = `<img src=x onerror=document.title='hit'> \u202e\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627\u202c \ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67 \${alert(1)} \`x\` {{verdict}} "quoted" 'single' & ${"long ".repeat(40)}`;

/** Returns all invented readouts, one per story that a page must be able to tell. */
export function fixtureReadouts(): Readout[] {
  const names = (n: number) =>
    Array.from({length: n}, (_, i) =>
      i ? {key: `variant-${i}`, name: `Variant ${String.fromCharCode(64 + i)}`} : {key: "control", name: "Control"}
    );
  const unknown: MetricInput["sequential"] = {
    method: "group-sequential",
    spending: "obrien-fleming",
    alpha: 0.05,
    sides: 2,
    guaranteed: false,
    plannedUnits: null,
    fraction: null,
    future: [],
    comparisons: [],
    reason: "the metric has no window, so looks have no planned information"
  };
  const nulls = makeReadout({
    id: "nothing-known",
    title: "Nothing known yet",
    hypothesis: null,
    owner: null,
    tags: [],
    status: "running",
    verdict: "incomplete",
    label: "Incomplete",
    sentence: "No unit has lived through its 7 days yet: there is nothing to read before 19 Jan 2026.",
    days: 3,
    units: 1200,
    metrics: [
      {...purchase, bare: true},
      {...revenue, bare: true},
      {...latency, bare: true}
    ],
    novelty: null
  });
  const empty = (m: MetricResult): MetricResult => ({
    ...m,
    arms: m.arms.map((a) => ({...a, n: 0, mean: null, standardDeviation: null, reason: "no unit is mature yet"})),
    comparisons: m.comparisons.map((c) => ({
      ...c,
      difference: null,
      standardError: null,
      interval: null,
      pValue: null,
      adjustedPValue: null,
      relativeDifference: null,
      relativeInterval: null,
      statistic: null,
      reason: "no unit is mature yet"
    })),
    sequential: m.role === "primary" ? readoutSchema.shape.metrics.element.shape.sequential.parse(unknown) : null,
    power: m.power && {
      ...m.power,
      requiredUnits: null,
      achieved: null,
      detectable: null,
      daysLeft: null,
      reason: "no unit is mature yet, so the baseline is not known"
    },
    bayesian: null,
    guardrail:
      m.guardrail &&
      m.guardrail.map((g) => ({
        ...g,
        status: "not-yet-known" as const,
        sentence: "Not yet known: no unit is mature yet.",
        pValue: null,
        ratio: null,
        reason: "no unit is mature yet"
      })),
    reason: "no unit is mature yet"
  });
  return [
    makeReadout({
      id: "green-checkout",
      title: "Green checkout button",
      verdict: "ship",
      label: "Ship",
      units: 200_412,
      metrics: [purchase, revenue, comeback, latency],
      method: "group-sequential",
      novelty: "stable"
    }),
    makeReadout({
      id: "broken-split",
      title: "Faster product page",
      hypothesis: "A page that loads faster sells more.",
      owner: "platform@example.com",
      tags: ["speed", "web"],
      verdict: "blocked",
      label: "Blocked",
      sentence:
        "Do not read this result: 51.9% of units are in treatment where 50% were planned (p\u00a0<\u00a00.0001), so the arms are not alike.",
      units: 84_000,
      days: 12,
      metrics: [purchase, revenue, latency],
      blocked: true
    }),
    makeReadout({
      id: "three-prices",
      title: "Three ways to show the price",
      hypothesis: "Showing the price per month makes more people subscribe.",
      owner: "pricing@example.com",
      tags: ["pricing"],
      verdict: "keep-running",
      label: "Keep running",
      sentence:
        "Subscription is 2.4% higher with the price per month (95% interval \u22120.3% to 5.1%): too early to tell, seven more days are planned.",
      units: 96_300,
      days: 21,
      variants: [
        {key: "control", name: "Per year"},
        {key: "month", name: "Per month"},
        {key: "day", name: "Per day"}
      ],
      metrics: [
        {...purchase, key: "subscription", name: "Subscription", effects: [0.024, -0.011]},
        {...revenue, effects: [0.008, -0.02]},
        {...latency, effects: [0.01, 0.004]}
      ],
      method: "always-valid",
      novelty: "not-enough-days"
    }),
    makeReadout({
      id: "slow-recommendations",
      title: "Recommendations from a larger model",
      hypothesis: "Better recommendations make people buy more.",
      owner: "search@example.com",
      tags: ["model"],
      status: "stopped",
      verdict: "roll-back",
      label: "Roll back",
      sentence:
        "Purchases rose by 4.9% (95% interval 3.2% to 6.6%), but p95 latency is 41% worse (95% interval 38% to 43%), beyond its margin of 25%.",
      units: 150_000,
      metrics: [
        {...purchase, effects: [0.049]},
        {...revenue, effects: [0.03]},
        {...latency, effects: [0.41]}
      ],
      method: "group-sequential",
      novelty: "stable"
    }),
    makeReadout({
      id: "new-badge",
      title: "A badge on new items",
      hypothesis: "A badge draws people to new items.",
      owner: "growth@example.com",
      tags: ["catalogue"],
      verdict: "do-not-ship",
      label: "Do not ship yet",
      sentence:
        "Purchases rose by 3.1% (95% interval 1.3% to 5.0%), but the effect fades: 6.1% in the first days, 2.0% after two weeks.",
      units: 180_000,
      metrics: [purchase, revenue, comeback, latency],
      novelty: "fading"
    }),
    makeReadout({
      id: "no-difference",
      title: "The same page twice",
      hypothesis: "Nothing differs; this watches the platform itself.",
      owner: "platform@example.com",
      tags: ["a/a"],
      status: "stopped",
      verdict: "do-not-ship",
      label: "No effect",
      sentence:
        "Purchases differ by 0.1% (95% interval \u22121.6% to 1.8%): no effect as large as the 2% that would be worth acting on.",
      units: 199_000,
      metrics: [{...purchase, effects: [0.001]}, {...revenue, effects: [0]}, comeback],
      novelty: "stable"
    }),
    {...nulls, metrics: nulls.metrics.map(empty)},
    makeReadout({
      id: "hostile-text",
      title: hostile,
      hypothesis: hostile,
      owner: hostile.slice(0, 60),
      tags: ["<b>bold</b>", hostile.slice(0, 40)],
      verdict: "ship",
      label: "Ship",
      sentence: `Ship ${hostile}`,
      units: 40_000,
      variants: [
        {key: "control", name: "Control"},
        {key: "evil", name: hostile}
      ],
      dimensions: [
        {
          key: "country",
          name: hostile.slice(0, 50),
          values: ["it's", '"quoted"', hostile, "\u0645\u0631\u062d\u0628\u0627", "\ud83c\uddeb\ud83c\uddf7"]
        }
      ],
      metrics: [{...purchase, name: hostile, description: hostile}, {...revenue, name: `Revenue ${hostile}`}, latency],
      method: "group-sequential",
      novelty: "fading",
      reasons: [hostile]
    }),
    makeReadout({
      id: "many-of-everything",
      title: "Twelve variants, sixty metrics",
      hypothesis: "One of eleven headlines works.",
      owner: "editorial@example.com",
      tags: ["headline"],
      verdict: "keep-running",
      label: "Keep running",
      sentence:
        "Of eleven headlines none differs from control beyond chance; the best is 1.9% higher (95% interval \u22122.6% to 6.4%).",
      units: 240_000,
      days: 21,
      variants: names(12),
      metrics: Array.from({length: 60}, (_, i) =>
        i === 0
          ? {...purchase, key: "click", name: "Click", effects: Array.from({length: 11}, (_, k) => 0.004 * (k - 5))}
          : i > 54
            ? {
                ...latency,
                key: `latency_${i}`,
                name: `Latency of step ${i - 54}`,
                effects: Array(11).fill(0.01 * (i - 54)) as number[],
                bare: true
              }
            : {
                ...revenue,
                key: `metric_${i}`,
                name: `Metric number ${i}`,
                effects: Array(11).fill(0.001 * i) as number[],
                bare: true
              }
      )
    })
  ];
}

/** Returns index.json over all invented readouts, with one experiment that failed. */
export function fixtureIndex(readouts = fixtureReadouts()): ReadoutIndex {
  const failed: IndexEntry = {
    id: "missing-file",
    title: "Shorter sign-up form",
    owner: "growth@example.com",
    tags: ["sign-up"],
    status: "running",
    verdict: null,
    label: null,
    sentence: null,
    health: null,
    start: "2026-01-12",
    end: "2026-02-08",
    asOf: null,
    units: 0,
    plannedUnits: null,
    days: 0,
    plannedDays: 28,
    schedule: 1,
    runId: null,
    stale: null,
    error:
      "data/experiments/missing-file.yaml:7:12: missing file: logs/<exposures>.csv (column `variant` is named on line 7)",
    primary: null,
    alerts: [
      {
        key: "build",
        status: "blocked",
        message: "The experiment could not be built: missing file.",
        whatToDo: "Mend the path or ask the owner of the log.",
        date: "2026-02-01"
      }
    ]
  };
  return indexSchema.parse({schemaVersion, asOf: "2026-02-01", experiments: [...readouts.map(entryOf), failed]});
}

/** Returns an index of `count` experiments, for the speed of the home page. */
export function largeIndex(count: number): ReadoutIndex {
  const some = fixtureReadouts()
    .filter((r) => !["hostile-text", "many-of-everything"].includes(r.id))
    .map(entryOf);
  const experiments = Array.from({length: count}, (_, i) => {
    const entry = some[i % some.length];
    if (!entry) throw new RangeError("invalid fixtures; none");
    return {...entry, id: `${entry.id}-${i}`, title: `${entry.title} ${i}`};
  });
  return indexSchema.parse({schemaVersion, asOf: "2026-02-01", experiments});
}

/** Writes the readouts and index.json as `readout build` would, into a folder such as `src/readouts`. */
export async function writeFixtures(
  out: string,
  readouts = fixtureReadouts(),
  index = fixtureIndex(readouts)
): Promise<void> {
  for (const readout of readouts) {
    const folder = join(out, readout.id);
    await mkdir(folder, {recursive: true});
    await writeFile(join(folder, "readout.json"), `${JSON.stringify(readout)}\n`);
    for (const file of readout.files)
      if (file.name.endsWith(".parquet")) await writeFile(join(folder, file.name), "PAR1 invented PAR1");
  }
  await mkdir(out, {recursive: true});
  await writeFile(join(out, "index.json"), `${JSON.stringify(index)}\n`);
}

// Enough of a normal tail for invented p-values (Abramowitz and Stegun 26.2.17).
function upperTail(x: number): number {
  if (x < 0) return 1 - upperTail(-x);
  const t = 1 / (1 + 0.2316419 * x);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  await writeFixtures(process.argv[2] ?? "src/readouts");
}
