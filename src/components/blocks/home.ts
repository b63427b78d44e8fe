import {
  formatCount,
  formatDate,
  formatPercent,
  formatPercentInterval,
  formatShort,
  intervalDecimals,
  plural
} from "../../lib/experiment/format.ts";
import type {IndexEntry, ReadoutIndex} from "../../lib/experiment/readout.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {intervalMark} from "./interval.ts";
import {verdictTones} from "./pill.ts";
import {shipped} from "./shipped.ts";

const groups = [
  {key: "blocked", title: "Blocked", lede: "Nothing may be concluded before a person has looked."},
  {key: "decided", title: "Decided", lede: "The data have spoken; a person acts."},
  {key: "running", title: "Running", lede: "Nothing to do but wait."},
  {key: "finished", title: "Finished", lede: null}
] as const;

type Group = (typeof groups)[number]["key"];

/** Returns what an experiment needs today. */
export function groupOf({error, status, verdict, health}: IndexEntry): Group {
  if (status === "stopped" || status === "draft") return "finished";
  if (error !== null || health === "blocked" || verdict === "blocked") return "blocked";
  return verdict === "ship" || verdict === "do-not-ship" || verdict === "roll-back" ? "decided" : "running";
}

/** Returns the portfolio: one line per experiment, grouped by what needs a person, all intervals on one axis. */
export function home(index: ReadoutIndex, root: string): Html {
  const {experiments} = index;
  if (experiments.length === 0) {
    return html`<p class="absent">
      There is no experiment yet. Write <code>data/experiments/&lt;id&gt;.yaml</code> and run
      <code>npm run build</code>.
    </p>`;
  }
  const reach = axisReach(experiments);
  const byGroup = groups.map((g) => ({...g, entries: experiments.filter((e) => groupOf(e) === g.key).sort(newest)}));
  const open = experiments.filter((e) => groupOf(e) !== "finished").length;
  return html`<p class="lede" id="count">
      ${plural(experiments.length, "experiment")}, ${open} open.
      ${byGroup
        .filter((g) => g.entries.length && g.key !== "finished")
        .map((g, i) => `${i ? ", " : ""}${g.entries.length} ${g.key}`)}.
    </p>
    ${controls(experiments)}
    <div class="portfolio" data-reach="${reach}">
      ${byGroup
        .filter((g) => g.entries.length > 0)
        .map(
          (g) =>
            html`<section class="group" id="${g.key}" aria-labelledby="${g.key}-heading">
              <div class="group-head">
                <h2><span id="${g.key}-heading">${g.title}</span> <span class="n">${g.entries.length}</span></h2>
                ${axis(reach)}
              </div>
              <ol>
                ${g.entries.map((e) => line(e, reach, root))}
              </ol>
            </section>`
        )}
      <p class="absent none" hidden>No experiment matches.</p>
    </div>
    ${shipped(index, root)}`;
}

function line(e: IndexEntry, reach: number, root: string): Html {
  const {primary} = e;
  const decimals = primary ? intervalDecimals(primary.relativeInterval, {scale: 100}) : 0;
  const group = groupOf(e);
  const words = [e.title, e.id, e.owner, e.label, e.status, primary?.name, ...e.tags]
    .filter(Boolean)
    .join(" ")
    .toLowerCase();
  const label = e.error ? "Not built" : (e.label ?? "Not known");
  const tone = e.error ? "harm" : e.verdict ? verdictTones[e.verdict] : "plain";
  return html`<li
    class="row"
    data-words="${words}"
    data-status="${e.status}"
    data-owner="${e.owner ?? ""}"
    data-verdict="${e.error ? "not-built" : (e.verdict ?? "")}"
    data-health="${e.error ? "blocked" : (e.health ?? "")}"
    data-group="${group}"
    data-title="${e.title.slice(0, 80)}"
    data-effect="${primary?.relativeDifference ?? ""}"
    data-units="${e.units}"
    data-start="${e.start}"
    data-end="${e.end ?? ""}"
    data-as-of="${e.asOf ?? ""}"
    data-schedule="${e.schedule}"
  >
    <div class="what">
      <a href="${root}experiments/${e.id}">${name(e.title)}</a
      ><span class="by"
        >${e.owner ? name(e.owner) : "no owner"}${e.stale ? html` · <span class="care">stale</span>` : null}${!e.error && e.health === "warning" ? html` · warning` : null}</span
      >
    </div>
    <div class="verdict-word ${tone}">${label}</div>
    <div class="effect">
      ${
        primary && primary.relativeDifference !== null
          ? html`<b>${formatPercent(primary.relativeDifference, {signed: true, decimals})}</b
              ><span>${name(primary.name)}</span>`
          : html`<span>${e.error ? "see why" : "no number yet"}</span>`
      }
    </div>
    <div class="axis-cell">
      ${intervalMark(primary?.relativeDifference ?? null, primary?.relativeInterval ?? null, reach)}
    </div>
    <div class="size">
      <b>${formatShort(e.units)}</b><span>${e.plannedUnits ? `of ${formatShort(e.plannedUnits)} units` : "units"}</span>
    </div>
    <div class="days">
      <b>${e.days}</b><span>${e.plannedDays ? `of ${formatCount(e.plannedDays)} days` : "days"}</span>
    </div>
    <div class="fresh">
      ${e.asOf ? html`<time datetime="${e.asOf}">${formatDate(e.asOf, {year: false})}</time>` : "\u2013"}
    </div>
  </li> `;
}

