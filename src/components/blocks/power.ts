import {formatChosen, formatCount, formatPercent, formatShort, plural} from "../../lib/experiment/format.ts";
import type {PowerResult, Readout, SequentialComparison} from "../../lib/experiment/readout.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {absent, section} from "./section.ts";
import {primaries, variantName} from "./subject.ts";
import {term} from "./terms.ts";

/** Returns how much the experiment can see, what is left to wait for, and the chance to conclude. */
export function power(readout: Readout, root: string): Html {
  const metric = primaries(readout).find((m) => m.power);
  const result = metric?.power;
  if (!metric || !result)
    return section(
      "power",
      "How long still?",
      null,
      absent(null, "No planned effect is declared, so there is no power to speak of.")
    );
  const conditional = (metric.sequential?.comparisons ?? []).filter((c) => c.conditionalPower && !c.crossed);
  return section(
    "power",
    "How long still?",
    html`${
      result.minimumEffect === null
        ? html`What ${name(metric.name)} can show, at`
        : html`What an effect of ${formatChosen(result.minimumEffect)} on ${name(metric.name)} needs, for`
    }
    ${term("power", `${formatPercent(readout.powerGoal, {decimals: 0})} power`, root)}, by ${result.method}.`,
    result.requiredUnits === null ? absent(result.reason, "The units needed are not known yet.") : bar(result),
    html`<ul class="plain">
      ${result.detectable === null ? null : html`<li>An effect of ${formatPercent(result.detectable)} or more ${term("detectable", "can be seen", root)} as it stands.</li>`}
      ${result.achieved === null ? null : html`<li>Power for the planned effect is ${formatPercent(result.achieved, {decimals: 0})} now.</li>`}
      ${result.daysLeft === null || (result.requiredUnits !== null && result.units >= result.requiredUnits) ? null : html`<li>${result.daysLeft > 0 ? html`About ${plural(Math.ceil(result.daysLeft), "day")} left at the present traffic.` : "Nothing is left to wait for."}</li>`}
      ${conditional.map((c) => conditionalPower(c, metric.sequential !== null && metric.sequential.comparisons.length > 1 ? variantName(readout, c.variant) : null))}
    </ul>`
  );
}

function bar({units, requiredUnits}: PowerResult): Html {
  const required = requiredUnits ?? units;
  const scale = Math.max(units, required) * 1.02 || 1;
  const at = (value: number) => `${((100 * value) / scale).toFixed(2)}%`;
  return html`<div
      class="progress"
      role="img"
      aria-label="${formatCount(units)} units of ${formatCount(required)} needed"
    >
      <span class="done" style="width: ${at(units)}"></span><span class="goal" style="left: ${at(required)}"></span>
    </div>
    <p class="progress-text">
      <b>${formatCount(units)}</b> units so far,
      <b>${formatShort(required)}</b>
      needed${units >= required ? "" : ` (${formatPercent(units / required, {decimals: 0})})`}.
    </p>`;
}

function conditionalPower(
  {conditionalPower: chance, variant}: SequentialComparison,
  named: string | null
): Html | null {
  if (!chance || (chance.design === null && chance.trend === null)) return null;
  return html`<li data-variant="${variant}">
    ${named ? html`${name(named)}: the` : "The"} chance to cross the boundary by the end is
    ${formatPercent(chance.design, {decimals: 0})} if the effect is as planned,
    ${formatPercent(chance.trend, {decimals: 0})} if it is as seen so far.
  </li>`;
}
