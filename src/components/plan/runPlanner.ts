import {formatCount, formatPercent, plural} from "../../lib/experiment/format.ts";
import {effectWithin, powerWithin} from "../../lib/experiment/planOf.ts";
import type {Method} from "../../lib/experiment/words.ts";
import {methods} from "../../lib/experiment/words.ts";
import {fieldOf, keepInAddress, setField, setText} from "../page/formFields.ts";
import {liveFigures} from "../page/liveFigures.ts";
import {designs, detectable, ended, powerCurve} from "./planCharts.ts";
import type {DesignPoint} from "./planCharts.ts";
import {meanOf, shownMean} from "./planner.ts";
import type {PlanMetric, PlanSource} from "./planSources.ts";
import type {Planned, PlanState} from "./planState.ts";
import {effectAt, placeOf, planQuery, planStateFrom, ranges, solvePlan, unknowns} from "./planState.ts";
import {planYaml} from "./planYaml.ts";

/** Links the page's sliders, charts, table and definition: whatever is moved, the rest follows. */
export function runPlanner({invalidation}: {invalidation?: Promise<void>} = {}): void {
  const form = document.querySelector<HTMLFormElement>("form.planner");
  const naming = document.querySelector<HTMLFormElement>("form.naming");
  if (!form || !naming) return;
  const figures = liveFigures({invalidation});
  const sources: PlanSource[] = JSON.parse(form.dataset.sources ?? "[]");
  let state = planStateFrom(location.search, sources);
  let frame = 0;
  let latest: Planned | null = null;

  function known(): {source: PlanSource; metric: PlanMetric} {
    const source = sources.find(({id}) => id === state.source) ?? sources[0];
    const metric = source?.metrics.find(({key}) => key === state.metric) ?? source?.metrics[0];
    if (!source || !metric) throw new RangeError("missing sources of the plan");
    return {source, metric};
  }

  function change(event: Event) {
    const {target} = event;
    if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return;
    const text = fieldOf(form!, target.name);
    const value = Number(text);
    // Who moves what follows wants the other thing to follow.
    if (target.name === state.solve) state = {...state, solve: state.solve === "days" ? "effect" : "days"};
    if (target.name === "source") {
      const metric = sources.find(({id}) => id === text)?.metrics[0];
      state = {...state, source: text, metric: metric?.key ?? ""};
    }
    if (target.name === "metric") state = {...state, metric: text};
    if (target.name === "effect") state = {...state, effect: effectAt(value)};
    if (target.name === "power") state = {...state, power: value / 100};
    if (target.name === "days") state = {...state, days: value};
    if (target.name === "share") state = {...state, share: value / 100};
    if (target.name === "alpha") state = {...state, alpha: value};
    if (target.name === "covariate") state = {...state, covariate: text === "on"};
    if (target.name === "method") state = {...state, method: methods.find((m) => m === text) ?? "fixed"};
    if (target.name === "solve") state = {...state, solve: unknowns.find((u) => u === text) ?? "days"};
    if (!known().metric.bounded && state.method === "group-sequential") state = {...state, method: "always-valid"};
    later();
  }

  function later() {
    if (frame === 0) frame = requestAnimationFrame(update);
  }

  function update() {
    frame = 0;
    const {source, metric} = known();
    const planned = solvePlan(state, source, metric);
    latest = planned;
    const {effect, power, days} = planned;
    state = {...state, effect, power, days};
    keepInAddress(planQuery(state));
    showFields(form!, state, {source, metric, sources});
    setText("[data-known]", sayKnown(source, metric, state));
    setText("[data-answer]", sayAnswer(planned, metric));
    showTable(planned);
    showCharts(planned);
    showYaml();
  }

  function showYaml() {
    const {source, metric} = known();
    if (latest === null) return;
    const {designs: all, effect, power, alpha, method, days, share} = latest;
    const own = all.find((d) => d.method === method);
    const start = nextMonday(source.asOf);
    const text =
      own?.units == null
        ? "# There is no such plan; see above why."
        : planYaml({
            title: fieldOf(naming!, "title").trim() || "New experiment",
            start: dayText(start),
            end: dayText(start + (Math.max(days, own.days ?? days) - 1) * 86_400_000),
            exposures: source.exposures,
            timezone: source.timezone,
            metric: metric.key,
            effect,
            alpha,
            power: Math.min(0.99, Math.round(power * 100) / 100),
            method,
            units: own.units,
            share,
            dimensions: source.dimensions,
            guardrails: source.guardrails
          });
    setText("pre.yaml", text);
    setText("[data-copied]", "");
  }

  async function copy() {
    const block = document.querySelector("pre.yaml");
    try {
      await navigator.clipboard.writeText(block?.textContent ?? "");
      setText("[data-copied]", "Copied.");
    } catch {
      if (block) getSelection()?.selectAllChildren(block);
      setText("[data-copied]", "Selected; copy it with the keyboard.");
    }
  }

  function showCharts(planned: Planned) {
    const {question, method, effect, power} = planned;
    const own = planned.designs.find((d) => d.method === method);
    const reach = Math.max(28, Math.min(182, Math.ceil((1.35 * (own?.days ?? planned.days)) / 7) * 7));
    const steps = Array.from({length: 22}, (_, i) =>
      Math.round(question.maturity + 1 + (i * (reach - question.maturity - 1)) / 21)
    );
    let points: DesignPoint[] | null = null;
    const pointsOf = () =>
      (points ??= methods.flatMap((m) =>
        [...new Set(steps)].flatMap((x) => {
          const y = effectWithin(m, x, question);
          return y === null ? [] : [{method: m, x, y}];
        })
      ));
    const at: DesignPoint | null = own?.days != null ? {method, x: own.days, y: effect} : null;
    figures.show("detectable", {
      draw: (size) =>
        pointsOf().length > 0 ? detectable(pointsOf(), {...size, plan: at && at.x <= reach ? at : null}) : nothing(),
      reading: at
        ? `In ${plural(at.x, "day")} the ${designs[method].name} design finds an effect of ${formatPercent(effect)} in ${formatPercent(power, {decimals: 0})} of experiments that have it.`
        : "There is no such plan.",
      rows: () =>
        [...new Set(pointsOf().map(({x}) => x))].map((x) => [
          String(x),
          ...methods.map((m) => formatPercent(pointsOf().find((p) => p.method === m && p.x === x)?.y ?? null))
        ])
    });
    const effects = Array.from({length: 25}, (_, i) => (2 * effect * i) / 24);
    let curve: {effect: number; power: number}[] | null = null;
    const curveOf = () =>
      (curve ??= effects.flatMap((e) => {
        const p = e === 0 ? question.alpha / 2 : powerAt(method, own?.days ?? null, planned, e);
        return p === null ? [] : [{effect: e, power: p}];
      }));
    figures.show("power", {
      draw: (size) =>
        curveOf().length > 1 ? powerCurve(curveOf(), {...size, method, plan: {effect, power}}) : nothing(),
      reading:
        own?.days != null
          ? `An effect half as large would be found in ${formatPercent(powerAt(method, own.days, planned, effect / 2), {decimals: 0})}, one twice as large in ${formatPercent(powerAt(method, own.days, planned, 2 * effect), {decimals: 0})} of experiments.`
          : "There is no such plan.",
      rows: () => curveOf().map((p) => [formatPercent(p.effect), formatPercent(p.power, {decimals: 0})])
    });
    const all = planned.designs.filter((d) => d.days !== null);
    const longest = Math.max(1, ...all.map((d) => d.days ?? 0));
    const stops = all.flatMap((d) => [
      {method: d.method, x: 0, y: 0, none: 0},
      ...(d.method === "fixed" ? [{method: d.method, x: d.days ?? 0, y: 0, none: 0}] : []),
      ...d.stopped.map(({day, effect: y, none}) => ({method: d.method, x: day, y, none}))
    ]);
    const ownStops = own?.stopped ?? [];
    const half = ownStops.find(({effect: y}) => y >= 0.5);
    figures.show("ended", {
      draw: (size) => (stops.length > 0 ? ended(stops, {...size, days: longest}) : nothing()),
      reading:
        own?.days != null && half
          ? method === "fixed"
            ? `A fixed design ends on day ${own.days}, whatever comes before.`
            : `With the effect, half of all experiments of the ${designs[method].name} design have ended by day ${half.day}, all by day ${own.days}.`
          : "There is no such plan.",
      rows: () => {
        const dates = [...new Set(stops.map(({x}) => x))].sort((a, b) => a - b);
        const by = (m: Method, x: number) => stops.findLast((s) => s.method === m && s.x <= x)?.y ?? null;
        return dates.map((x) => [String(x), ...methods.map((m) => formatPercent(by(m, x), {decimals: 0}))]);
      }
    });
  }

  const send = (event: Event) => event.preventDefault();
  const button = document.querySelector("button.copy");
  form.addEventListener("input", change);
  form.addEventListener("submit", send);
  naming.addEventListener("input", showYaml);
  naming.addEventListener("submit", send);
  button?.addEventListener("click", copy);
  invalidation?.then(() => {
    cancelAnimationFrame(frame);
    form.removeEventListener("input", change);
    form.removeEventListener("submit", send);
    naming.removeEventListener("input", showYaml);
    naming.removeEventListener("submit", send);
    button?.removeEventListener("click", copy);
  });
  update();
}

