import {formatBytes, formatCount, plural} from "../../lib/experiment/format.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import type {TryMapping} from "../../lib/experiment/tryout/mapping.ts";
import {html, name} from "../blocks/html.ts";
import {story} from "../blocks/story.ts";
import {drawCharts} from "../charts/drawCharts.ts";
import {find, place} from "../explore/place.ts";
import {mappingForm, readMapping} from "./mappingForm.ts";
import {samples} from "./samples.ts";
import {tour} from "./tour.ts";
import {tryClient} from "./tryClient.ts";
import type {OpenedFile} from "./tryEngine.ts";

/** The blocks of a readout that a file can fill, in the order of the readout page. */
const blocks = [
  "verdict",
  "health",
  "primary",
  "metrics",
  "segments",
  "power",
  "bayesian",
  "evidence",
  "glossary"
] as const;

const stops = [
  {selector: ".drop", text: "Drop a CSV or Parquet file, or open a sample. It is read in this page and sent nowhere."},
  {selector: ".columns", text: "What each column means is guessed from its name and its cells. Correct what is wrong."},
  {selector: ".outcome", text: "The readout and its decision follow at once, by the formulas of the methods page."}
];

/** Runs the Try page: a file, what its columns mean, and the readout of it. */
export function tryPage({invalidation, root = "./"}: {invalidation?: Promise<void>; root?: string} = {}): void {
  const page = find(document, ".try");
  const engine = tryClient();
  let opened: OpenedFile | null = null;
  let mapping: TryMapping | null = null;
  let redraw = () => {};
  let serial = 0;
  let computed = 0;

  place(
    page,
    html`<div class="drop">
        <p>
          <label class="choose">Choose a file <input type="file" accept=".csv,.tsv,.txt,.parquet,.gz" /></label> or drop
          it here: CSV or Parquet, also packed by gzip.
        </p>
        <p>
          No file at hand? Open
          ${Object.entries(samples).map(([key, {title}], i) => html`${i === 0 ? "" : ", or "}<button type="button" data-sample="${key}">${title}</button>`)}.
        </p>
        <p class="role">
          Nothing leaves your browser: the page has no server to send it to.
          <button type="button" name="tour">Show the tour</button>
        </p>
      </div>
      <p class="said" role="status" aria-live="polite"></p>
      <section class="columns" aria-label="Columns"></section>
      <div class="outcome"></div>`
  );
  const drop = find(page, ".drop");
  const input = find<HTMLInputElement>(page, "input[type=file]");
  const said = find(page, ".said");
  const columns = find(page, ".columns");
  const outcome = find(page, ".outcome");
  const guide = tour(stops, {before: drop});

  async function open(file: Blob & {name: string}): Promise<void> {
    const own = ++serial;
    said.textContent = `Reading ${file.name}, ${formatBytes(file.size)}`;
    page.setAttribute("aria-busy", "true");
    try {
      const read = await engine.open(file);
      if (own === serial) await take(read);
    } catch (error) {
      if (own === serial) refuse(file.name, error);
    } finally {
      if (own === serial) page.removeAttribute("aria-busy");
    }
  }

  async function take(read: OpenedFile): Promise<void> {
    const {name: fileName, rows, profiles} = read;
    opened = read;
    mapping = read.mapping;
    said.textContent = `${fileName}: ${plural(rows, "row")}, ${plural(profiles.length, "column")}.`;
    if (mapping === null) {
      redraw();
      place(columns, null);
      place(
        outcome,
        html`<p class="notice harm" role="alert">
          ${name(fileName)} has no column that could be the variant: one is needed with two to twelve different values.
          Its columns are
          ${name(
            profiles
              .map((p) => p.name)
              .slice(0, 30)
              .join(", ")
          )}.
        </p>`
      );
      return;
    }
    await show();
  }

  function refuse(fileName: string, error: unknown): void {
    opened = null;
    mapping = null;
    redraw();
    said.textContent = "";
    place(columns, null);
    place(
      outcome,
      html`<p class="notice harm" role="alert">${name(fileName)} cannot be read: ${messageOf(error)}.</p>`
    );
  }

  async function show(): Promise<void> {
    if (!opened || !mapping) return;
    const focused = document.activeElement;
    const held =
      focused instanceof HTMLElement && columns.contains(focused)
        ? {
            name: focused.getAttribute("name"),
            column: focused.dataset.column,
            variant: focused.dataset.variant,
            value: focused.getAttribute("value")
          }
        : null;
    place(
      columns,
      html`<h2>What the columns mean</h2>
        <p class="lede">Guessed; correct what is wrong.</p>
        ${mappingForm(mapping, opened.profiles)}`
    );
    if (held)
      Array.from(columns.querySelectorAll<HTMLElement>("select, input"))
        .find(
          (field) =>
            field.getAttribute("name") === held.name &&
            field.dataset.column === held.column &&
            field.dataset.variant === held.variant &&
            (field.getAttribute("type") !== "checkbox" || field.getAttribute("value") === held.value)
        )
        ?.focus();
    await compute();
  }

  async function compute(): Promise<void> {
    if (!opened || !mapping) return;
    const own = ++computed;
    let readout: Readout;
    const start = performance.now();
    outcome.setAttribute("aria-busy", "true");
    try {
      readout = await engine.compute(mapping, {today: new Date().toISOString().slice(0, 10)});
      if (own !== computed) return;
      redraw();
    } catch (error) {
      if (own !== computed) return;
      redraw();
      place(
        outcome,
        html`<h2>The readout</h2>
          <p class="notice care" role="alert">There is no readout yet: ${messageOf(error)}.</p>`
      );
      return;
    } finally {
      if (own === computed) outcome.removeAttribute("aria-busy");
    }
    place(
      outcome,
      html`<h2 class="result-heading">${name(opened.name)}</h2>
        <p class="facts">
          <span>${plural(readout.input.units, "unit")}</span>
          <span>fixed design, read once</span>
          <span>p-values adjusted by Holm</span>
          <span>computed in ${formatCount(Math.max(1, Math.round(performance.now() - start)))} ms</span>
        </p>
        ${blocks.map((block) => story[block]?.({readout, root, files: [], folder: ""}) ?? null)}
        <section aria-labelledby="written-heading">
          <h2 id="written-heading">Write it down</h2>
          <p class="lede">The definition that gives this readout, for <code>data/experiments/</code>.</p>
          <pre class="yaml" tabindex="0"><code>${readout.design.text}</code></pre>
        </section>`
    );
    const drawn = new Promise<void>((done) => (redraw = done));
    drawCharts(readout, {invalidation: drawn});
  }

  async function change(event: Event): Promise<void> {
    const form = columns.querySelector("form");
    const target = event.target;
    if (!opened || !mapping || !form) return;
    const before = mapping;
    mapping = readMapping(form, mapping, opened.profiles);
    if (target instanceof HTMLSelectElement && target.name === "variant")
      mapping = (await engine.guess(target.value)) ?? mapping;
    if (target instanceof HTMLSelectElement && target.name === "shape" && mapping.count === null)
      mapping = {...mapping, count: before.count ?? opened.profiles.find((p) => p.integer)?.name ?? null};
    await show();
  }

  function click(event: MouseEvent): void {
    const target = event.target instanceof HTMLElement ? event.target : null;
    const key = target?.dataset.sample;
    if (key === "summary" || key === "units") {
      const {name: title, text} = samples[key];
      void open(Object.assign(new Blob([text()]), {name: title}));
    } else if (target?.getAttribute("name") === "tour") guide.show();
  }

  const chosen = () => {
    const [file] = input.files ?? [];
    if (file) void open(file);
    input.value = "";
  };
  const over = (event: DragEvent) => {
    event.preventDefault();
    drop.classList.add("over");
  };
  const out = () => drop.classList.remove("over");
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    out();
    const [file] = event.dataTransfer?.files ?? [];
    if (file) void open(file);
  };
  const stop = (event: Event) => event.preventDefault();
  input.addEventListener("change", chosen);
  page.addEventListener("dragover", over);
  page.addEventListener("dragleave", out);
  page.addEventListener("drop", dropped);
  page.addEventListener("click", click);
  columns.addEventListener("change", (event) => void change(event));
  columns.addEventListener("submit", stop);
  invalidation?.then(() => {
    redraw();
    engine.close();
    guide.dispose();
    page.replaceChildren();
  });
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
