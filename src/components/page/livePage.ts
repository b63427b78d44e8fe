import {changesSince, daysOf, publishedRun} from "../../lib/experiment/history/changesSince.ts";
import {formatDate} from "../../lib/experiment/format.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {schemaVersion} from "../../lib/experiment/schemaVersion.ts";
import type {Html} from "../blocks/html.ts";
import {html} from "../blocks/html.ts";
import {primaries, variantName} from "../blocks/subject.ts";
import {drawCharts} from "../charts/drawCharts.ts";
import {markOf, pollRun} from "./pollRun.ts";
import {sayAge} from "./sayAge.ts";
import {sqlShown} from "./sqlShown.ts";
import {tenureChoice} from "./tenureChoice.ts";
import {unpacked} from "./unpacked.ts";
import {whatIfs} from "./whatIfs.ts";

/**
 * Keeps an experiment's page in step with what is published and with its address. While the page is open it asks for
 * `run.json`; when another run is there it says what moved and writes the new numbers in place. With `?asof=DATE` it
 * shows the readout as it stood on that day.
 *
 * @param readout what the page was built with
 */
export function livePage(readout: Readout, {invalidation}: {invalidation?: Promise<void>} = {}): void {
  let latest = readout;
  let shown: Readout | null = readout;
  let eraseCharts = draw(readout);
  let asked = 0;
  const written = document.querySelector<HTMLMetaElement>('meta[name="readout-live"]')?.content;
  const built = written !== undefined && /^https?:$/.test(location.protocol);
  const folder = new URL(`../readouts/${encodeURIComponent(readout.id)}/`, location.href);

  function draw(next: Readout): () => void {
    let done = () => {};
    const over = new Promise<void>((resolve) => (done = resolve));
    drawCharts(next, {invalidation: over});
    whatIfs(next, {invalidation: over});
    tenureChoice(next, {invalidation: over});
    sqlShown(next);
    return done;
  }

  async function show(next: Readout, before: () => void = () => {}): Promise<Element[]> {
    const {showStory} = await import("./storyDom.ts");
    before();
    eraseCharts();
    const moved = showStory(shown, next);
    shown = next;
    eraseCharts = draw(next);
    sayDay(next.asOf);
    const field = document.querySelector<HTMLInputElement>('input[name="asof"]');
    if (field && latest.asOf) {
      field.max = latest.asOf;
      field.value = next.asOf ?? "";
    }
    return moved;
  }

  /** Shows the day that the address asks for; today's readout without one. */
  async function follow(): Promise<void> {
    const serial = ++asked;
    const date = new URLSearchParams(location.search).get("asof");
    if (date === null && shown === latest && !document.querySelector(".past-note")) return;
    const {pastOf} = await import("./asOf.ts");
    const past = date === null ? null : await pastOf(latest, date, {folder: built ? folder : null});
    if (serial !== asked) return;
    await show(past?.readout ?? latest, () => {
      note("past-note", past?.note ?? null);
      document.querySelector("main")?.classList.toggle("past", past?.readout != null);
    });
  }

  async function update(): Promise<void> {
    const next = await readoutIn(folder);
    if (next.schemaVersion !== schemaVersion || next.id !== readout.id)
      return note("live-note", html`A newer version of this page is there. Reload it.`);
    const was = latest;
    latest = next;
    const words = movedWords(was, next);
    if (document.querySelector(".past-note")) await follow();
    else for (const element of await show(next)) element.classList.add("moved");
    note(
      "live-note",
      html`<b>New numbers</b>, data to ${formatDate(next.asOf)}:
        ${words.length === 0 ? "nothing moved." : words.map((text) => html`<span>${text}</span> `)}
        <button type="button" data-dismiss>Close</button>`
    );
  }

  function go(date: string | null): void {
    const state = new URLSearchParams(location.search);
    if (date === null || date === latest.asOf) state.delete("asof");
    else state.set("asof", date);
    const query = String(state);
    history.pushState(null, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
    void follow();
  }

  const changed = ({target}: Event) => {
    if (target instanceof HTMLInputElement && target.name === "asof" && target.validity.valid && target.value)
      go(target.value);
  };
  const clicked = (event: MouseEvent) => {
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest<HTMLElement>("[data-asof]");
    if (target?.closest("[data-dismiss]")) note("live-note", null);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(link.dataset.asof || null);
    document.querySelector("main")?.scrollIntoView();
  };
  const submitted = (event: Event) => {
    if (event.target instanceof Element && event.target.matches(".past-form")) event.preventDefault();
  };
  const back = () => void follow();
  document.addEventListener("change", changed);
  document.addEventListener("click", clicked);
  document.addEventListener("submit", submitted);
  addEventListener("popstate", back);
  invalidation?.then(() => {
    eraseCharts();
    document.removeEventListener("change", changed);
    document.removeEventListener("click", clicked);
    document.removeEventListener("submit", submitted);
    removeEventListener("popstate", back);
  });
  async function start(): Promise<void> {
    // The file is newer than the page, or an older one was kept by a cache.
    if (built && written !== markOf(stateOf(readout))) {
      const fresh = await readoutIn(folder).catch(() => readout);
      if (fresh.schemaVersion === schemaVersion && fresh.id === readout.id) latest = fresh;
      if (written !== markOf(stateOf(latest))) shown = null;
    }
    if (shown !== latest) await show(latest);
    await follow();
    if (built) pollRun(new URL("run.json", folder), stateOf(latest), update, {...(invalidation ? {invalidation} : {})});
  }
  void start();
}

function stateOf({runId, stale}: Readout): {runId: string; stale: string | null} {
  return {runId, stale: stale?.reason ?? null};
}

async function readoutIn(folder: URL): Promise<Readout> {
  const response = await fetch(new URL("readout.json.gz", folder), {cache: "no-cache"});
  if (!response.ok) throw new Error(`the file could not be had: the server answered ${response.status}`);
  return unpacked(await response.arrayBuffer()).json();
}

/** What moved between two readouts, in the words of the build. */
function movedWords(before: Readout, after: Readout): string[] {
  const words = changesSince([publishedRun(before)], publishedRun(after), {
    primary: primaries(after).map(({key}) => key),
    names: (key) => after.metrics.find((metric) => metric.key === key)?.name ?? key,
    then: daysOf(after)
  }).map(({text}) => text);
  const severe = after.metrics.flatMap(({key, name, guardrail}) =>
    (guardrail ?? [])
      .filter(({variant, status}) => {
        const old = before.metrics.find((metric) => metric.key === key)?.guardrail?.find((g) => g.variant === variant);
        return status !== old?.status && status !== "not-yet-known";
      })
      .map(({variant, status}) => `Guardrail ${name}, ${variantName(after, variant)}: ${status}.`)
  );
  const stale = after.stale?.reason !== before.stale?.reason && after.stale ? [`Stale: ${after.stale.reason}.`] : [];
  return [...stale, ...severe, ...words];
}

/** Puts a note under the title, announced to those who do not see it; takes it away without a content. */
function note(kind: string, content: Html | null): void {
  const old = document.querySelector(`.${kind}`);
  if (content === null) return old?.remove();
  const element = old ?? document.createElement("div");
  element.className = `${kind} notice`;
  element.setAttribute("role", "status");
  element.innerHTML = String(content);
  if (!old) document.getElementById("verdict")?.before(element);
}

function sayDay(asOf: string | null): void {
  const bar = document.querySelector<HTMLElement>(".as-of");
  const time = bar?.querySelector("time");
  if (!bar || !time || !asOf || time.dateTime === asOf) return;
  time.dateTime = asOf;
  time.textContent = formatDate(asOf);
  while (time.nextSibling) time.nextSibling.remove();
  delete bar.dataset.aged;
  sayAge();
}
