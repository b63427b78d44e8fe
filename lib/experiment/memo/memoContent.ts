import {
  formatAmount,
  formatCount,
  formatDate,
  formatDifference,
  formatDifferenceInterval,
  formatPercent,
  formatPercentInterval,
  formatPValue
} from "../format.ts";
import {worstGuardrail} from "../decision/judgeGuardrail.ts";
import type {Readout} from "../readout.ts";

/** A memo before it has a format: headings, sentences and tables of plain text, nothing escaped yet. */
export interface MemoContent {
  readonly title: string;
  readonly verdict: {readonly label: string; readonly sentence: string; readonly key: string};
  readonly sections: readonly MemoSection[];
}

/** One heading with its sentences, then a table, then a block of code, each if there is one. */
export interface MemoSection {
  readonly heading: string;
  readonly lines: readonly string[];
  readonly bullets?: readonly string[];
  readonly table?: {readonly head: readonly string[]; readonly rows: readonly (readonly string[])[]};
  readonly code?: string;
}

/** Columns of the main table, in the memo and in the CSV. */
export const tableHead = [
  "Metric",
  "Role",
  "Variant",
  "Control",
  "Treatment",
  "Difference",
  "Relative",
  "Interval",
  "p",
  "Adjusted p",
  "Units"
] as const;

/**
 * Returns what a memo says: question, verdict and reasons, numbers with intervals, guardrails, health, what changed, the
 * registered design, limits, who owns it.
 */
export function memoContent(readout: Readout): MemoContent {
  const {decision, health, metrics} = readout;
  const alerts = health.checks.filter(({status}) => status !== "ok");
  const guardrails = metrics.flatMap(({guardrail}) => guardrail ?? []);
  const sections: MemoSection[] = [
    {
      heading: "Question",
      lines: [
        readout.hypothesis ?? "No hypothesis was written down.",
        `Owner: ${readout.owner ?? "nobody named"}. From ${formatDate(readout.start)}${readout.end === null ? "" : ` to ${formatDate(readout.end)} as planned`}; data to ${formatDate(readout.asOf)} (${readout.timezone}). ${readout.variants.map(({name, units}) => `${name}: ${formatCount(units)} units`).join("; ")}.`
      ]
    },
    {heading: "Why", lines: [], bullets: decision.reasons},
    {heading: "What would change it", lines: [], bullets: decision.wouldChange},
    {
      heading: "Numbers",
      lines: [numbersNote(readout)],
      table: {head: tableHead, rows: mainTable(readout)}
    },
    ...(guardrails.length === 0
      ? []
      : [
          {
            heading: "Guardrails",
            lines: worstOfEach(readout),
            bullets: guardrails.map(
              ({sentence, status, variant}) =>
                `${status.replaceAll("-", " ")}, ${nameOf(readout, variant)}: ${sentence}`
            )
          }
        ]),
    {
      heading: "Health",
      lines: [
        alerts.length === 0
          ? `All ${health.checks.length} checks are fine.`
          : `${alerts.length} of ${health.checks.length} checks need a look.`
      ],
      bullets: alerts.map(({status, message, whatToDo}) => `${status}: ${message} ${whatToDo}`)
    },
    {
      heading: "What changed",
      lines: readout.changes.length === 0 ? ["Nothing since the last build."] : [],
      bullets: readout.changes.map(({date, text}) => `${formatDate(date)}: ${text}`)
    },
    {
      heading: "Registered design",
      lines: [`Definition ${readout.design.hash.slice(0, 12)}, run ${readout.runId.slice(0, 12)}.`],
      code: readout.design.text
    },
    {heading: "Limits", lines: limits(readout)}
  ];
  return {
    title: readout.title,
    verdict: {label: decision.label, sentence: decision.sentence, key: decision.verdict},
    sections: sections.filter(({lines, bullets, table, code}) => lines.length > 0 || bullets?.length || table || code)
  };
}

/** Returns the main table: one row per metric and treatment, as text with units. */
export function mainTable(readout: Readout): string[][] {
  return readout.metrics.flatMap((metric) =>
    metric.comparisons.map((comparison) => {
      const arm = (key: string) => metric.arms.find(({variant}) => variant === key);
      const [control, treatment] = [arm(comparison.baseline), arm(comparison.variant)];
      return [
        metric.name,
        metric.role,
        nameOf(readout, comparison.variant),
        formatAmount(control?.mean ?? null, metric),
        formatAmount(treatment?.mean ?? null, metric),
        formatDifference(comparison.difference, metric),
        formatPercent(comparison.relativeDifference, {signed: true}),
        comparison.relativeInterval === null
          ? formatDifferenceInterval(comparison.interval, metric)
          : formatPercentInterval(comparison.relativeInterval),
        formatPValue(comparison.pValue),
        formatPValue(comparison.adjustedPValue),
        formatCount((control?.n ?? 0) + (treatment?.n ?? 0))
      ];
    })
  );
}

/** The worst of each guardrail over the treatments, where there are several. */
function worstOfEach({metrics}: Readout): string[] {
  return metrics.flatMap(({name, guardrail}) => {
    if (guardrail === null || guardrail.length < 2) return [];
    return [`${name}, worst of ${guardrail.length} treatments: ${worstGuardrail(guardrail)?.replaceAll("-", " ")}.`];
  });
}

function nameOf({variants}: Readout, key: string): string {
  return variants.find((variant) => variant.key === key)?.name ?? key;
}

function numbersNote({metrics, alpha, alternative, correction}: Readout): string {
  const first = metrics[0]?.comparisons[0];
  const level = formatPercent(first?.level ?? 1 - alpha, {decimals: 0});
  return `Intervals are ${level}, ${alternative}, of the relative difference; p-values beside them come from the same test. Correction over primary comparisons: ${correction}.`;
}

function limits(readout: Readout): string[] {
  const lines = [
    `No published number stands for fewer than ${readout.minimumUnits} units.`,
    ...(readout.stale === null ? [] : [`These numbers are stale: ${readout.stale.reason}`])
  ];
  for (const {name, sequential} of readout.metrics)
    if (sequential !== null && !sequential.guaranteed)
      lines.push(`${name}: the error rate over several looks is not guaranteed.`);
  if (readout.status === "running")
    lines.push(
      "Secondary metrics and guardrails are read at every build without a correction for looks; they err more often than at their level."
    );
  if (readout.pin !== null) lines.push(readout.pin.message);
  if (readout.input.coarsened !== null) lines.push(readout.input.coarsened);
  const excluded = readout.input.excluded.reduce((n, {rows}) => n + rows, 0);
  if (excluded > 0)
    lines.push(
      `${formatCount(excluded)} of ${formatCount(readout.input.rows)} input rows were left out, by reason on the page.`
    );
  return lines;
}
