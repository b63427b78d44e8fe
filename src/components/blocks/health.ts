import {formatDate, formatNumber, formatPValue, plural, sayPValue} from "../../lib/experiment/format.ts";
import type {HealthCheck, Readout} from "../../lib/experiment/readout.ts";
import type {CheckStatus} from "../../lib/experiment/words.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {checkTones, pill} from "./pill.ts";
import {table} from "./table.ts";

const order: CheckStatus[] = ["blocked", "warning", "ok"];

/** Of the checks that are fine, those that a reader asks for first. */
const asked = ["sample-ratio", "pre-period", "crossovers"];

/** Returns the health line: the checks that matter most in words, the rest as a count; it unfolds into all of them. */
export function health({health: {status, checks}}: Readout): Html {
  const sorted = [...checks].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const troubles = sorted.filter((c) => c.status !== "ok");
  const fine = checks.filter((c) => c.status === "ok" && asked.includes(c.key));
  const shown = [...troubles, ...(fine.length > 0 ? fine : checks.filter((c) => c.status === "ok"))].slice(0, 3);
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
            ${troubles.length > 0 ? checkTable("Checks that found something", troubles) : null}
            ${
              troubles.length > 0 && troubles.length < checks.length
                ? html`<details class="data">
                    <summary>${plural(checks.length - troubles.length, "check")} that found nothing</summary>
                    ${checkTable(
                      "Checks that found nothing",
                      sorted.filter((c) => c.status === "ok")
                    )}
                  </details>`
                : troubles.length === 0
                  ? checkTable("Health checks", sorted)
                  : null
            }
          </details>`
    }
  </section>`;
}

function checkTable(caption: string, checks: readonly HealthCheck[]): Html {
  const columns = [
    {head: "Check"},
    {head: "Found"},
    {head: "Value", number: true, fold: true},
    {head: "Since", fold: true},
    {head: "State", number: true}
  ];
  return table(caption, columns, checks.map(row));
}

function row(check: HealthCheck) {
  return [
    name(check.name),
    html`${check.message}${check.status === "ok" ? null : html`<br /><span class="todo">${check.whatToDo}</span>`}${unusual(
      check
    )}`,
    check.value === null
      ? "\u2013"
      : check.value > 0 && check.value < 1
        ? formatPValue(check.value)
        : formatNumber(check.value),
    check.date ? formatDate(check.date, {year: false}) : "",
    pill(check.status === "ok" ? "fine" : check.status, checkTones[check.status])
  ];
}

/** The parts of a check that are not fine; the fine ones as a count. */
function unusual({details}: HealthCheck): Html | null {
  const rows = details.filter((d) => d.status !== "ok");
  if (rows.length === 0) return null;
  const rest = details.length - rows.length;
  return html`<ul class="details">
    ${rows.slice(0, 12).map((d) => html`<li>${name(d.label)} <span class="role">${d.value !== null && d.value >= 0 && d.value < 1 ? formatPValue(d.value) : formatNumber(d.value)}</span> ${pill(d.status, checkTones[d.status])}</li>`)}
    ${rest > 0 ? html`<li class="role">${rest} others are fine</li>` : null}
  </ul>`;
}

/** A fine check is said by its name; of the others the message, as far as a line holds it. */
function brief({status, message, value}: HealthCheck): string {
  if (status === "ok") return value !== null && value > 0 && value < 1 ? sayPValue(value) : "";
  return message.length > 80 ? `${message.slice(0, 78).trimEnd()}\u2026` : message;
}

function count(checks: readonly HealthCheck[]): string {
  const n = (status: CheckStatus) => checks.filter((c) => c.status === status).length;
  const warnings = n("warning");
  const parts = [`${checks.length} checks`, `${n("ok")} fine`];
  if (warnings) parts.push(`${warnings} warning${warnings === 1 ? "" : "s"}`);
  if (n("blocked")) parts.push(`${n("blocked")} blocked`);
  return parts.join(", ");
}
