import {
  formatChosen,
  formatCount,
  formatNumber,
  formatPercent,
  formatPercentInterval,
  formatPValue,
  intervalDecimals,
  plural,
  sayPValue
} from "../../lib/experiment/format.ts";
import type {RunningSums} from "../../lib/simulate/index.ts";
import {boundary} from "../charts/boundary.ts";
import {fieldOf, keepInAddress, setField, setText} from "../page/formFields.ts";
import {liveFigures} from "../page/liveFigures.ts";
import {evidence, oddsOf} from "./evidence.ts";
import {lift} from "./lift.ts";
import {ENTRY_DAYS, faultKeys, outcomes, queryOf, settingsFrom, WINDOW} from "./settings.ts";
import type {Settings} from "./settings.ts";
import {simulationInput, summingOf} from "./simulationInput.ts";
import type {FromSimulator, ToSimulator} from "./simulateWorker.ts";
import {split} from "./split.ts";
import type {Watched, Watcher} from "./watch.ts";
import {MISMATCH_ALPHA, watchRun} from "./watch.ts";

const TICKS = 4;

/** Runs the simulator of the page in a worker and shows what comes. At first the run of the address is shown whole; Start plays it. */
export function runSimulator({invalidation}: {invalidation?: Promise<void>} = {}): void {
  const form = document.querySelector<HTMLFormElement>("form.simulator");
  if (!form) return;
  const figures = liveFigures({invalidation});
  const worker = new Worker(import.meta.resolve("./simulateWorker.js"), {type: "module"});
  let settings = settingsFrom(location.search);
  let watcher: Watcher = watchRun(settings);
  let history: RunningSums[] = [];
  let run = 0;
  let state: "ready" | "running" | "stopped" | "ended" = "ready";

  const tell = (message: ToSimulator) => worker.postMessage(message);
  const paceOf = ({rate}: Settings) => rate * TICKS;

  function begin({paced}: {paced: boolean}) {
    clear();
    tell({
      type: "start",
      run,
      input: simulationInput(settings),
      options: summingOf(settings),
      pace: paced ? paceOf(settings) : 0
    });
    state = "running";
    buttons();
  }

  function clear() {
    ++run;
    history = [];
    watcher = watchRun(settings);
    state = "ready";
    show();
  }

  worker.onmessage = ({data}: MessageEvent<FromSimulator>) => {
    if (data.run !== run) return;
    if (data.type === "error") return setText(".status", `The simulation cannot run: ${data.message}.`);
    if (data.type === "sums") {
      for (const sums of data.sums) {
        history.push(sums);
        watcher.add(sums);
      }
      return show();
    }
    state = "ended";
    buttons();
    show();
  };
  worker.onerror = (event) => setText(".status", `The simulation cannot run: ${event.message}.`);

  function change(event: Event) {
    const name =
      event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement ? event.target.name : "";
    const before = settings;
    settings = settingsFrom(queryOfForm(form!));
    keepInAddress(queryOf(settings));
    fields();
    if (name === "rate") {
      if (state === "running") tell({type: "pace", pace: paceOf(settings)});
    } else if (name === "cuped") {
      watcher = watchRun(settings);
      for (const sums of history) watcher.add(sums);
      show();
    } else if (queryOf(before) !== queryOf(settings)) begin({paced: state === "running"});
  }

  function press(event: Event) {
    const name = event.target instanceof HTMLButtonElement ? event.target.name : "";
    if (name === "start") {
      if (state === "stopped") {
        state = "running";
        tell({type: "pace", pace: paceOf(settings)});
      } else if (state !== "running") begin({paced: true});
    }
    if (name === "stop" && state === "running") {
      state = "stopped";
      tell({type: "stop"});
    }
    if (name === "reset") {
      tell({type: "stop"});
      clear();
    }
    if (name === "reseed") {
      settings = {...settings, seed: 1 + Math.floor(Math.random() * 9999)};
      keepInAddress(queryOf(settings));
      fields();
      begin({paced: state === "running"});
    }
    buttons();
  }

  function fields() {
    const {seed, units, lift: effect, outcome, cuped, rate, faults} = settings;
    const own = form!;
    setField(own, "seed", String(seed));
    setField(own, "units", String(units), formatCount(units));
    setField(
      own,
      "lift",
      String(Math.round(effect * 100)),
      effect > 0 ? `+${formatChosen(effect)}` : formatChosen(effect)
    );
    setField(own, "rate", String(rate), `${rate} ${rate === 1 ? "day" : "days"} a second`);
    setField(own, "metric", outcome);
    setField(own, "cuped", cuped ? "on" : "");
    for (const key of faultKeys) setField(own, key, faults.includes(key) ? "on" : "");
  }

  function buttons() {
    const button = (name: string) => form!.elements.namedItem(name);
    const [start, stop] = [button("start"), button("stop")];
    if (start instanceof HTMLButtonElement) {
      start.disabled = state === "running";
      start.textContent = state === "stopped" ? "Go on" : "Start";
    }
    if (stop instanceof HTMLButtonElement) stop.disabled = state !== "running";
    const word = {ready: "Ready", running: "Running", stopped: "Stopped", ended: "At the end of the log"}[state];
    setText(".simulator .status", `${word}. ${state === "running" ? "" : concludes(watcher.watched())}`.trim());
  }

  function show() {
    const watched = watcher.watched();
    showNumbers(watched, history.at(-1) ?? null, settings);
    showAlerts(watched);
    const last = history.at(-1);
    const units = (sums: RunningSums) => sums.units.reduce((a, b) => a + b, 0);
    const splits = history.map((s) => ({
      time: s.time,
      units: units(s),
      share: (s.units[1] ?? 0) / Math.max(1, units(s))
    }));
    const share = splits.at(-1);
    const path = watched.mismatch.path.map((p, i) => ({...p, time: history[i]?.time ?? 0}));
    const odds = path.at(-1);
    const lifts = watched.moments.map(({time, comparison: {relativeDifference, relativeInterval}}) => ({
      time,
      value: relativeDifference,
      lower: relativeInterval?.[0] ?? null,
      upper: relativeInterval?.[1] ?? null
    }));
    figures.show("split", {
      draw: (size) => split(splits, size),
      reading:
        share && last
          ? `Of ${plural(share.units, "unit")} until day ${dayOf(last.time)}, ${formatPercent(share.share, {decimals: 2})} got the treatment; planned were 50%.`
          : "No units yet.",
      rows: () =>
        history
          .filter(isDay)
          .map((s) => [
            String(s.time),
            ...s.units.map(formatCount),
            formatPercent((s.units[1] ?? 0) / Math.max(1, units(s)), {decimals: 2})
          ])
    });
    figures.show("evidence", {
      draw: (size) => evidence(path, {...size, alpha: MISMATCH_ALPHA}),
      reading: !odds
        ? "No units yet."
        : watched.mismatch.crossed !== null
          ? `On day ${dayOf(Number(watched.mismatch.crossed))} the odds passed ${formatCount(1 / MISMATCH_ALPHA)} to 1 against the planned split. That is final: the result is not to be believed.`
          : `The odds are ${oddsOf(odds.logBayesFactor)}; the smallest always-valid ${sayPValue(odds.pValue)}.`,
      rows: () => path.filter(isDay).map((p) => [String(p.time), oddsOf(p.logBayesFactor), formatPValue(p.pValue)])
    });
    figures.show("lift", {
      draw: (size) => lift(lifts, {...size, truth: settings.lift}),
      reading: readLift(watched, settings),
      rows: () =>
        watched.moments
          .filter(isDay)
          .map(({time, comparison: c}) => [
            String(time),
            formatCount(c.control.n + c.treatment.n),
            formatPercent(c.relativeDifference, {signed: true}),
            formatPercentInterval(c.relativeInterval),
            formatPValue(c.pValue)
          ])
    });
    figures.show("boundary", {
      draw: (size) =>
        boundary(
          [
            ...watched.looks.map((l) => ({fraction: l.fraction, z: l.z, bound: l.bound, futility: null})),
            ...watched.future.map((f) => ({fraction: f.fraction, z: null, bound: f.bound, futility: null}))
          ],
          {...size, color: 1, sides: 2, crossed: watched.crossed !== null}
        ),
      reading: concludes(watched),
      rows: () =>
        watched.looks.map((l) => [
          l.date,
          formatPercent(l.fraction, {decimals: 0}),
          formatNumber(l.z, {decimals: 2}),
          formatNumber(l.bound, {decimals: 2}),
          formatPercent(l.alphaSpent, {decimals: 3})
        ])
    });
  }

  const send = (event: Event) => event.preventDefault();
  form.addEventListener("input", change);
  form.addEventListener("click", press);
  form.addEventListener("submit", send);
  invalidation?.then(() => {
    worker.terminate();
    form.removeEventListener("input", change);
    form.removeEventListener("click", press);
    form.removeEventListener("submit", send);
  });
  keepInAddress(queryOf(settings));
  fields();
  begin({paced: false});
}

