import type {Columns} from "../../lib/cube/cubeTable.ts";
import {tenureSegment} from "../../lib/cube/tenure/tenureSegment.ts";
import {noveltyOf} from "../../lib/experiment/novelty/noveltyOf.ts";
import type {MetricResult, NoveltyResult, Readout} from "../../lib/experiment/readout.ts";
import {html} from "../blocks/html.ts";
import {absent} from "../blocks/section.ts";
import {leading} from "../blocks/subject.ts";
import {tenureView} from "../blocks/tenure.ts";
import {drawCharts} from "../charts/drawCharts.ts";

/**
 * Returns what shows the effect by days since exposure that the form asks for: of another metric or variant from the
 * readout, or of a segment, computed here from tenure.parquet, which is fetched when it is first asked for.
 */
export function tenureShown(
  readout: Readout,
  {form, place, invalidation}: {form: HTMLFormElement; place: HTMLElement; invalidation?: Promise<void>}
): () => Promise<void> {
  let columns: Promise<Columns> | null = null;
  let asked = 0;
  const chosen = (key: string): string => {
    const field = form.elements.namedItem(key);
    return field instanceof HTMLSelectElement ? field.value : "";
  };

  return async () => {
    const turn = ++asked;
    const metric = readout.metrics.find((m) => m.key === chosen("metric")) ?? readout.metrics.find((m) => m.novelty);
    const whole =
      metric?.novelty?.find((r) => r.variant === (chosen("variant") || leading(readout))) ?? metric?.novelty?.[0];
    if (!metric || !whole) return;
    const segment = segmentOf(chosen("segment"));
    let result = whole;
    try {
      if (segment !== null) {
        place.setAttribute("aria-busy", "true");
        const found = await segmentResult(readout, metric, whole, segment, await (columns ??= load(readout.id)));
        if (turn !== asked) return;
        if (found === null) {
          place.innerHTML = String(
            absent(
              null,
              `Cannot tell for ${segment[1]}: it has too few units in an entry cohort, and is part of other.`
            )
          );
          return;
        }
        result = found;
      }
    } catch (error) {
      columns = null;
      place.innerHTML = String(
        absent(
          null,
          `The effect of a segment cannot be shown: ${error instanceof Error ? error.message : String(error)}.`
        )
      );
      return;
    } finally {
      if (turn === asked) place.removeAttribute("aria-busy");
    }
    place.innerHTML = String(html`${tenureView({result, metric, readout, segment: segment?.[1] ?? null})}`);
    const shown = readout.metrics.map((m) => (m === metric ? {...m, novelty: [result]} : m));
    drawCharts({...readout, metrics: shown}, {within: place, ...(invalidation ? {invalidation} : {})});
  };
}

async function load(id: string): Promise<Columns> {
  const url = new URL(`../readouts/${encodeURIComponent(id)}/tenure.parquet`, location.href).href;
  const [{fetchBytes}, {parquetColumns}] = await Promise.all([
    import("../explore/fetchBytes.ts"),
    import("../explore/parquetColumns.ts")
  ]);
  return (await parquetColumns(await fetchBytes(url, {fresh: true}))).columns;
}

function segmentOf(value: string): [dimension: string, value: string] | null {
  if (value === "") return null;
  const [dimension, own]: string[] = JSON.parse(value);
  return dimension === undefined || own === undefined ? null : [dimension, own];
}

async function segmentResult(
  readout: Readout,
  metric: MetricResult,
  whole: NoveltyResult,
  [dimension, value]: readonly [string, string],
  columns: Columns
): Promise<NoveltyResult | null> {
  const {key, kind} = metric;
  if (kind !== "mean" && kind !== "proportion" && kind !== "ratio") return null;
  const sums = tenureSegment(columns, {metric: key, dimension, value, kind, spans: whole.spans});
  if (sums === null) return null;
  const control = readout.variants.find(({role}) => role === "control")?.key ?? "";
  const options = {
    alpha: readout.alpha,
    power: readout.powerGoal,
    direction: metric.direction,
    minimumEffect: metric.power?.minimumEffect ?? null,
    entering: readout.status !== "stopped",
    triangleBlocks: 8,
    bands: "sidak"
  } as const;
  return noveltyOf(sums, {control, treatments: [whole.variant]}, options)[0] ?? null;
}
