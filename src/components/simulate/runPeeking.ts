import {formatCount, formatNumber, formatPercent, formatPercentInterval, plural} from "../../lib/experiment/format.ts";
import {wilsonInterval} from "../../lib/stats/index.ts";
import {fieldOf, keepInAddress, setField, setText} from "../page/formFields.ts";
import {liveFigures} from "../page/liveFigures.ts";
import {calledBy} from "./calledBy.ts";
import {ruleNames} from "./peekingPage.ts";
import type {Bounds, Rule} from "./peekingRules.ts";
import {firstCall, peekingBounds, rules} from "./peekingRules.ts";
import type {FromPeeking, ToPeeking} from "./peekingWorker.ts";
import {numberFrom} from "./settings.ts";
import type {ZPath} from "./zPaths.ts";
import {zPaths} from "./zPaths.ts";

const FIRST = 1000;
const MOST = 10_000;
const ALPHA = 0.05;

/** Runs experiments without an effect in a worker and counts what each rule calls. Some are made at once; Start makes thousands. */
export function runPeeking({invalidation}: {invalidation?: Promise<void>} = {}): void {
  const form = document.querySelector<HTMLFormElement>("form.peeking");
  if (!form) return;
  const figures = liveFigures({invalidation});
  const worker = new Worker(import.meta.resolve("./peekingWorker.js"), {type: "module"});
  const asked = new URLSearchParams(location.search);
  let seed = numberFrom(asked.get("seed"), {min: 0, max: 9999, step: 1}) ?? 1;
  let nights = ["7", "14", "28"].includes(asked.get("nights") ?? "") ? Number(asked.get("nights")) : 14;
  let job = 0;
  let runs = 0;
  let running = false;
  let bounds: Bounds | null = null;
  let calls = noCalls();
  let latest: ZPath[] = [];

  function noCalls(): Record<Rule, number[]> {
    const none = () => Array.from({length: nights}, () => 0);
    return {naive: none(), "group-sequential": none(), "always-valid": none(), fixed: none()};
  }

  function make(to: number) {
    running = true;
    const message: ToPeeking = {type: "start", job, nights, seed, from: runs, to};
    worker.postMessage(message);
    buttons();
  }

  function clear() {
    worker.postMessage({type: "stop"} satisfies ToPeeking);
    ++job;
    runs = 0;
    running = false;
    bounds = null;
    calls = noCalls();
    latest = [];
    buttons();
    show();
  }

  worker.onmessage = ({data}: MessageEvent<FromPeeking>) => {
    if (data.job !== job) return;
    bounds ??= peekingBounds(data.mature, {alpha: ALPHA});
    for (const z of data.runs) {
      for (const rule of rules) {
        const night = firstCall(z, bounds[rule]);
        const counts = calls[rule];
        if (night >= 0) counts[night] = (counts[night] ?? 0) + 1;
      }
      latest.push({z, called: firstCall(z, bounds.naive)});
    }
    runs += data.runs.length;
    latest = latest.slice(-40);
    if (data.done) {
      running = false;
      buttons();
    }
    show();
  };
  worker.onerror = (event) => setText(".status", `The runs cannot be made: ${event.message}.`);

  function press(event: Event) {
    const name = event.target instanceof HTMLButtonElement ? event.target.name : "";
    if (name === "start" && !running && runs < MOST) make(MOST);
    if (name === "stop" && running) {
      worker.postMessage({type: "stop"} satisfies ToPeeking);
      running = false;
      buttons();
    }
    if (name === "reset") clear();
  }

  function change() {
    seed = numberFrom(fieldOf(form!, "seed"), {min: 0, max: 9999, step: 1}) ?? seed;
    nights = Number(fieldOf(form!, "nights"));
    address();
    const to = running ? MOST : FIRST;
    clear();
    make(to);
  }

  function address() {
    keepInAddress(`seed=${seed}${nights === 14 ? "" : `&nights=${nights}`}`);
  }

  function buttons() {
    const [start, stop] = ["start", "stop"].map((name) => form!.elements.namedItem(name));
    if (start instanceof HTMLButtonElement) {
      start.disabled = running || runs >= MOST;
      start.textContent = runs > 0 ? "Go on" : "Start";
    }
    if (stop instanceof HTMLButtonElement) stop.disabled = !running;
    setText(
      ".peeking .status",
      running ? "Running." : runs === 0 ? "Ready." : `Stopped after ${plural(runs, "experiment")}.`
    );
  }

  const total = (rule: Rule) => calls[rule].reduce((a, b) => a + b, 0);
  const rate = (rule: Rule) => (runs > 0 ? total(rule) / runs : null);
  const interval = (rule: Rule) => {
    if (runs === 0) return "–";
    return formatPercentInterval(wilsonInterval({successes: total(rule), n: runs}), {signed: false});
  };

  function shares(rule: Rule): number[] {
    let sum = 0;
    return calls[rule].map((count) => (sum += count) / Math.max(1, runs));
  }

  function show() {
    setText('[data-rate="runs"]', formatCount(runs));
    for (const rule of rules) {
      setText(`[data-rate="${rule}"]`, formatPercent(rate(rule), {decimals: 1}));
      setText(`[data-interval="${rule}"]`, runs > 0 ? `95% interval ${interval(rule)}` : "");
      const cells = document.querySelectorAll(`tr[data-rule="${rule}"] td`);
      [
        `${formatCount(total(rule))} of ${formatCount(runs)}`,
        formatPercent(rate(rule), {decimals: 1}),
        interval(rule)
      ].forEach((text, i) => {
        const cell = cells[i];
        if (cell) cell.textContent = text;
      });
    }
    figures.show("called", {
      draw: (size) =>
        calledBy(
          rules.map((rule) => ({name: ruleNames[rule].short, color: ruleNames[rule].color, shares: shares(rule)})),
          {...size, promised: ALPHA}
        ),
      reading:
        runs === 0
          ? "No experiment yet."
          : `After ${plural(nights, "night")} the naive rule has called a difference in ${formatPercent(rate("naive"), {decimals: 1})} of ${plural(runs, "experiment")} that have none, the boundary in ${formatPercent(rate("group-sequential"), {decimals: 1})}, the confidence sequence in ${formatPercent(rate("always-valid"), {decimals: 1})}.`,
      rows: () =>
        Array.from({length: nights}, (_, i) => [
          String(i + 1),
          ...rules.map((rule) => formatPercent(shares(rule)[i] ?? null, {decimals: 1}))
        ])
    });
    const known = bounds;
    figures.show("paths", {
      draw: (size) =>
        zPaths(latest, {
          ...size,
          naive: known?.naive[0] ?? 1.96,
          bounds: known?.["group-sequential"] ?? Array.from({length: nights}, () => Infinity)
        }),
      reading: latest.length === 0 ? "No experiment yet." : sayLatest(latest, known?.naive.at(-1) ?? 1.96),
      rows: () =>
        latest.map(({z, called}, i) => [
          String(runs - latest.length + i + 1),
          formatNumber(z.at(-1) ?? null, {decimals: 2}),
          called >= 0 ? String(called + 1) : "–"
        ])
    });
  }

  const send = (event: Event) => event.preventDefault();
  form.addEventListener("change", change);
  form.addEventListener("click", press);
  form.addEventListener("submit", send);
  invalidation?.then(() => {
    worker.terminate();
    form.removeEventListener("change", change);
    form.removeEventListener("click", press);
    form.removeEventListener("submit", send);
  });
  setField(form, "seed", String(seed));
  setField(form, "nights", String(nights));
  address();
  buttons();
  make(FIRST);
}

function sayLatest(latest: readonly ZPath[], bound: number): string {
  const called = latest.filter((path) => path.called >= 0);
  const back = called.filter(({z}) => Math.abs(z.at(-1) ?? 0) < bound);
  return `Of the last ${latest.length}, the naive rule called ${called.length}; ${back.length} of these are back within ±${formatNumber(bound, {decimals: 2})} on the last night.`;
}
