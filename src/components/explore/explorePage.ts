import type {CellResults} from "../../lib/cube/exploreCells.ts";
import {exploreCells, exploreDays} from "../../lib/cube/exploreCells.ts";
import type {ExploreState} from "../../lib/experiment/exploreState.ts";
import {
  checkExploreState,
  crumbsOf,
  drillInto,
  emptyState,
  parseExploreState,
  writeExploreState
} from "../../lib/experiment/exploreState.ts";
import {formatDate} from "../../lib/experiment/format.ts";
import type {MetricResult} from "../../lib/experiment/readout.ts";
import {html, name} from "../blocks/html.ts";
import {brush} from "./brush.ts";
import type {CellForest} from "./cellForest.ts";
import {cellAt, cellForest} from "./cellForest.ts";
import {controls, readControls, syncControls} from "./controls.ts";
import {viewWords} from "./describe.ts";
import {fileLinks} from "./files.ts";
import type {LoadedExperiment} from "./loadExperiment.ts";
import {loadExperiment} from "./loadExperiment.ts";
import {find, place} from "./place.ts";
import {beside, crumbs, resultTable} from "./results.ts";
import {colorIndex} from "../blocks/subject.ts";
import {sqlConsole} from "./sqlConsole.ts";
import type {TimeChart} from "./timeChart.ts";
import {timeChart} from "./timeChart.ts";

const timeHeight = 220;

/** Lines of the table that are written at once: more than a screen holds. The others follow with the charts. */
const firstLines = 24;

/**
 * Runs the Explore page: loads the experiment that the address or the picker names, and keeps the address, the controls
 * and what is shown in step. Numbers are written at once; charts, and lines below the first screen, when those are painted.
 */
export function explorePage({invalidation, root = "./"}: {invalidation?: Promise<void>; root?: string} = {}): void {
  const page = find(document, ".explore");
  const picker = document.querySelector<HTMLSelectElement>(".pick select");
  let leave: () => void = () => {};
  let opened = 0;

  async function open(): Promise<void> {
    const serial = ++opened;
    leave();
    leave = () => {};
    const {state, notes} = parseExploreState(location.search);
    if (picker) {
      picker.disabled = false;
      picker.value = state.experiment ?? "";
    }
    if (state.experiment === null) {
      place(page, html`${said(notes)}`);
      return;
    }
    place(page, html`<p class="loading" role="status">Loading the readout</p>`);
    const status = find(page, ".loading");
    let loaded: LoadedExperiment;
    try {
      loaded = await loadExperiment(fileLinks(state.experiment), {
        onProgress: (words) => (status.textContent = words)
      });
    } catch (error) {
      if (serial === opened)
        place(
          page,
          html`<p class="notice harm" role="alert">
            ${name(state.experiment)} cannot be explored: ${error instanceof Error ? error.message : String(error)}.
          </p>`
        );
      return;
    }
    if (serial === opened) leave = explore(page, loaded, {state, notes, root});
  }

  function pick(): void {
    const experiment = picker?.value || null;
    history.pushState(null, "", `${location.pathname}${writeExploreState({...emptyState, experiment})}`);
    void open();
  }

  const again = () => void open();
  picker?.addEventListener("change", pick);
  addEventListener("popstate", again);
  void open();
  invalidation?.then(() => {
    leave();
    picker?.removeEventListener("change", pick);
    removeEventListener("popstate", again);
  });
}

