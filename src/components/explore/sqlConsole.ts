import {formatBytes, formatCount, plural} from "../../lib/experiment/format.ts";
import type {Html} from "../blocks/html.ts";
import {html} from "../blocks/html.ts";
import type {Value} from "./csvOf.ts";
import {csvOf} from "./csvOf.ts";
import {engineBytes} from "./engineBytes.ts";
import {examples} from "./examples.ts";
import {identifier} from "./identifier.ts";
import type {Database, EngineWorker, PreparedTable, QueryResult} from "./openDatabase.ts";
import type {ParquetColumns} from "./parquetColumns.ts";
import {find, place} from "./place.ts";
import {longRows} from "./longRows.ts";
import type {Encoding} from "./quickChart.ts";
import {guessEncoding, numberColumns, quickChart} from "./quickChart.ts";

/** What the console works on. */
export type ConsoleOptions = {
  tables: Readonly<Record<string, ParquetColumns>>;
  experiment: string;
  metric: string;
  dimensions: readonly string[];
  /** The place of each variant's colour. */
  variants: Readonly<Record<string, number>>;
  /** Text to begin with; it is not run by itself. */
  sql: string | null;
  onSql: (sql: string) => void;
};

type Opened = {engine: Database; rest: () => Promise<void>};

const shownRows = 500;
/** Milliseconds after which a reader is told that a query runs; to show it of shorter ones would only slow them. */
const patience = 150;
/** Milliseconds between two words on how far the engine has come. */
const toldEvery = 100;
const every = "every";

const loadDriver = () => import("./openDatabase.ts");
const loadArquero = async () => (await import("arquero/dist/arquero.min.js")).default;

