import {formatDate, formatNumber, formatPValue} from "../../lib/experiment/format.ts";
import type {HealthCheck, Readout} from "../../lib/experiment/readout.ts";
import type {CheckStatus} from "../../lib/experiment/words.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {checkTones, pill} from "./pill.ts";
import {table} from "./table.ts";

const order: CheckStatus[] = ["blocked", "warning", "ok"];

/** Returns the health line: the checks that matter most in words, the rest as a count; it unfolds into all of them. */
export function health({health: {status, checks}}: Readout): Html {
  const sorted = [...checks].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const shown = [
    ...sorted.filter((c) => c.status !== "ok").slice(0, 3),
    ...checks.filter((c) => c.status === "ok").slice(0, 2)
  ].slice(0, 3);
  return html`<section id="belief" aria-labelledby="belief-heading">
    <h2 class="sr"><span id="belief-heading">Can it be believed?</span></h2>
    ${
      checks.length === 0
        ? html`<p class="absent">No health check has run yet.</p>`
        : html`<details class="health" ${status === "blocked" ? html` open` : null}>
            <summary>
              ${shown.map((c) => html`<span class="check ${checkTones[c.status]}"><b>${name(c.name)}</b> ${brief(c)}</span> `)}<span
                class="count"
                >${count(checks)}</span
              >
            </summary>
            ${table("Health checks", [{head: "Check"}, {head: "Found"}, {head: "Value", number: true, fold: true}, {head: "Since", fold: true}, {head: "State", number: true}], sorted.map(row))}
          </details>`
    }
  </section>`;
}

function row(check: HealthCheck) {
  return [
    name(check.name),
    html`${check.message}${check.status === "ok" ? null : html`<br /><span class="todo">${check.whatToDo}</span>`}${
      check.details.length > 1
        ? html`<ul class="details">
            ${check.details.map((d) => html`<li>${name(d.label)} ${d.value === null ? "" : formatNumber(d.value)}${d.status === "ok" ? null : html` ${pill(d.status, checkTones[d.status])}`}</li>`)}
          </ul>`
        : null
    }`,
    check.value === null
      ? "\u2013"
      : check.value > 0 && check.value < 1
        ? formatPValue(check.value)
        : formatNumber(check.value),
    check.date ? formatDate(check.date, {year: false}) : "",
    pill(check.status === "ok" ? "fine" : check.status, checkTones[check.status])
  ];
}

function brief({message}: HealthCheck): string {
  return message.length > 90 ? `${message.slice(0, 88).trimEnd()}\u2026` : message;
}

function count(checks: readonly HealthCheck[]): string {
  const n = (status: CheckStatus) => checks.filter((c) => c.status === status).length;
  const warnings = n("warning");
  const parts = [`${checks.length} checks`, `${n("ok")} fine`];
  if (warnings) parts.push(`${warnings} warning${warnings === 1 ? "" : "s"}`);
  if (n("blocked")) parts.push(`${n("blocked")} blocked`);
  return parts.join(", ");
}
