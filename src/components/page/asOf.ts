import {cubeTableFromColumns} from "../../lib/cube/cubeTable.ts";
import {exploreCells} from "../../lib/cube/exploreCells.ts";
import {emptyState} from "../../lib/experiment/exploreState.ts";
import {formatDate, formatPercent} from "../../lib/experiment/format.ts";
import {asOfReadout} from "../../lib/experiment/history/asOfReadout.ts";
import type {ReadoutAsOf} from "../../lib/experiment/history/asOfReadout.ts";
import type {PublishedRun} from "../../lib/experiment/history/memory.ts";
import type {ArmsAsOf} from "../../lib/experiment/history/readoutAsOf.ts";
import {readoutAsOf} from "../../lib/experiment/history/readoutAsOf.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import type {Html} from "../blocks/html.ts";
import {html, name} from "../blocks/html.ts";
import {variantName} from "../blocks/subject.ts";
import {table} from "../blocks/table.ts";
import {fetchBytes} from "../explore/fetchBytes.ts";
import {parquetColumns} from "../explore/parquetColumns.ts";

/** An earlier day of a readout, and what is said of it at the top of the page. Without a readout there is no such day. */
export type Past = {readout: Readout | null; note: Html};

/**
 * Returns a readout as it stood on a day: from what was published, and from the cube where that is silent.
 *
 * @param options.folder where the experiment's files are; null in the preview, which has only today's readout
 */
export async function pastOf(readout: Readout, date: string, {folder}: {folder: URL | null}): Promise<Past> {
  const missing: string[] = [];
  const or = <Value>(otherwise: Value, words: string) =>
    function (): Value {
      missing.push(words);
      return otherwise;
    };
  const [runs, arms] =
    folder === null
      ? [[], undefined]
      : await Promise.all([
          runsIn(folder).catch(or<PublishedRun[]>([], "what was published could not be read")),
          armsIn(folder, readout).catch(or<ArmsAsOf | undefined>(undefined, "the cube could not be read"))
        ]);
  try {
    const past = asOfReadout(readout, runs, date);
    return {
      readout: readoutAsOf(readout, runs, date, arms === undefined ? {} : {arms}),
      note: noteOf(readout, past, missing)
    };
  } catch {
    return {
      readout: null,
      note: html`There is no ${name(date.slice(0, 20))} in this experiment: it has the days from
        ${formatDate(readout.start)} to ${formatDate(readout.asOf)}. <a href="?" data-asof="">Close</a>`
    };
  }
}

async function runsIn(folder: URL): Promise<PublishedRun[]> {
  const bytes = await fetchBytes(String(new URL("runs.json", folder)), {fresh: true});
  const runs: PublishedRun[] = JSON.parse(new TextDecoder().decode(bytes));
  return runs;
}

/** Units and means by arm as of any day, from the cube. */
async function armsIn(folder: URL, readout: Readout): Promise<ArmsAsOf> {
  const {columns} = await parquetColumns(await fetchBytes(String(new URL("path.parquet", folder)), {fresh: true}));
  const keys = readout.dimensions.map(({key}) => key);
  const phased = readout.phases.length > 1 && "phase" in columns && !keys.includes("phase");
  const path = cubeTableFromColumns(columns, {
    dimensions: phased ? [...keys, "phase"] : keys,
    origins: Object.fromEntries(readout.metrics.map(({key, origin}) => [key, origin]))
  });
  return (key, date) => {
    const metric = readout.metrics.find((each) => each.key === key);
    if (metric === undefined || !path.metrics.values.includes(key)) return [];
    const {cells} = exploreCells({path, entries: null}, metric, {...emptyState, asOf: date}, readout);
    const [first] = cells;
    return [
      ...(first ? [{variant: first.baseline, n: first.n[0], mean: first.means[0]}] : []),
      ...cells.map(({variant, n, means}) => ({variant, n: n[1], mean: means[1]}))
    ];
  };
}

function noteOf(readout: Readout, past: ReadoutAsOf, missing: readonly string[]): Html {
  const rows = past.comparisons.filter(({differs}) => differs);
  const lift = (of: {readonly relativeDifference: number | null} | null) =>
    formatPercent(of?.relativeDifference ?? null, {signed: true, decimals: 2});
  return html`<p>
      <b>As it stood on ${formatDate(past.date)}.</b> ${past.sentence} ${missing.map((text) => html`(${text}) `)}
      <a href="?" data-asof="">Back to ${formatDate(readout.asOf)}</a>
    </p>
    ${
      rows.length === 0
        ? null
        : html`<details class="data">
            <summary>Where published and recomputed numbers differ</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="Published and recomputed numbers">
              ${table(
                `Relative differences as of ${formatDate(past.date)}`,
                [
                  {head: "Metric"},
                  {head: "Variant"},
                  {head: "Published", number: true},
                  {head: "With today’s data", number: true}
                ],
                rows.map((row) => [
                  name(row.name),
                  name(variantName(readout, row.variant)),
                  lift(row.published),
                  lift(row.recomputed)
                ])
              )}
            </div>
          </details>`
    }
    <p class="role">
      Segments, whether it lasts, power and what is likely are shown for the last day only;
      <a href="../explore.html?experiment=${encodeURIComponent(readout.id)}&as-of=${past.date}">Explore</a> takes any
      day apart.
    </p>`;
}