/** Power at another effect, with the units of the plan: the design stays, so days and looks do. */
function powerAt(method: Method, days: number | null, {question}: Planned, effect: number): number | null {
  if (days === null) return null;
  const {kind, mean} = question;
  const signed = Math.sign(question.effect) * effect;
  if (kind === "share" && !(0 <= mean * (1 + signed) && mean * (1 + signed) <= 1)) return null;
  return powerWithin(method, days, {...question, effect: signed});
}

function showFields(
  form: HTMLFormElement,
  state: PlanState,
  {source, metric, sources}: {source: PlanSource; metric: PlanMetric; sources: readonly PlanSource[]}
) {
  const list = form.elements.namedItem("metric");
  if (
    list instanceof HTMLSelectElement &&
    [...list.options].map((o) => o.value).join() !== source.metrics.map((m) => m.key).join()
  )
    list.replaceChildren(...source.metrics.map(({key, name}) => new Option(name, key)));
  const {method, solve, effect, power, days, share, alpha, covariate} = state;
  setField(form, "source", sources.includes(source) ? source.id : "");
  setField(form, "metric", metric.key);
  setField(form, "alpha", String(alpha));
  setField(form, "effect", String(placeOf(effect)), formatPercent(effect));
  setField(form, "power", String(Math.round(power * 100)), formatPercent(power, {decimals: 0}));
  setField(form, "days", String(Math.min(days, ranges.days.max)), plural(days, "day"));
  setField(form, "share", String(Math.round(share * 100)), formatPercent(share, {decimals: 0}));
  setField(form, "method", method);
  setField(form, "solve", solve);
  setField(form, "covariate", covariate && metric.varianceReduction !== null ? "on" : "");
  const box = form.elements.namedItem("covariate");
  if (box instanceof HTMLInputElement) box.disabled = metric.varianceReduction === null;
  const choice = form.elements.namedItem("method");
  if (choice instanceof HTMLSelectElement)
    for (const option of choice.options) option.disabled = option.value === "group-sequential" && !metric.bounded;
  for (const label of form.querySelectorAll(".slider"))
    label.classList.toggle("follows", label.querySelector("input")?.name === solve);
}

