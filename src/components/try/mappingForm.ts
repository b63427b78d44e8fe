import {formatChosen} from "../../lib/experiment/format.ts";
import type {SpreadForm, TryMapping, TryMetric} from "../../lib/experiment/tryout/mapping.ts";
import {possibleVariants} from "../../lib/experiment/tryout/guessMapping.ts";
import type {ColumnProfile} from "../../lib/experiment/tryout/profileColumns.ts";
import type {Role} from "../../lib/experiment/words.ts";
import type {Content, Html} from "../blocks/html.ts";
import {html, name} from "../blocks/html.ts";

type Choice = readonly [value: string, text: string];

const roles: readonly Choice[] = [
  ["", "not used"],
  ["primary", "primary"],
  ["secondary", "secondary"],
  ["guardrail", "guardrail"]
];
const spreadForms: readonly (readonly [SpreadForm, string])[] = [
  ["standard-deviation", "standard deviation"],
  ["variance", "variance"],
  ["standard-error", "standard error"],
  ["sum-of-squares", "sum of squares"]
];

/** Returns the columns that can be a metric: numbers that are nothing else. */
export function metricColumns(mapping: TryMapping, profiles: readonly ColumnProfile[]): string[] {
  const taken = new Set([mapping.variant, mapping.count, mapping.unit, mapping.date, ...mapping.dimensions]);
  return profiles.filter(({name, numeric}) => numeric && !taken.has(name)).map(({name}) => name);
}

/** Returns the form in which the columns of a file get their meaning, as the mapping has it. */
export function mappingForm(mapping: TryMapping, profiles: readonly ColumnProfile[]): Html {
  const {shape, variant, control, weights, count, unit, date, dimensions, empty, alpha, minimumEffect} = mapping;
  const names = profiles.map((p) => p.name);
  const columns: Choice[] = names.map((n) => [n, n]);
  const none: Choice = ["", "none"];
  const units = shape === "units";
  const possible = profiles.filter(
    ({name, numeric, integer, binary, values}) =>
      name !== variant &&
      name !== date &&
      name !== unit &&
      values !== null &&
      values.length > 1 &&
      (numeric ? units && integer && !binary && values.length <= 12 : true)
  );
  return html`<form class="mapping" aria-label="What the columns mean">
    <div class="fields">
      ${select("shape", "A row is", shape, [
        ["units", "one unit"],
        ["summary", "a sum of many units"]
      ])}
      ${select(
        "variant",
        "Variant",
        variant,
        possibleVariants(profiles).map((p): Choice => [p.name, p.name])
      )}
      ${select(
        "control",
        "Control",
        control,
        Object.keys(weights).map((key): Choice => [key, key])
      )}
      ${units ? select("unit", "Unit", unit, [none, ...columns]) : select("count", "Number of units", count, columns)}
      ${select("date", units ? "Day of entry" : "Day", date, [none, ...columns])}
      ${
        units
          ? select("empty", "An empty value", empty, [
              ["leave-out", "does not count"],
              ["zero", "is 0"]
            ])
          : null
      }
    </div>
    <fieldset class="fields">
      <legend>Planned shares, in percent</legend>
      ${Object.entries(weights).map(
        ([key, weight]) =>
          html`<label class="field"
            ><span>${name(key)}</span
            ><input
              type="number"
              name="weight"
              data-variant="${key}"
              min="0"
              max="100"
              step="any"
              value="${Number((weight * 100).toPrecision(4))}"
          /></label>`
      )}
    </fieldset>
    ${
      possible.length === 0
        ? null
        : html`<fieldset>
            <legend>Dimensions to split by</legend>
            ${possible.map((p) => html`<label class="tick inline"><input type="checkbox" name="dimension" value="${p.name}" ${dimensions.includes(p.name) ? "checked" : null} /> ${name(p.name)}</label> `)}
          </fieldset>`
    }
    <div class="scroll" tabindex="0" role="region" aria-label="Metrics">
      <table class="metrics-map">
        <caption class="sr">
          What each column of numbers measures
        </caption>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Used as</th>
            <th scope="col">Kind</th>
            <th scope="col">Good is</th>
            <th scope="col">${units ? "Below the line" : "Given as"}</th>
            <th scope="col">${units ? "Covariate" : "Spread"}</th>
          </tr>
        </thead>
        <tbody>
          ${metricColumns(mapping, profiles).map((column) => metricLine(column, mapping, profiles))}
        </tbody>
      </table>
    </div>
    <div class="fields">
      ${select("alpha", "Level", String(alpha), [
        ["0.1", "90%"],
        ["0.05", "95%"],
        ["0.01", "99%"]
      ])}
      <label class="field"
        ><span>Smallest effect worth acting on</span
        ><input
          type="text"
          name="effect"
          inputmode="decimal"
          placeholder="such as 2%"
          value="${minimumEffect === null ? "" : formatChosen(minimumEffect)}"
      /></label>
    </div>
  </form>`;
}

