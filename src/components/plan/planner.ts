import {formatCount, formatPercent} from "../../lib/experiment/format.ts";
import {choice, slider, toggle} from "../blocks/controls.ts";
import type {Html} from "../blocks/html.ts";
import {html, name} from "../blocks/html.ts";
import {liveFigure} from "../blocks/liveFigure.ts";
import {table} from "../blocks/table.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {ranges} from "./planState.ts";
import {planSources} from "./planSources.ts";
import type {PlanSource} from "./planSources.ts";

/** Returns the controls of the plan, with what earlier experiments tell, or the sentence that there are none. */
export function planner(readouts: readonly Readout[]): Html {
  const sources = planSources(readouts);
  if (sources.length === 0)
    return html`<p class="absent">
      There is no readout with traffic and a metric yet. Build one, and its traffic plans the next.
    </p>`;
  return html`<form class="controls planner" aria-label="Plan" data-sources="${JSON.stringify(sources)}">
    <div class="fields">
      ${choice(
        "source",
        "Traffic and metrics as in",
        sources.map(({id, title, status}) => ({value: id, text: `${clipped(title)} (${status})`}))
      )}
      ${choice(
        "metric",
        "Primary metric",
        (sources[0]?.metrics ?? []).map((m) => ({value: m.key, text: m.name}))
      )}
      ${choice(
        "alpha",
        "False alarms (alpha, two-sided)",
        [
          {value: "0.01", text: "1%"},
          {value: "0.05", text: "5%"},
          {value: "0.1", text: "10%"}
        ],
        {value: "0.05"}
      )}
    </div>
    <p class="known" data-known></p>
    <div class="fields linked">
      ${slider("effect", "Smallest effect", ranges.effect, {value: 40, shown: "5%"})}
      ${slider("power", "Power", ranges.power, {value: 80, shown: "80%"})}
      ${slider("days", "Days", ranges.days, {value: 28, shown: "28 days"})}
      ${slider("share", "Share of the traffic", ranges.share, {value: 100, shown: "100%"})}
    </div>
    <div class="fields">
      ${choice("solve", "What follows from the rest", [
        {value: "days", text: "the duration"},
        {value: "effect", text: "the effect that is found"},
        {value: "power", text: "the power"}
      ])}
      ${choice(
        "method",
        "Design",
        [
          {value: "fixed", text: "fixed: one look at the end"},
          {value: "group-sequential", text: "group-sequential: a boundary"},
          {value: "always-valid", text: "always-valid: any time"}
        ],
        {value: "group-sequential"}
      )}
      ${toggle("covariate", "Use the covariate", "What units did before; saves as much as it did last time.", {checked: true})}
    </div>
    <p class="status plan-answer" role="status" data-answer></p>
  </form>`;
}

/** Returns the designs side by side, filled by the page. */
export function plannedDesigns(readouts: readonly Readout[]): Html | null {
  if (planSources(readouts).length === 0) return null;
  const row = (method: string, label: string, text: string) =>
    html`<tr data-design="${method}">
      <th scope="row">${label} <span class="role">${text}</span></th>
      ${["units", "days", "effect", "none"].map((key) => html`<td class="number" data-cell="${key}">–</td>`)}
    </tr>`;
  return html`<div class="scroll live" tabindex="0" role="region" aria-label="Designs side by side">
      <table>
        <caption class="sr">
          Designs side by side
        </caption>
        <thead>
          <tr>
            <th scope="col">Design</th>
            <th scope="col" class="number">Units at most</th>
            <th scope="col" class="number">Days at most</th>
            <th scope="col" class="number">Days expected, if the effect is so</th>
            <th scope="col" class="number">if there is none</th>
          </tr>
        </thead>
        <tbody>
          ${row("fixed", "Fixed", "one look at the end")}
          ${row("group-sequential", "Group-sequential", "a look a night, O’Brien-Fleming")}
          ${row("always-valid", "Always-valid", "a confidence sequence")}
        </tbody>
      </table>
    </div>
    ${liveFigure({
      key: "ended",
      title: "Chance that it has ended by then",
      subtitle: "if the effect is as asked; dashed: if there is none",
      height: 260,
      columns: [
        {head: "Day"},
        {head: "Fixed", number: true},
        {head: "Group-sequential", number: true},
        {head: "Always-valid", number: true}
      ]
    })}`;
}