/** Shows one experiment; returns what ends it. */
function explore(
  page: HTMLElement,
  {readout, cubes, tables, explorable, notes: broken}: LoadedExperiment,
  asked: {state: ExploreState; notes: readonly string[]; root: string}
): () => void {
  const checked = checkExploreState(asked.state, explorable);
  let state = checked.state;
  let results: CellResults | null = null;
  let drawnForest: CellForest | null = null;
  let drawnTime: TimeChart = null;
  let forget = () => {};
  const first = () => explorable.first ?? "";
  const last = () => explorable.asOf ?? "";

  place(
    page,
    html`${said([...asked.notes, ...checked.notes])}
      ${
        broken.length === 0
          ? null
          : html`<p class="notice harm" role="alert">
              Not all of the cube could be read. ${broken.join(" ")} What follows uses the rest.
            </p>`
      }
      <div class="layout">
        <div class="side"></div>
        <div class="main">
          <div class="trail"></div>
          <div class="sum"></div>
          <figure class="time">
            <figcaption><strong></strong><span></span></figcaption>
            <div class="plot timeline" style="height: ${timeHeight}px"></div>
          </figure>
          <div class="cells"></div>
          <figure class="forest">
            <figcaption><strong>The same as intervals</strong><span></span></figcaption>
            <div class="plot"></div>
          </figure>
          <p class="status" role="status" aria-live="polite"></p>
        </div>
      </div>
      <section class="sql" aria-labelledby="sql-heading"></section>`
  );
  const main = find(page, ".main");
  const status = find(page, ".status");
  const timeline = find(page, ".timeline");
  const forestPlace = find(page, ".forest .plot");
  const side = find(page, ".side");
  const closeConsole = sqlConsole(find(page, ".sql"), {
    tables,
    experiment: readout.id,
    metric: state.metric ?? "",
    dimensions: readout.dimensions.map(({key}) => key),
    variants: Object.fromEntries(readout.variants.map(({key}) => [key, colorIndex(readout, key)])),
    sql: state.sql,
    onSql: (sql) => {
      state = {...state, sql};
      history.replaceState(null, "", `${location.pathname}${writeExploreState(state)}`);
    }
  });

  const metricOf = (): MetricResult | undefined => readout.metrics.find(({key}) => key === state.metric);
  const metricNow = metricOf();
  if (cubes === null || metricNow === undefined) {
    place(
      main,
      html`<p class="notice">
        ${cubes === null ? "Without the cube nothing can be filtered here." : "The readout has no metric."} The
        registered result stands in <a href="${asked.root}experiments/${readout.id}" rel="external">the readout</a>.
      </p>`
    );
    return closeConsole;
  }
  const known = cubes;
  place(side, controls(readout, explorable, cubes.entries !== null));
  const form = find<HTMLFormElement>(side, "form");

  // While a pointer moves, the address waits: browsers limit how often it may change.
  function go(next: ExploreState, {push = false, rests = true}: {push?: boolean; rests?: boolean} = {}): void {
    const entered = known.entries === null ? null : next.entered;
    state = checkExploreState({...next, entered}, explorable).state;
    const address = `${location.pathname}${writeExploreState(state)}`;
    if (push) history.pushState(null, "", address);
    else if (rests) history.replaceState(null, "", address);
    show();
  }

  let kept: {question: string; total: CellResults} | null = null;
  /** The result of all units that the filters leave; another crossing does not change it. */
  function totalOf(metric: MetricResult): CellResults {
    const whole = {...state, by: []};
    const question = writeExploreState(whole);
    if (kept?.question !== question) kept = {question, total: exploreCells(known, metric, whole, readout)};
    return kept.total;
  }

  function show(): void {
    const metric = metricOf();
    if (!metric) return;
    results = exploreCells(known, metric, state, readout);
    const total = state.by.length === 0 ? results : totalOf(metric);
    syncControls(form, readout, state);
    place(
      find(main, ".trail"),
      html`<p class="printed">${name(inWords())}</p>
        ${crumbs(readout, crumbsOf(state))}`
    );
    place(find(main, ".sum"), beside(readout, metric, state, total, asked.root));
    place(find(main, ".cells"), resultTable(readout, metric, state, results, {lines: firstLines}));
    timelineBrush.show();
    forget();
    forget = afterPaint(() => draw(total));
  }

  function draw(total: CellResults): void {
    const metric = metricOf();
    if (!metric || results === null) return;
    if (results.cells.length > firstLines) place(find(main, ".cells"), resultTable(readout, metric, state, results));
    const width = Math.floor(timeline.clientWidth);
    if (width === 0) return;
    const entered = state.entered !== null;
    const caption = find(main, ".time figcaption");
    find(caption, "strong").textContent = entered ? "Effect by entry date" : "Effect by day";
    find(caption, "span").textContent = entered
      ? "units that entered on each day, with their interval; drag over the days to keep"
      : "as of the end of each day, with its interval; drag to go back in time";
    const days = exploreDays(known, metric, state, readout);
    drawnTime = timeChart(days, readout, state, explorable, {width, height: timeHeight});
    timeline.replaceChildren();
    if (drawnTime) {
      drawnTime.element.setAttribute("aria-hidden", "true");
      timeline.append(drawnTime.element);
    } else timeline.textContent = "Nothing to draw: no day has an effect.";
    timelineBrush.show();
    const figure = find(main, ".forest");
    drawnForest = cellForest(readout, results.cells, {width, total: total.cells[0]?.relativeDifference ?? null});
    figure.hidden = drawnForest === null || (state.by.length === 0 && readout.variants.length < 3);
    forestPlace.replaceChildren(...(drawnForest ? [drawnForest.element] : []));
    drawnForest?.element.setAttribute("aria-hidden", "true");
    find(figure, "figcaption span").textContent =
      `${state.by.length === 0 ? "" : "click a line to look inside it; "}open and grey: too small; dashed: all of this view`;
  }

  const timelineBrush = brush(
    timeline,
    {
      mode: () => (state.entered === null ? "day" : "span"),
      scale: () => drawnTime?.scale ?? null,
      marked: () => (state.entered === null ? [first(), state.asOf ?? last()] : [state.entered.from, state.entered.to]),
      onMove: ([from, to], rests) =>
        go(state.entered === null ? {...state, asOf: to} : {...state, entered: {from, to}}, {rests})
    },
    {first, last}
  );

  function change(event: Event): void {
    const target = event.target;
    if (target instanceof HTMLInputElement && target.type === "date" && !target.validity.valid) return;
    go(readControls(form, state, explorable), {push: target instanceof HTMLInputElement && target.name === "where"});
  }

  function click(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    const crumb = target?.closest<HTMLElement>("[data-crumb]");
    const drill = target?.closest<HTMLElement>("[data-cell]");
    if (crumb) {
      event.preventDefault();
      const step = crumbsOf(state)[Number(crumb.dataset.crumb)];
      if (step) go(step.state, {push: true});
    } else if (drill) {
      const cell = results?.cells[Number(drill.dataset.cell)];
      if (cell) inside(cell.cell);
    }
  }

  function inside(cell: Readonly<Record<string, string>>): void {
    if (Object.keys(cell).length === 0) return;
    go(drillInto(state, cell, Object.keys(explorable.dimensions)), {push: true});
    main.querySelector<HTMLElement>(".crumbs [aria-current]")?.scrollIntoView({block: "nearest"});
  }

  function clickForest(event: MouseEvent): void {
    const cell = drawnForest && cellAt(drawnForest, event.clientY - forestPlace.getBoundingClientRect().top);
    if (cell) inside(cell.cell);
  }

  /** The view in a sentence, for a copy and for print, where the controls are not seen. */
  function inWords(): string {
    return viewWords(readout, state, {
      family: results?.family ?? 0,
      level: results?.level ?? 0.95,
      adjusted: results?.cells.some((c) => c.varianceReduction !== null) ?? false
    });
  }

  async function copy(): Promise<void> {
    const text = `${inWords()}\n${location.origin}${location.pathname}${writeExploreState(state)}`;
    try {
      await navigator.clipboard.writeText(text);
      status.textContent = `Copied: ${text}`;
    } catch {
      status.textContent = `Copy this: ${text}`;
    }
  }

  const reset = () => go({...emptyState, experiment: readout.id, metric: state.metric, sql: state.sql}, {push: true});
  const press = (event: MouseEvent) => {
    const button = event.target instanceof HTMLButtonElement ? event.target.name : "";
    if (button === "copy") void copy();
    else if (button === "reset") reset();
  };
  const stop = (event: Event) => event.preventDefault();
  let width = 0;
  const resized = new ResizeObserver(([entry]) => {
    const now = Math.floor(entry?.contentRect.width ?? 0);
    if (now === width) return;
    width = now;
    show();
  });
  form.addEventListener("change", change);
  form.addEventListener("submit", stop);
  form.addEventListener("click", press);
  main.addEventListener("click", click);
  forestPlace.addEventListener("click", clickForest);
  history.replaceState(null, "", `${location.pathname}${writeExploreState(state)}`);
  document.title = `${readout.title}: explore | Readout`;
  show();
  resized.observe(timeline);
  status.textContent = `${readout.title}, data until ${formatDate(explorable.asOf)}.`;
  return () => {
    resized.disconnect();
    forget();
    timelineBrush.dispose();
    closeConsole();
  };
}

/** Calls when the next frame has been painted; what comes back takes it back. */
function afterPaint(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => (timer = setTimeout(work)));
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

function said(notes: readonly string[]) {
  return notes.length === 0
    ? null
    : html`<p class="notice care notes" role="status">${notes.map((note) => html`<span>${name(note)}</span> `)}</p>`;
}