function metricLine(column: string, {metrics, shape}: TryMapping, profiles: readonly ColumnProfile[]): Html {
  const metric = metrics.find((m) => m.column === column);
  const profile = profiles.find((p) => p.name === column);
  const others = profiles.filter((p) => p.numeric && p.name !== column).map((p): Choice => [p.name, p.name]);
  const none: Choice = ["", "none"];
  const units = shape === "units";
  const kinds: Choice[] = [
    ...(!units || profile?.binary ? [["proportion", "share of units"] as const] : []),
    ["mean", "mean"],
    ...(units ? [["ratio", "ratio of two"] as const] : [])
  ];
  const kind = metric?.kind ?? (profile?.binary ? "proportion" : "mean");
  const pick = (field: string, label: string, value: string | null, choices: readonly Choice[]): Content =>
    html`<select name="${field}" data-column="${column}" aria-label="${`${label} of ${column}`}">
      ${options(value, choices)}
    </select>`;
  return html`<tr class="${metric ? "" : "unused"}">
    <th scope="row">${name(column)}</th>
    <td>${pick("role", "use", metric?.role ?? "", roles)}</td>
    <td>${pick("kind", "kind", kind, kinds)}</td>
    <td>
      ${pick("direction", "good direction", metric?.direction ?? "increase", [
        ["increase", "more"],
        ["decrease", "less"]
      ])}
    </td>
    ${
      units
        ? html`<td>
              ${kind === "ratio" ? pick("denominator", "denominator", metric?.denominator ?? "", [none, ...others]) : ""}
            </td>
            <td>
              ${kind === "ratio" ? "" : pick("covariate", "covariate", metric?.covariate ?? "", [none, ...others])}
            </td>`
        : html`<td>
              ${pick("form", "form", metric?.form ?? "total", [
                ["total", kind === "proportion" ? "how many" : "total"],
                ["mean", kind === "proportion" ? "rate" : "mean"]
              ])}
            </td>
            <td>
              ${
                kind === "proportion"
                  ? ""
                  : html`${pick("spread", "spread", metric?.spread?.column ?? "", [none, ...others])}
                    ${pick("spread-form", "form of the spread", metric?.spread?.form ?? "standard-deviation", spreadForms)}`
              }
            </td>`
    }
  </tr> `;
}

/** Returns the mapping that the form shows; columns that are gone from it keep nothing. */
export function readMapping(
  form: HTMLFormElement,
  mapping: TryMapping,
  profiles: readonly ColumnProfile[]
): TryMapping {
  const value = (field: string) => form.querySelector<HTMLSelectElement | HTMLInputElement>(`[name="${field}"]`)?.value;
  const column = (field: string, otherwise: string | null) => {
    const found = value(field);
    return found === undefined ? otherwise : found || null;
  };
  const weights = Array.from(form.querySelectorAll<HTMLInputElement>('[name="weight"]'), (input) => [
    input.dataset.variant ?? "",
    Number(input.value) / 100
  ]);
  const ticked = form.querySelectorAll<HTMLInputElement>('[name="dimension"]:checked');
  const next: TryMapping = {
    ...mapping,
    shape: value("shape") === "summary" ? "summary" : "units",
    variant: value("variant") ?? mapping.variant,
    control: value("control") ?? mapping.control,
    weights: Object.fromEntries(weights),
    count: column("count", mapping.count),
    unit: column("unit", mapping.unit),
    date: column("date", mapping.date),
    dimensions: Array.from(ticked, (input) => input.value),
    empty: value("empty") === "zero" ? "zero" : "leave-out",
    alpha: Number(value("alpha")) || 0.05,
    minimumEffect: effectOf(value("effect") ?? "")
  };
  const columns = metricColumns(next, profiles);
  return {...next, metrics: columns.flatMap((each) => readMetric(form, each, next.shape === "summary"))};
}

function readMetric(form: HTMLFormElement, column: string, summary: boolean): TryMetric[] {
  const field = (name: string) =>
    Array.from(form.querySelectorAll<HTMLSelectElement>(`select[name="${name}"]`)).find(
      (select) => select.dataset.column === column
    )?.value ?? "";
  const role = roles.find(([key]) => key !== "" && key === field("role"))?.[0];
  if (role === undefined) return [];
  const kind = field("kind");
  const spreadForm = spreadForms.find(([key]) => key === field("spread-form"))?.[0] ?? "standard-deviation";
  return [
    {
      column,
      role: isRole(role) ? role : "secondary",
      kind: kind === "proportion" || (kind === "ratio" && !summary) ? kind : "mean",
      direction: field("direction") === "decrease" ? "decrease" : "increase",
      form: field("form") === "mean" ? "mean" : "total",
      spread: summary && field("spread") ? {column: field("spread"), form: spreadForm} : null,
      denominator: summary ? null : field("denominator") || null,
      covariate: summary ? null : field("covariate") || null
    }
  ];
}

function isRole(role: string): role is Role {
  return role === "primary" || role === "secondary" || role === "guardrail";
}

/** A share as people write it, `2%` or `0.02`; null for anything else. */
function effectOf(text: string): number | null {
  const number = Number(text.replace("%", "").replace(",", ".").trim());
  if (text.trim() === "" || !(number > 0)) return null;
  return text.includes("%") || number >= 1 ? number / 100 : number;
}

function select(field: string, label: string, value: string | null, choices: readonly Choice[]): Html {
  return html`<label class="field"
    ><span>${label}</span
    ><select name="${field}">
      ${options(value, choices)}
    </select></label
  >`;
}

function options(value: string | null, choices: readonly Choice[]): Content {
  return choices.map(
    ([key, text]) => html`<option value="${key}" ${key === (value ?? "") ? "selected" : null}>${text}</option>`
  );
}