function queryOfForm(form: HTMLFormElement): string {
  const query = new URLSearchParams();
  for (const key of ["seed", "units", "lift", "rate", "metric"]) query.set(key, fieldOf(form, key));
  if (!fieldOf(form, "cuped")) query.set("cuped", "off");
  query.set("faults", faultKeys.filter((key) => fieldOf(form, key)).join(","));
  return String(query);
}

function isDay({time}: {time: number}): boolean {
  return Number.isInteger(time);
}

/** The day that a moment lies in, counted from 1. */
function dayOf(time: number): string {
  return String(Math.ceil(time));
}

function showNumbers({moments, looks, crossed}: Watched, last: RunningSums | null, {cuped}: Settings) {
  const now = moments.at(-1);
  const c = now?.comparison;
  const decimals = intervalDecimals(c?.relativeInterval ?? null, {scale: 100});
  setText("[data-number] .big", formatPercent(c?.relativeDifference ?? null, {signed: true, decimals}));
  setText(
    "[data-number] .interval",
    c?.relativeInterval ? `95% interval ${formatPercentInterval(c.relativeInterval)}` : "no interval yet"
  );
  const look = looks.at(-1);
  const facts: Record<string, string> = {
    Day: last ? `${dayOf(last.time)} of ${ENTRY_DAYS + WINDOW}` : "–",
    "Mature units": formatCount(last ? last.mature.reduce((n, m) => n + m.n, 0) : 0),
    Look: look ? `${looks.length}${crossed ? ", the last" : ""}` : "–",
    z: formatNumber(look?.z ?? null, {decimals: 2}),
    Boundary: formatNumber(look?.bound ?? null, {decimals: 2}),
    "CUPED saves": cuped ? `${formatPercent(now?.varianceReduction ?? null, {decimals: 0})} of variance` : "off"
  };
  for (const [name, text] of Object.entries(facts)) setText(`[data-fact="${name}"]`, text);
}