function axis(reach: number): Html {
  const label = (value: number) => formatPercent(value, {signed: true, decimals: reach < 0.01 ? 1 : 0});
  return html`<div class="axis" aria-hidden="true">
    <span>${label(-reach)}</span><span>0</span><span>${label(reach)}</span>
  </div>`;
}

function controls(experiments: readonly IndexEntry[]): Html {
  const owners = [...new Set(experiments.map((e) => e.owner).filter((o) => o !== null))].sort();
  const options = (values: readonly (readonly [string, string])[]) =>
    values.map(([value, text]) => html`<option value="${value}">${text}</option>`);
  const select = (key: string, label: string, values: readonly (readonly [string, string])[]) =>
    html`<label
      ><span>${label}</span
      ><select name="${key}">
        <option value="">any</option>
        ${options(values)}
      </select></label
    >`;
  return html`<form class="filters" role="search" aria-label="Experiments">
    <label class="search"
      ><span>Search</span><input type="search" name="q" placeholder="title, owner, tag, metric" autocomplete="off"
    /></label>
    ${select("status", "Status", [
      ["running", "running"],
      ["paused", "paused"],
      ["stopped", "stopped"],
      ["draft", "draft"]
    ])}
    ${select("verdict", "Verdict", [
      ["ship", "ship"],
      ["keep-running", "keep running"],
      ["do-not-ship", "do not ship"],
      ["roll-back", "roll back"],
      ["blocked", "blocked"],
      ["incomplete", "incomplete"],
      ["not-built", "not built"]
    ])}
    ${select("health", "Health", [
      ["ok", "fine"],
      ["warning", "warning"],
      ["blocked", "blocked"]
    ])}
    ${select(
      "owner",
      "Owner",
      owners.slice(0, 500).map((o) => [o, o.length > 40 ? `${o.slice(0, 39)}\u2026` : o])
    )}
    <label
      ><span>Sort</span
      ><select name="sort">
        <option value="">newest</option>
        ${options([
          ["effect", "effect"],
          ["units", "units"],
          ["title", "title"]
        ])}
      </select></label
    >
  </form>`;
}

/** Returns how far the common axis goes to either side: nine of ten bounds are on it, rounded up to a plain number. */
export function axisReach(experiments: readonly IndexEntry[]): number {
  const bounds = experiments
    .flatMap((e) => e.primary?.relativeInterval ?? [])
    .filter((b) => b !== null)
    .map(Math.abs)
    .sort((a, b) => a - b);
  const high = bounds[Math.floor(bounds.length * 0.9)] ?? bounds.at(-1) ?? 0.05;
  return [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2].find((r) => r >= high) ?? 5;
}

function newest(a: IndexEntry, b: IndexEntry): number {
  return b.start.localeCompare(a.start) || a.id.localeCompare(b.id);
}

/** Returns the sentence for link previews of the home page. */
export function homeSentence({experiments}: ReadoutIndex): string {
  const counts = groups.map((g) => [g.key, experiments.filter((e) => groupOf(e) === g.key)] as const);
  const listed = counts.filter(([, e]) => e.length > 0).map(([key, e]) => `${e.length} ${key}`);
  const best = experiments.find((e) => e.verdict === "ship" && e.primary);
  return `${plural(experiments.length, "experiment")}: ${listed.join(", ")}.${best?.primary ? ` ${best.title}: ${formatPercentInterval(best.primary.relativeInterval)} on ${best.primary.name}.` : ""}`;
}
