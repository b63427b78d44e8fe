import {formatDate, plural} from "../../lib/experiment/format.ts";
import type {ReadoutIndex} from "../../lib/experiment/readout.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {checkTones, pill} from "./pill.ts";
import {table} from "./table.ts";

/** Returns the alerts of all experiments, newest first; blocked before warnings of the same day. */
export function alerts({experiments, asOf}: ReadoutIndex, root: string): Html {
  const rows = experiments
    .flatMap((e) => [
      ...(e.error
        ? [
            {
              key: "build",
              status: "blocked" as const,
              message: e.error,
              whatToDo: "The page of the experiment says more.",
              date: e.asOf,
              experiment: e
            }
          ]
        : []),
      ...e.alerts
        .filter((a) => a.status !== "ok" && !(e.error && a.key === "build"))
        .map((a) => ({...a, experiment: e}))
    ])
    .sort((a, b) => (b.date ?? asOf ?? "").localeCompare(a.date ?? asOf ?? "") || a.status.localeCompare(b.status));
  if (rows.length === 0)
    return html`<p class="absent">
      Nothing to report: all checks of ${plural(experiments.length, "experiment")} are fine.
    </p>`;
  const blocked = rows.filter((r) => r.status === "blocked").length;
  return html`<p class="lede">
      ${plural(rows.length, "alert")} from ${plural(new Set(rows.map((r) => r.experiment.id)).size, "experiment")},
      newest first; ${blocked === 1 ? "one of them blocks a result" : `${blocked} of them block results`}.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Alerts">
      ${table(
        "Alerts of all experiments, newest first",
        [{head: "Since", fold: true}, {head: "Experiment"}, {head: "Found"}, {head: "State", number: true, fold: true}],
        rows.map((r) => {
          const date = r.date ? formatDate(r.date) : "\u2013";
          const state = pill(r.status, checkTones[r.status]);
          return [
            date,
            html`<a href="${root}experiments/${r.experiment.id}">${name(r.experiment.title)}</a
              ><span class="unfolded">${state}<span class="role">since ${date}</span></span>`,
            html`${r.message}<br /><span class="todo">${r.whatToDo}</span>`,
            state
          ];
        })
      )}
    </div>`;
}