function sayKnown(source: PlanSource, metric: PlanMetric, {share}: PlanState): string {
  const saves = metric.varianceReduction;
  const parts = [
    `${plural(Math.round(meanOf(source) * share), "new unit")} a day`,
    `control ${shownMean(metric)}`,
    saves === null ? "no covariate" : `the covariate saved ${formatPercent(saves, {decimals: 0})} of the variance`,
    metric.maturity > 0 ? `a unit counts after ${plural(metric.maturity, "day")}` : "a unit counts at once"
  ];
  return `${source.title}: ${parts.join("; ")}.${metric.bounded ? "" : " The metric has no window, so looks against a boundary would not keep their error rate."}`;
}

function sayAnswer({designs: all, method, effect, power, reason}: Planned, metric: PlanMetric): string {
  const own = all.find((d) => d.method === method);
  if (reason !== null || own?.units == null || own.days === null)
    return `There is no such plan: ${reason ?? own?.reason ?? "it takes too long"}.`;
  const early =
    method === "fixed" || !own.expected
      ? ""
      : ` It is expected to end after ${plural(Math.round(own.expected.effect.days), "day")} if the effect is so, after ${plural(Math.round(own.expected.none.days), "day")} if there is none.`;
  return `${plural(own.units, "unit")} in two arms, ${plural(own.days, "day")}: a ${metric.direction === "decrease" ? "fall" : "rise"} of ${formatPercent(effect)} is found with ${formatPercent(power, {decimals: 0})} power.${early}`;
}

function showTable({designs: all, method}: Planned) {
  for (const m of methods) {
    const design = all.find((d) => d.method === m);
    const row = document.querySelector(`tr[data-design="${m}"]`);
    row?.classList.toggle("chosen", m === method);
    const cells: Record<string, string> = {
      units: design?.units == null ? (design?.reason ?? "–") : formatCount(design.units),
      days: design?.days == null ? "–" : formatCount(design.days),
      effect: design?.expected ? formatCount(Math.round(design.expected.effect.days)) : "–",
      none: design?.expected ? formatCount(Math.round(design.expected.none.days)) : "–"
    };
    for (const [key, text] of Object.entries(cells)) setText(`tr[data-design="${m}"] [data-cell="${key}"]`, text);
  }
}

function nothing(): Element {
  return document.createElement("span");
}

/** The Monday after a day, in milliseconds; after a fixed one if there is none. */
function nextMonday(asOf: string | null): number {
  const day = Date.parse(asOf ?? "2026-01-01");
  const weekday = (new Date(day).getUTCDay() + 6) % 7;
  return day + (7 - weekday) * 86_400_000;
}

function dayText(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
