import type {CellLag} from "../../lib/cube/cellLag.ts";
import type {CellResult, CellResults} from "../../lib/cube/exploreCells.ts";
import type {Crumb, ExploreState} from "../../lib/experiment/exploreState.ts";
import {noQuantile} from "../../lib/cube/exploreCells.ts";
import {writeExploreState} from "../../lib/experiment/exploreState.ts";
import {formatCount, formatDate, formatPercent, formatPValue, plural} from "../../lib/experiment/format.ts";
import type {MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {testNames} from "../blocks/behind.ts";
import {effectText, intervalCell, intervalText, meanText} from "../blocks/effect.ts";
import type {Html} from "../blocks/html.ts";
import {html, name} from "../blocks/html.ts";
import {colorIndex, variantName} from "../blocks/subject.ts";
import {sentence} from "../blocks/section.ts";
import {correctionWords, dimensionName, filterWords, timeWords} from "./describe.ts";

/** Returns the trail from all units to the view, each step a link that goes back to it. */
export function crumbs(readout: Readout, trail: readonly Crumb[]): Html {
  return html`<nav class="crumbs" aria-label="Trail">
    <ol>
      ${trail.map(({dimension, values, state}, i) => {
        const words =
          dimension === null
            ? html`All units`
            : html`<span class="role">${name(dimensionName(readout, dimension))}</span>
                ${name(values.length > 3 ? `${values.length} values` : values.join(" or "))}`;
        return i === trail.length - 1
          ? html`<li><span aria-current="step">${words}</span></li> `
          : html`<li><a href="${writeExploreState(state)}" data-crumb="${i}" rel="external">${words}</a></li> `;
      })}
    </ol>
  </nav>`;
}

/** Returns the registered result and, beside it and marked as such, the exploration of all units that the filters leave. */
export function beside(
  readout: Readout,
  metric: MetricResult,
  state: ExploreState,
  {cells, level}: CellResults,
  root: string
): Html {
  const shown = cells.slice(0, 3);
  return html`<div class="beside">
    <div class="registered">
      <h3>Registered result</h3>
      ${metric.comparisons.slice(0, 3).map((c) => html`<p>${swatch(readout, c.variant)}<b>${effectText(c, metric)}</b> <span class="keep">${c.difference === null ? (c.reason ?? "") : intervalText(c, metric)}</span></p>`)}
      <p class="role">
        all units, as of ${formatDate(readout.asOf)}, ${testName(metric)}:
        <a href="${root}experiments/${readout.id}">the readout</a>
      </p>
    </div>
    <div class="explored">
      <h3>This view <span class="pill care">exploration</span></h3>
      ${shown.map((c) => html`<p>${swatch(readout, c.variant)}<b>${effectText(c, metric)}</b> <span class="keep">${c.difference === null ? (c.reason ?? "") : intervalText(c, metric)}</span></p>`)}
      ${shown.length === 0 ? html`<p>${metric.kind === "quantile" ? "Not known of a part." : "No unit is left."}</p>` : null}
      <p class="role">
        ${name(filterWords(readout, state.where))}, ${timeWords(state)}, ${formatPercent(level, {decimals: 0})} interval
        for one look at one
        view${
          shown[0]?.varianceReduction == null
            ? null
            : `; the covariate takes away ${formatPercent(shown[0].varianceReduction, {decimals: 1})} of the variance`
        }
      </p>
    </div>
  </div>`;
}

function testName({comparisons, method}: MetricResult): string {
  const test = comparisons[0]?.test;
  return test === undefined ? `${method} design` : (testNames[test] ?? test);
}

/**
 * Returns the table of a view: one line for each cell and treatment; what is too small is grey and says why. `lines` is
 * how many of them it has at most, all by default.
 */
export function resultTable(
  readout: Readout,
  metric: MetricResult,
  state: ExploreState,
  {cells, family, more, lag}: CellResults,
  {lines = Infinity}: {lines?: number} = {}
): Html {
  if (cells.length === 0)
    return html`<p class="absent">
      ${
        metric.kind === "quantile"
          ? sentence(noQuantile)
          : html`No unit is left: ${name(filterWords(readout, state.where))}, ${timeWords(state)}.`
      }
    </p>`;
  const treatments = readout.variants.length > 2;
  const adjusted = state.correction !== null && state.correction !== "none";
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Results of this view">
      <table class="results">
        <caption class="sr">
          ${metric.name}, ${timeWords(state)}
        </caption>
        <thead>
          <tr>
            ${
              state.by.length === 0
                ? html`<th scope="col">Units</th>`
                : state.by.map((key) => html`<th scope="col">${name(dimensionName(readout, key))}</th>`)
            }
            ${treatments ? html`<th scope="col">Variant</th>` : null}
            <th scope="col" class="number fold">Units</th>
            <th scope="col" class="number fold">Control</th>
            <th scope="col" class="number fold">Treatment</th>
            <th scope="col" class="number">Difference</th>
            <th scope="col" class="number">Interval</th>
            <th scope="col" class="number fold">p</th>
            <th scope="col" class="number">${adjusted ? "adj. p" : "p"}</th>
          </tr>
        </thead>
        <tbody>
          ${cells.slice(0, lines).map((cell, i) => line(readout, metric, state, cell, i, treatments))}
        </tbody>
      </table>
    </div>
    <p class="role below">
      ${correctionWords(state.correction, family)} shown here; the views that you looked at before are not counted.
      ${more === 0 ? null : ` ${plural(more, "more cell")} with fewer units are not shown: narrow the view.`}
    </p>
    ${lag === null ? null : html`<p class="notice care lag">${lagWords(lag, readout, state)}</p>`}`;
}

/** Says that cells lag behind the variants as a whole, and from which date they are exact. */
function lagWords(
  {units, allUnits, exactUntil, exactFrom}: CellLag,
  {minimumUnits}: Readout,
  {entered}: ExploreState
): string {
  const held =
    units === allUnits
      ? `The segments hold all ${formatCount(allUnits)} units here, but not yet all that these did`
      : `The segments hold ${formatCount(units)} of ${formatCount(allUnits)} units here`;
  const exact =
    exactFrom === null
      ? "they are exact on no later day"
      : entered === null
        ? `they are exact as of ${formatDate(exactFrom)}`
        : `counted from the first day they are exact up to entries of ${formatDate(exactFrom)}`;
  const before = exactUntil === null || entered !== null ? "" : `, and before that as of ${formatDate(exactUntil)}`;
  return `${held}: a row that fewer than ${minimumUnits} units make is published with a later one. Whole variants are exact on every day; of segments, ${exact}${before}.`;
}

function line(
  readout: Readout,
  metric: MetricResult,
  state: ExploreState,
  cell: CellResult,
  index: number,
  treatments: boolean
): Html {
  const why = cell.small ?? (cell.difference === null ? cell.reason : null);
  const [c, t] = cell.n;
  return html`<tr
    class="${why === null ? "" : "small"}"
    data-variant="${cell.variant}"
    data-difference="${cell.difference}"
    data-lower="${cell.interval?.[0]}"
    data-upper="${cell.interval?.[1]}"
    data-p="${cell.pValue}"
    data-adjusted-p="${cell.adjustedPValue}"
  >
    ${
      state.by.length === 0
        ? html`<th scope="row">${name(filterWords(readout, state.where))}</th>`
        : state.by.map((key, i) =>
            i === 0
              ? html`<th scope="row">
                  <button type="button" class="drill" data-cell="${index}">${valueName(cell.cell[key])}</button>
                </th>`
              : html`<td>
                  <button type="button" class="drill" data-cell="${index}">${valueName(cell.cell[key])}</button>
                </td>`
          )
    }
    ${treatments ? html`<td>${swatch(readout, cell.variant)}${name(variantName(readout, cell.variant))}</td>` : null}
    <td class="number fold">${formatCount(c + t)}</td>
    <td class="number fold">${meanText(cell.means[0], cell.difference, metric)}</td>
    <td class="number fold">${meanText(cell.means[1], cell.difference, metric)}</td>
    ${
      why !== null && cell.difference === null
        ? html`<td colspan="4" class="none">${sentence(why)}</td>`
        : html`<td class="number">${effectText(cell, metric)}</td>
            <td class="number">
              ${intervalCell(cell, metric)}${why === null ? null : html`<span class="why">${why}</span>`}
            </td>
            <td class="number fold">${formatPValue(cell.pValue)}</td>
            <td class="number">${formatPValue(cell.adjustedPValue)}</td>`
    }
  </tr> `;
}

function valueName(value: string | undefined): Html {
  return value === undefined || value === "" ? html`<i>empty</i>` : name(value);
}

function swatch(readout: Readout, variant: string): Html | null {
  return readout.variants.length > 2 ? html`<span class="swatch v${colorIndex(readout, variant)}"></span>` : null;
}
