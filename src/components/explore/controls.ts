import type {ExploreState, Explorable} from "../../lib/experiment/exploreState.ts";
import {maximumCrossing} from "../../lib/experiment/exploreState.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {corrections} from "../../lib/experiment/words.ts";
import type {Html} from "../blocks/html.ts";
import {html, name} from "../blocks/html.ts";
import {correctionNames, dimensionName} from "./describe.ts";

/** Returns the form in which a view is chosen; its state is set by `syncControls`. */
export function controls(readout: Readout, {metrics, dimensions, first, asOf}: Explorable, hasEntries: boolean): Html {
  const keys = Object.keys(dimensions);
  return html`<form class="controls" aria-label="What to look at">
    <label class="field"
      ><span>Metric</span
      ><select name="metric">
        ${metrics.map((key) => html`<option value="${key}">${metricName(readout, key)}</option>`)}
      </select></label
    >
    ${
      keys.length === 0
        ? html`<p class="absent">The experiment declares no dimensions: there is nothing to filter or to cross.</p>`
        : html`<fieldset>
              <legend>Split by, up to ${maximumCrossing}</legend>
              ${keys.map((key) => html`<label class="tick"><input type="checkbox" name="by" value="${key}" /> ${name(dimensionName(readout, key))}</label> `)}
            </fieldset>
            <fieldset>
              <legend>Only</legend>
              ${keys.map((key) => values(readout, key, dimensions[key] ?? []))}
            </fieldset>`
    }
    <fieldset>
      <legend>Time</legend>
      <label class="tick"><input type="radio" name="time" value="as-of" /> as of a day</label>
      <input type="date" name="as-of" aria-label="As of" min="${first}" max="${asOf}" required />
      <label class="tick"
        ><input type="radio" name="time" value="entered" ${hasEntries ? null : "disabled"} /> entered between</label
      >
      <span class="span"
        ><input type="date" name="from" aria-label="Entered from" min="${first}" max="${asOf}" required /><input
          type="date"
          name="to"
          aria-label="Entered until"
          min="${first}"
          max="${asOf}"
          required
      /></span>
      ${hasEntries ? null : html`<p class="role">entries.parquet could not be read</p>`}
    </fieldset>
    <fieldset>
      <legend>Method</legend>
      <label class="tick"><input type="checkbox" name="adjust" /> use the covariate</label>
      <p class="role covariate"></p>
      <label class="field"
        ><span>Correction</span
        ><select name="correction">
          ${corrections.map((key) => html`<option value="${key}">${correctionNames[key]}</option>`)}
        </select></label
      >
    </fieldset>
    <p class="actions">
      <button type="button" name="copy">Copy this view</button> <button type="button" name="reset">Start over</button>
    </p>
  </form>`;
}

function values(readout: Readout, key: string, all: readonly string[]): Html {
  return html`<details class="only" data-dimension="${key}">
    <summary>${name(dimensionName(readout, key))} <span class="chosen role">any</span></summary>
    <div class="values" role="group" aria-label="${dimensionName(readout, key)}">
      ${all.map(
        (value) =>
          html`<label class="tick"
            ><input type="checkbox" name="where" data-dimension="${key}" value="${value}" /> ${
              value === "" ? html`<i>empty</i>` : name(value)
            }</label
          > `
      )}
    </div>
  </details>`;
}

/** Puts a state into the form. */
export function syncControls(form: HTMLFormElement, readout: Readout, state: ExploreState): void {
  const day = (field: string, value: string) => {
    const input = form.querySelector<HTMLInputElement>(`input[name="${field}"]`);
    if (input) input.value = value;
  };
  for (const input of form.querySelectorAll<HTMLInputElement>("input")) {
    const {dimension = ""} = input.dataset;
    if (input.name === "by") {
      input.checked = state.by.includes(input.value);
      input.disabled = !input.checked && state.by.length >= maximumCrossing;
    } else if (input.name === "where") input.checked = own(state.where, dimension).includes(input.value);
    else if (input.name === "time") input.checked = (input.value === "entered") === (state.entered !== null);
    else if (input.name === "adjust") input.checked = state.adjust;
  }
  for (const each of form.querySelectorAll<HTMLElement>("details.only")) {
    const values = own(state.where, each.dataset.dimension ?? "");
    const chosen = each.querySelector(".chosen");
    if (chosen)
      chosen.textContent =
        values.length === 0 ? "any" : values.length > 2 ? `${values.length} values` : values.join(", ");
    each.classList.toggle("narrowed", values.length > 0);
  }
  for (const select of form.querySelectorAll<HTMLSelectElement>("select"))
    select.value = (select.name === "metric" ? state.metric : state.correction) ?? "";
  if (state.entered === null) day("as-of", state.asOf ?? "");
  else {
    day("from", state.entered.from);
    day("to", state.entered.to);
  }
  form.classList.toggle("entered", state.entered !== null);
  const metric = readout.metrics.find(({key}) => key === state.metric);
  const covariate = metric?.comparisons.find((c) => c.adjustment.covariate !== null)?.adjustment.covariate ?? null;
  const says = form.querySelector(".covariate");
  if (says) says.textContent = covariate ?? "this metric has none that varies";
  const adjust = form.querySelector<HTMLInputElement>("input[name=adjust]");
  if (adjust) adjust.disabled = covariate === null;
}

/** Returns the state that the form shows, everything else as it was. */
export function readControls(form: HTMLFormElement, state: ExploreState, {first, asOf}: Explorable): ExploreState {
  const inputs = Array.from(form.querySelectorAll<HTMLInputElement>("input"));
  const checked = (field: string) => inputs.filter((input) => input.name === field && input.checked);
  const day = (field: string, otherwise: string | null) =>
    inputs.find((input) => input.name === field)?.value || otherwise || "";
  const where = new Map<string, string[]>(Object.keys(state.where).map((dimension) => [dimension, []]));
  for (const {value, dataset} of checked("where")) {
    const dimension = dataset.dimension ?? "";
    where.set(dimension, [...(where.get(dimension) ?? []), value]);
  }
  const picked = checked("by").map(({value}) => value);
  const entered = checked("time").some(({value}) => value === "entered");
  const [from, to] = [day("from", first), day("to", asOf)].sort();
  return {
    ...state,
    metric: form.querySelector<HTMLSelectElement>("select[name=metric]")?.value ?? state.metric,
    by: [...state.by.filter((key) => picked.includes(key)), ...picked.filter((key) => !state.by.includes(key))],
    where: Object.fromEntries([...where].filter(([, values]) => values.length > 0)),
    asOf: entered ? null : day("as-of", asOf) || null,
    entered: entered && from && to ? {from, to} : null,
    adjust: inputs.find((input) => input.name === "adjust")?.checked ?? true,
    correction:
      corrections.find((key) => key === form.querySelector<HTMLSelectElement>("select[name=correction]")?.value) ??
      state.correction
  };
}

function metricName(readout: Readout, key: string): string {
  const metric = readout.metrics.find((m) => m.key === key);
  return metric ? `${metric.name} (${metric.role})` : key;
}

function own(where: ExploreState["where"], dimension: string): readonly string[] {
  return Object.hasOwn(where, dimension) ? (where[dimension] ?? []) : [];
}