/** Puts a SQL console over the cube into a section; the engine is loaded with the first query. Returns what ends it. */
export function sqlConsole(
  section: HTMLElement,
  {tables, experiment, metric, dimensions, variants, sql, onSql}: ConsoleOptions
): () => void {
  const queries = examples({metric, dimensions, tables: Object.keys(tables)});
  let opening: Promise<Opened> | null = null;
  let database: Database | null = null;
  let waiting: Promise<EngineWorker | null> | null = null;
  /** The coming of the tables that the first query did not name. */
  let others: Promise<void> | null = null;
  let late: ReturnType<typeof setTimeout> | undefined;
  let result: QueryResult | null = null;
  let order: {column: number; descending: boolean} | null = null;
  let encoding: Encoding | null = null;
  let everyNumber = false;
  let run = 0;

  place(
    section,
    html`<h2 id="sql-heading">Ask in SQL</h2>
      <p class="lede">
        The published rows as tables in a DuckDB that runs in this page. The first query loads it:
        ${formatBytes(engineBytes)}, once.
      </p>
      <form>
        <div class="ask">
          <label class="field"
            ><span>Example</span
            ><select name="example">
              <option value="">choose</option>
              ${queries.map(({title}, i) => html`<option value="${i}">${title}</option>`)}
            </select></label
          >
          <label class="text"
            ><span>Query</span
            ><textarea name="sql" rows="7" spellcheck="false" autocomplete="off" autocapitalize="off" wrap="off">
${sql ?? queries[0]?.sql ?? ""}</textarea>
          </label>
          <p class="actions">
            <button type="submit" name="run">Run</button>
            <button type="button" name="stop" hidden>Stop</button>
            <span class="role">Ctrl or ⌘ with Enter runs it</span>
          </p>
        </div>
        <details class="schema" open>
          <summary>Tables and columns</summary>
          ${Object.entries(tables).map(([name, table]) => schema(name, table))}
        </details>
      </form>
      <p class="said" role="status" aria-live="polite"></p>
      <div class="answer"></div>`
  );
  const form = find<HTMLFormElement>(section, "form");
  const text = find<HTMLTextAreaElement>(section, "textarea");
  const said = find(section, ".said");
  const answer = find(section, ".answer");
  const stopButton = find<HTMLButtonElement>(section, "[name=stop]");
  // A textarea drops one line break after its tag; the value is set as it is.
  text.value = sql ?? queries[0]?.sql ?? "";

  /** Loads the engine with the tables that a query names, or all where it names none. */
  async function start(query: string): Promise<Opened> {
    const {openDatabase, prepareTable} = await loadDriver();
    const started = await waiting;
    waiting = null;
    let told = -Infinity;
    const coming = openDatabase({
      started: started ?? undefined,
      onProgress: ({loaded, total}) => {
        if (loaded !== total && performance.now() - told < toldEvery) return;
        told = performance.now();
        const words = `Loading the engine: ${formatBytes(loaded)}${total === null ? "" : ` of ${formatBytes(total)}`}`;
        said.textContent = loaded === total ? `${words}; starting it` : words;
      }
    });
    // Told of below; until then nobody listens.
    coming.catch(() => {});
    const named = Object.entries(tables).filter(([name]) => query.toLowerCase().includes(name.toLowerCase()));
    const first = named.length > 0 ? named : Object.entries(tables);
    const prepared: [string, PreparedTable][] = [];
    for (const [name, table] of first) prepared.push([name, await prepareTable(table)]);
    const opened = await coming;
    said.textContent = "Putting the cube into the engine";
    try {
      for (const [name, table] of prepared) await opened.insert(name, table);
      await opened.lock();
    } catch (error) {
      await opened.close();
      throw error;
    }
    return {
      engine: opened,
      async rest() {
        for (const [name, table] of Object.entries(tables))
          if (!first.some(([own]) => own === name)) await opened.insert(name, await prepareTable(table));
      }
    };
  }

  async function submit(): Promise<void> {
    const query = text.value.trim();
    if (query === "") {
      said.textContent = "There is no query to run.";
      return;
    }
    const serial = ++run;
    const tell = () => {
      onSql(text.value);
      stopButton.hidden = false;
      if (database !== null) said.textContent = "Running";
    };
    clearTimeout(late);
    late = setTimeout(tell, database === null ? 0 : patience);
    section.setAttribute("aria-busy", "true");
    const first = opening === null;
    try {
      const own = (opening ??= start(query));
      const {engine, rest} = await own;
      if (opening !== own) void engine.close();
      else database = engine;
      if (serial !== run) return;
      // The first answer does not wait for tables that its question does not name; every other one does.
      if (!first) await (others ??= rest());
      if (serial !== run) return;
      const got = await engine.query(query).finally(() => {
        if (opening === own) (others ??= rest()).catch(() => {});
      });
      if (serial !== run) return;
      onSql(text.value);
      result = got;
      order = null;
      encoding = guessEncoding(got);
      everyNumber = false;
      said.textContent = `${plural(got.rows.length, "row")}${got.cut ? ", the first of more" : ""}, ${formatCount(Math.round(got.milliseconds))}\u202fms`;
      show();
    } catch (error) {
      if (serial !== run) return;
      onSql(text.value);
      if (database === null) opening = null;
      result = null;
      said.textContent = database === null ? "The engine could not be started." : "The query failed.";
      place(answer, html`<pre class="error" role="alert">${readable(error)}</pre>`);
    } finally {
      if (serial === run) {
        clearTimeout(late);
        stopButton.hidden = true;
        section.removeAttribute("aria-busy");
      }
    }
  }

  function stop(): void {
    ++run;
    const ended = database;
    database = null;
    opening = null;
    others = null;
    clearTimeout(late);
    void ended?.close();
    stopButton.hidden = true;
    section.removeAttribute("aria-busy");
    said.textContent = "Stopped; the next query starts the engine anew.";
  }

  function ordered(): readonly (readonly Value[])[] {
    if (!result || !order) return result?.rows ?? [];
    const {column, descending} = order;
    const sign = descending ? -1 : 1;
    return [...result.rows].sort((a, b) => sign * compare(a[column] ?? null, b[column] ?? null));
  }

  function show(): void {
    if (!result) return;
    const {columns} = result;
    const rows = ordered();
    place(
      answer,
      html`${rows.length === 0 ? html`<p class="absent">The query returned no rows.</p>` : null}
        ${encoding === null ? null : chartControls(result, encoding, everyNumber)}
        <div class="scroll" tabindex="0" role="region" aria-label="Result of the query">
          <table class="query">
            <caption class="sr">
              Result of the query
            </caption>
            <thead>
              <tr>
                ${columns.map((name, i) => {
                  const sort = order?.column === i ? (order.descending ? "descending" : "ascending") : "none";
                  return html`<th scope="col" aria-sort="${sort}" class="${isNumber(result, i) ? "number" : ""}">
                    <button type="button" data-sort="${i}">${name}</button>
                  </th>`;
                })}
              </tr>
            </thead>
            <tbody>
              ${rows.slice(0, shownRows).map(
                (row) =>
                  html`<tr>
                    ${row.map((value) => cell(value))}
                  </tr> `
              )}
            </tbody>
          </table>
        </div>
        <p class="role below">
          ${rows.length > shownRows ? `The first ${shownRows} of ${formatCount(rows.length)} rows. ` : ""}<button
            type="button"
            name="csv"
          >
            Download CSV
          </button>
        </p>`
    );
    void draw();
  }

  async function draw(): Promise<void> {
    const plot = answer.querySelector<HTMLElement>(".quick .plot");
    if (!plot || !result || !encoding) return;
    const wide = result;
    const gather = numberColumns(wide).filter((i) => i !== encoding?.x);
    const shown = everyNumber ? longRows(wide, {keep: encoding.x, gather}, await loadArquero()) : wide;
    if (wide !== result || !plot.isConnected) return;
    const size = {width: Math.max(240, Math.floor(plot.clientWidth)), height: 200, variants};
    const chart = quickChart(shown, everyNumber ? {x: 0, y: 2, z: 1} : encoding, size);
    chart.setAttribute("aria-hidden", "true");
    plot.replaceChildren(chart);
  }

  function click(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target.closest("button") : null;
    if (target?.dataset.sort !== undefined) {
      const column = Number(target.dataset.sort);
      order = {column, descending: order?.column === column ? !order.descending : isNumber(result, column)};
      show();
      answer.querySelector<HTMLElement>(`[data-sort="${column}"]`)?.focus();
    } else if (target?.name === "csv" && result) {
      download(csvOf(result.columns, ordered()), `${experiment}.csv`);
    } else if (target?.name === "stop") stop();
    else if (target?.dataset.insert !== undefined) {
      text.setRangeText(target.dataset.insert, text.selectionStart, text.selectionEnd, "end");
      text.focus();
    }
  }

  function change(event: Event): void {
    const target = event.target;
    if (!(target instanceof HTMLSelectElement)) return;
    if (target.name === "example") {
      const query = queries[Number(target.value)];
      if (target.value !== "" && query) text.value = query.sql;
    } else if (encoding && (target.name === "x" || target.name === "y" || target.name === "z")) {
      const at = target.value === "" ? null : Number(target.value);
      if (target.name === "y") everyNumber = target.value === every;
      if (target.value !== every)
        encoding = target.name === "z" ? {...encoding, z: at} : {...encoding, [target.name]: at ?? 0};
      const split = answer.querySelector<HTMLSelectElement>("select[name=z]");
      if (split) split.disabled = everyNumber;
      void draw();
    }
  }

  const send = (event: Event) => {
    event.preventDefault();
    void submit();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void submit();
  };
  // Loaded on use: neither the engine nor what drives it is part of the page. The driver comes with the first touch.
  const near = () => {
    if (opening !== null) return;
    waiting ??= loadDriver()
      .then(({startWorker}) => startWorker())
      .catch(() => null);
  };
  form.addEventListener("focusin", near, {once: true});
  form.addEventListener("pointerenter", near, {once: true});
  form.addEventListener("submit", send);
  text.addEventListener("keydown", key);
  section.addEventListener("click", click);
  section.addEventListener("change", change);
  return () => {
    form.removeEventListener("submit", send);
    text.removeEventListener("keydown", key);
    section.removeEventListener("click", click);
    section.removeEventListener("change", change);
    ++run;
    clearTimeout(late);
    opening = null;
    void database?.close();
    void waiting?.then((started) => started?.worker.terminate());
  };
}