function showAlerts({alerts}: Watched) {
  const list = document.querySelector("[data-alerts]");
  const none = document.querySelector<HTMLElement>("[data-no-alerts]");
  if (none) none.hidden = alerts.length > 0;
  list?.replaceChildren(
    ...alerts.map(({time, tone, text}) => {
      const item = document.createElement("li");
      const [day, words] = [document.createElement("span"), document.createElement("span")];
      day.textContent = `Day ${dayOf(time)}`;
      const mark = document.createElement("span");
      mark.className = `pill ${tone}`;
      mark.textContent = tone === "harm" ? "blocks" : "warning";
      words.append(mark, ` ${text}`);
      item.append(day, words);
      return item;
    })
  );
}

function readLift({moments}: Watched, {outcome, lift: truth}: Settings): string {
  const c = moments.at(-1)?.comparison;
  if (!c || c.relativeDifference === null || c.relativeInterval === null) return "No unit is mature yet.";
  const {name} = outcomes[outcome];
  const verb = c.relativeDifference < 0 ? "fell" : "rose";
  const [low, high] = c.relativeInterval;
  const holds = (low ?? -Infinity) <= truth && truth <= (high ?? Infinity);
  return `${name} ${verb} by ${formatPercent(Math.abs(c.relativeDifference), {decimals: intervalDecimals(c.relativeInterval, {scale: 100})})} (95% interval ${formatPercentInterval(c.relativeInterval)}); the interval ${holds ? "holds" : "misses"} the true ${formatChosen(truth)}.`;
}

function concludes({looks, crossed, stop}: Watched): string {
  const last = looks.at(-1);
  if (!last) return "No look has been taken yet.";
  if (crossed)
    return `Day ${crossed.date}: z = ${formatNumber(last.z, {decimals: 2})} lies beyond the boundary of ${formatNumber(last.bound, {decimals: 2})}, for ${crossed.side === "harm" ? "the worse" : "the better"}. The test may stop here with a false-alarm rate of 5% over all looks${stop ? `; ${sayPValue(stop.pValue)} with the earlier looks counted` : ""}.`;
  if (last.final) return `All ${plural(looks.length, "look")} are taken and none crossed: no difference can be told.`;
  if (last.bound === null) return `Day ${last.date}: too early, no alpha may be spent yet.`;
  return `Day ${last.date}: z = ${formatNumber(last.z, {decimals: 2})} has not reached the boundary of ${formatNumber(last.bound, {decimals: 2})}; the test goes on.`;
}
