import {formatDate, formatPercent} from "../../lib/experiment/format.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {yamlCode} from "./code.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {section} from "./section.ts";
import {variantName} from "./subject.ts";
import {table} from "./table.ts";

/**
 * Returns the design as it was registered: the definition itself, phases, and the marks that make it checkable.
 *
 * @param folder where the readout's files lie as seen from the page
 */
export function design(readout: Readout, folder: string): Html {
  const {phases, variants, input} = readout;
  return section(
    "design",
    "Registered design",
    "As it was written down; what the numbers above are held against.",
    yamlCode(readout.design.text),
    phases.length > 1
      ? html`<h3>Phases</h3>
          ${table(
            "Phases with fixed weights",
            [
              {head: "Phase"},
              {head: "From"},
              {head: "To"},
              ...variants.map((v) => ({head: name(v.name), number: true}))
            ],
            phases.map((p) => [
              name(p.name),
              formatDate(p.start),
              p.end ? formatDate(p.end) : "now",
              ...variants.map((v) => formatPercent(p.weights[v.key] ?? null, {decimals: 0}))
            ])
          )}`
      : null,
    input.sql
      ? html`<details class="data" data-sql>
          <summary>The SQL that reads the logs</summary>
          <p>It is <code>input.sql</code> in <a href="${folder}readout.json">readout.json</a>.</p>
        </details>`
      : null,
    html`<p class="marks">
      Run ${mark(readout.runId)} · design ${mark(readout.design.hash)}${registered(readout.design)} · input
      ${mark(input.hash)} · ${readout.timezone} · at least ${readout.minimumUnits} units in every published row ·
      control is ${name(variantName(readout, variants.find((v) => v.role === "control")?.key ?? ""))}
    </p>`
  );
}

/** Whether the design is the one that the first build found. */
function registered({hash, registered: first}: Readout["design"]): Html | null {
  if (first === undefined) return null;
  if (first.hash === hash) return html`, as registered on ${formatDate(first.date)}`;
  return html`, registered on ${formatDate(first.date)} as ${mark(first.hash)} and
    <a href="#changes">changed since</a>`;
}

/** The beginning of a hash, whole on hover and in readout.json. */
function mark(hash: string): Html {
  return html`<code title="${hash}">${hash.slice(0, 12)}</code>`;
}