/** Returns the two charts of what can be found. */
export function plannedCharts(readouts: readonly Readout[]): Html | null {
  if (planSources(readouts).length === 0) return null;
  return html`<div class="pair">
    ${liveFigure({
      key: "detectable",
      title: "Smallest effect found, by duration",
      subtitle: "with the power asked for; the point is the plan",
      height: 260,
      columns: [
        {head: "Days"},
        {head: "Fixed", number: true},
        {head: "Group-sequential", number: true},
        {head: "Always-valid", number: true}
      ]
    })}
    ${liveFigure({
      key: "power",
      title: "Power by true effect",
      subtitle: "of the chosen design at its planned end",
      height: 260,
      columns: [{head: "Effect"}, {head: "Power", number: true}]
    })}
  </div>`;
}

/** Returns the definition to copy, filled by the page. */
export function plannedYaml(readouts: readonly Readout[]): Html | null {
  if (planSources(readouts).length === 0) return null;
  return html`<div class="live">
    <form class="controls naming" aria-label="Name of the experiment">
      <div class="fields">
        <label class="choice"
          ><span>Title</span><input type="text" name="title" maxlength="200" autocomplete="off" value="New experiment"
        /></label>
      </div>
    </form>
    <pre class="yaml" tabindex="0" aria-label="Definition of the planned experiment"></pre>
    <p><button type="button" class="copy">Copy</button> <span role="status" data-copied></span></p>
  </div>`;
}

/** Returns what earlier experiments tell a plan, for all readers. */
export function planTable(readouts: readonly Readout[]): Html | null {
  const sources = planSources(readouts);
  if (sources.length === 0) return null;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="What earlier experiments tell">
    ${table(
      "What earlier experiments tell a plan",
      [
        {head: "Experiment"},
        {head: "Metric"},
        {head: "Units a day", number: true},
        {head: "Control", number: true},
        {head: "Standard deviation", number: true, fold: true},
        {head: "Covariate saves", number: true, fold: true}
      ],
      sources
        .slice(0, 40)
        .flatMap((source) =>
          source.metrics.map((m, i) => [
            i === 0 ? name(source.title) : html`<span class="sr">${name(source.title)}</span>`,
            name(m.name),
            formatCount(meanOf(source)),
            shownMean(m),
            m.kind === "share" ? formatPercent(m.standardDeviation) : formatAmountOf(m.standardDeviation, m.unit),
            m.varianceReduction === null ? "–" : formatPercent(m.varianceReduction, {decimals: 0})
          ])
        )
    )}
  </div>`;
}

/** Returns the units of a usual day. */
export function meanOf({traffic}: Pick<PlanSource, "traffic">): number {
  return traffic.reduce((a, b) => a + b, 0) / Math.max(1, traffic.length);
}

/** Returns the control's mean in its own unit. */
export function shownMean({kind, mean, unit}: {kind: "share" | "mean"; mean: number; unit: string | null}): string {
  return kind === "share" ? formatPercent(mean) : formatAmountOf(mean, unit);
}

function formatAmountOf(value: number, unit: string | null): string {
  const digits = Math.abs(value) >= 100 ? 0 : 2;
  return `${value.toLocaleString("en-US", {maximumFractionDigits: digits})}${unit === null ? "" : ` ${unit}`}`;
}

function clipped(title: string): string {
  const characters = [...title];
  return characters.length > 60 ? `${characters.slice(0, 59).join("")}…` : title;
}