function schema(name: string, {length, columns}: ParquetColumns): Html {
  return html`<p>
    <button type="button" data-insert="${identifier(name)}"><code>${name}</code></button>
    <span class="role">${plural(length, "row")}</span>:
    ${Object.keys(columns).map((column) => html`<button type="button" data-insert="${identifier(column)}"><code>${column}</code></button> `)}
  </p>`;
}

function chartControls(result: QueryResult, {x, y, z}: Encoding, everyNumber: boolean): Html {
  const {columns} = result;
  const several = numberColumns(result).filter((i) => i !== x).length > 1;
  const select = (name: string, label: string, at: number | null, none: boolean) =>
    html`<label class="field"
      ><span>${label}</span
      ><select name="${name}" ${name === "z" && everyNumber ? "disabled" : null}>
        ${none ? html`<option value="">none</option>` : null}
        ${columns.map((column, i) => html`<option value="${i}" ${i === at ? "selected" : null}>${column}</option>`)}
        ${name === "y" && several ? html`<option value="${every}" ${everyNumber ? "selected" : null}>every number</option>` : null}
      </select></label
    >`;
  return html`<figure class="quick">
    <figcaption>
      ${select("y", "Chart", y, false)} ${select("x", "against", x, false)}
      ${select("z", "one colour for each", z, true)}
    </figcaption>
    <div class="plot"></div>
  </figure>`;
}

function cell(value: Value): Html {
  if (value === null) return html`<td class="none">null</td>`;
  if (typeof value === "number") return html`<td class="number">${numberText(value)}</td>`;
  return html`<td><bdi>${String(value)}</bdi></td>`;
}

/** Every digit that a double has and no more; whole numbers grouped. */
function numberText(value: number): string {
  return Number.isSafeInteger(value) ? formatCount(value) : String(value).replace("-", "\u2212");
}

function isNumber(result: QueryResult | null, column: number): boolean {
  return result?.rows.find((row) => row[column] !== null)?.[column] !== undefined
    ? typeof result.rows.find((row) => row[column] !== null)?.[column] === "number"
    : false;
}

/** Nulls last, numbers by size, everything else as text. */
function compare(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b));
}

/** The engine's message without its wrapping. */
function readable(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error)).replace(/^Error:\s*/, "").trim();
  try {
    const parts: unknown = JSON.parse(message);
    if (typeof parts === "object" && parts !== null && "exception_message" in parts) {
      const kind = "exception_type" in parts ? `${String(parts.exception_type)} error: ` : "";
      return kind + String(parts.exception_message);
    }
  } catch {
    // Not wrapped.
  }
  return message || "unknown error";
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], {type: "text/csv"}));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
