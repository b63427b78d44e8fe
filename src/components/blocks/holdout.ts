import {formatCount, formatDate, formatPercent, formatPValue} from "../../lib/experiment/format.ts";
import type {HoldoutResult, Readout} from "../../lib/experiment/readout.ts";
import {effectText, intervalCell, meanText} from "./effect.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {checkTones, pill} from "./pill.ts";
import {section} from "./section.ts";
import {variantName} from "./subject.ts";
import {table} from "./table.ts";
import {term} from "./terms.ts";

/** Returns what became of the effect after the launch, against those who stayed behind; nothing without a holdout. */
export function holdout(readout: Readout, root: string): Html | null {
  const {holdout: held} = readout;
  if (!held) return null;
  const [behind, launched] = [held.variant, held.launched].map((key) => name(variantName(readout, key)));
  const share = held.share === null ? null : html`${formatPercent(held.share)} of the traffic`;
  return section(
    "holdout",
    "After the launch",
    html`${launched} is launched; ${share ?? "a part of the units"} stays behind with ${behind}. Units that came since
    ${formatDate(held.from)}${held.asOf ? html`, to ${formatDate(held.asOf)}` : null}.`,
    html`<p class="reading">${held.sentence}</p>`,
    held.metrics.length === 0 ? null : comparisons(held, readout, root),
    held.units.length === 0 ? null : counts(held, readout)
  );
}

function comparisons(held: HoldoutResult, readout: Readout, root: string): Html {
  const level = held.metrics[0]?.comparisons[0]?.level ?? 0.95;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Launched against held back">
    ${table(
      "Every metric, launched against held back",
      [
        {head: "Metric"},
        {head: name(variantName(readout, held.variant)), number: true, fold: true},
        {head: name(variantName(readout, held.launched)), number: true, fold: true},
        {head: term("relative-difference", "Difference", root), number: true},
        {head: html`${formatPercent(level, {decimals: 0})} ${term("interval", "interval", root)}`, number: true},
        {head: term("p-value", "p", root), number: true, fold: true}
      ],
      held.metrics.map((metric) => {
        const c = metric.comparisons[0];
        const mean = (variant: string) => metric.arms.find((arm) => arm.variant === variant)?.mean ?? null;
        return [
          html`${name(metric.name)} <span class="role">${metric.role}</span>`,
          meanText(mean(held.variant), c?.difference ?? null, metric),
          meanText(mean(held.launched), c?.difference ?? null, metric),
          c ? effectText(c, metric) : "\u2013",
          c ? intervalCell(c, metric) : "\u2013",
          formatPValue(c?.pValue ?? null)
        ];
      })
    )}
  </div>`;
}

function counts({units, sampleRatio}: HoldoutResult, readout: Readout): Html {
  return html`<p class="reading">
    ${units.map((arm, i) => html`${i ? ", " : ""}${name(variantName(readout, arm.variant))} ${formatCount(arm.units)}`)}
    units.
    ${
      sampleRatio === null
        ? null
        : html`${sampleRatio.message}
          ${pill(sampleRatio.status === "ok" ? "fine" : sampleRatio.status, checkTones[sampleRatio.status])}`
    }
    Each interval is of one look, tonight’s; nothing is decided by it.
  </p>`;
}
