import type {BanditReadout, NaiveBias} from "../../lib/bandit/index.ts";
import {formatCount, formatNumber, formatPercent, formatPercentInterval} from "../../lib/experiment/format.ts";
import {wilsonInterval} from "../../lib/stats/index.ts";
import {fieldOf, keepInAddress, setField, setText} from "../page/formFields.ts";
import {liveFigures} from "../page/liveFigures.ts";
import {numberFrom} from "../simulate/settings.ts";
import {estimateRows} from "./bandit.ts";
import type {ArmPoint, EstimateRow} from "./banditCharts.ts";
import {believed, bests, estimates, regrets, shares} from "./banditCharts.ts";
import type {BanditSettings} from "./banditDemo.ts";
import {armKeys, arms, BATCH_SIZE, BATCHES, evenRegret, isPolicy, policies} from "./banditDemo.ts";
import type {FromBandit, ToBandit} from "./banditWorker.ts";

const ALL = BATCHES * BATCH_SIZE;
const PAUSE = 180;

/** Plays the demo: at first the whole run of the address is shown, Start plays it batch by batch. */
export function runBandit({invalidation}: {invalidation?: Promise<void>} = {}): void {
  const form = document.querySelector<HTMLFormElement>("form.bandit");
  if (!form) return;
  const figures = liveFigures({invalidation});
  const worker = new Worker(import.meta.resolve("./banditWorker.js"), {type: "module"});
  let settings = settingsFrom(location.search);
  let readouts: BanditReadout[] = [];
  let regret: number[] = [];
  let bias: readonly NaiveBias[] | null = null;
  let job = 0;
  let shown = BATCHES;
  let playing = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function begin() {
    ++job;
    readouts = [];
    regret = [];
    bias = null;
    keepInAddress(queryOf(settings));
    fields();
    const message: ToBandit = {...settings, job};
    worker.postMessage(message);
  }

  worker.onmessage = ({data}: MessageEvent<FromBandit>) => {
    if (data.job !== job) return;
    if (data.type === "bias") bias = data.bias;
    else {
      readouts.push(...data.readouts);
      regret.push(...data.regret);
    }
    if (!playing) show();
  };
  worker.onerror = (event) => setText(".bandit .status", `The demo cannot run: ${event.message}.`);

  function play() {
    if (!playing) return;
    if (shown >= BATCHES) {
      playing = false;
      return show();
    }
    if (shown < readouts.length) {
      ++shown;
      show();
    }
    timer = setTimeout(play, PAUSE);
  }

  function press(event: Event) {
    const name = event.target instanceof HTMLButtonElement ? event.target.name : "";
    if (name === "start" && !playing) {
      if (shown >= BATCHES) shown = 0;
      playing = true;
      play();
    }
    if (name === "stop") pause();
    if (name === "reset") {
      pause();
      shown = 0;
    }
    if (name === "reseed") {
      settings = {...settings, seed: 1 + Math.floor(Math.random() * 9999)};
      begin();
    }
    show();
  }

  function pause() {
    playing = false;
    clearTimeout(timer);
  }

  function change() {
    const policy = fieldOf(form!, "policy");
    settings = {
      seed: numberFrom(fieldOf(form!, "seed"), {min: 0, max: 0xffffffff, step: 1}) ?? settings.seed,
      policy: isPolicy(policy) ? policy : settings.policy,
      logged: fieldOf(form!, "logged") === "on"
    };
    begin();
  }

  function fields() {
    setField(form!, "seed", String(settings.seed));
    setField(form!, "policy", settings.policy);
    setField(form!, "logged", settings.logged ? "on" : "");
  }

  function show() {
    const seen = readouts.slice(0, shown);
    const now = seen.at(-1);
    const point = (value: (arm: BanditReadout["arms"][number], batch: number, i: number) => number): ArmPoint[] =>
      seen.flatMap((readout, batch) =>
        readout.arms.map((arm, i) => ({units: readout.units, name: arm.key, color: i, value: value(arm, batch, i)}))
      );
    const traffic = point((arm, batch, i) => (arm.n - (seen[batch - 1]?.arms[i]?.n ?? 0)) / BATCH_SIZE);
    const first = traffic.slice(0, arms.length).map((p) => ({...p, units: 0}));
    const beliefs = [
      ...armKeys.map((name, i) => ({units: 0, name, color: i, value: 1 / arms.length})),
      ...point((arm) => arm.probabilityBest ?? 0)
    ];
    const lost = [
      {units: 0, regret: 0, even: 0},
      ...seen.map(({units}, i) => ({units, regret: regret[i] ?? 0, even: evenRegret(units)}))
    ];
    const leader = now?.arms.reduce((a, b) => ((b.probabilityBest ?? 0) > (a.probabilityBest ?? 0) ? b : a));
    const last = traffic.slice(-arms.length);
    const most = last.length > 0 ? last.reduce((a, b) => (b.value > a.value ? b : a)) : null;

    figures.show("shares", {
      draw: (size) => shares([...first, ...traffic], {...size, all: ALL}),
      reading:
        most && now
          ? `After ${formatCount(now.units)} units, ${formatPercent(most.value, {decimals: 0})} of the traffic goes to “${most.name}”.`
          : "No units yet.",
      rows: () => perArm(traffic, (value) => formatPercent(value, {decimals: 0}))
    });
    figures.show("best", {
      draw: (size) => bests(beliefs, {...size, all: ALL}),
      reading: leader
        ? `“${leader.key}” is best with a probability of ${formatPercent(leader.probabilityBest, {decimals: 1})}.`
        : "All arms are alike so far.",
      rows: () => perArm(beliefs, (value) => formatPercent(value, {decimals: 1}))
    });
    const posteriors = seen.flatMap((readout) =>
      readout.arms.flatMap(({key, mean, lower, upper}, i) =>
        mean === null || lower === null || upper === null
          ? []
          : [{units: readout.units, name: key, color: i, value: mean, lower, upper}]
      )
    );
    figures.show("posterior", {
      draw: (size) => believed(posteriors, {...size, all: ALL, format: (value) => formatPercent(value, {decimals: 1})}),
      reading: "Narrow where much was learned: an arm that looked bad early is tried little, and stays uncertain.",
      rows: () =>
        (now?.arms ?? []).map(({key, mean, lower, upper}) => [
          key,
          formatPercent(mean, {decimals: 2}),
          lower === null || upper === null ? "–" : formatPercentInterval([lower, upper], {signed: false})
        ])
    });
    const end = lost.at(-1);
    figures.show("regret", {
      draw: (size) => regrets(lost, {...size, all: ALL}),
      reading:
        now && end
          ? `${formatCount(end.regret)} conversions were lost to worse arms, where an even split would have lost ${formatCount(end.even)}.`
          : "Nothing lost yet.",
      rows: () =>
        lost.map((p) => [
          formatCount(p.units),
          formatNumber(p.regret, {decimals: 0}),
          formatNumber(p.even, {decimals: 0})
        ])
    });
    const rows = estimatesOf(now);
    figures.show("estimates", {
      draw: (size) => (now ? estimates(rows, size) : document.createElement("span")),
      reading: sayEstimates(now, rows),
      rows: () =>
        rows.map(({name, plain, honest}) => [
          name,
          formatPercent(plain?.mean ?? null, {decimals: 2}),
          honest ? formatPercent(honest.mean, {decimals: 2}) : "none"
        ])
    });
    showTable(now);
    showWarnings(now, shown >= BATCHES ? bias : null);
    const [start, stop] = ["start", "stop"].map((name) => form!.elements.namedItem(name));
    if (start instanceof HTMLButtonElement) {
      start.disabled = playing;
      start.textContent = !playing && 0 < shown && shown < BATCHES ? "Go on" : "Start";
    }
    if (stop instanceof HTMLButtonElement) stop.disabled = !playing;
    setText(
      ".bandit .status",
      playing
        ? "Running."
        : !now
          ? "Ready."
          : `${policies[settings.policy].name}: ${formatCount(now.units)} units in ${seen.length} batches.`
    );
  }

  const send = (event: Event) => event.preventDefault();
  form.addEventListener("change", change);
  form.addEventListener("click", press);
  form.addEventListener("submit", send);
  invalidation?.then(() => {
    pause();
    worker.terminate();
    form.removeEventListener("change", change);
    form.removeEventListener("click", press);
    form.removeEventListener("submit", send);
  });
  begin();
}

function settingsFrom(query: string): BanditSettings {
  const asked = new URLSearchParams(query);
  const policy = asked.get("policy") ?? "";
  return {
    seed: numberFrom(asked.get("seed"), {min: 0, max: 0xffffffff, step: 1}) ?? 1,
    policy: isPolicy(policy) ? policy : "thompson",
    logged: asked.get("log") !== "off"
  };
}

function queryOf({seed, policy, logged}: BanditSettings): string {
  const query = new URLSearchParams({seed: String(seed)});
  if (policy !== "thompson") query.set("policy", policy);
  if (!logged) query.set("log", "off");
  return String(query);
}

function perArm(points: readonly ArmPoint[], format: (value: number) => string): string[][] {
  const rows: string[][] = [];
  for (let i = 0; i < points.length; i += armKeys.length)
    rows.push([
      formatCount(points[i]?.units ?? 0),
      ...points.slice(i, i + armKeys.length).map(({value}) => format(value))
    ]);
  return rows;
}

function estimatesOf(readout: BanditReadout | undefined): EstimateRow[] {
  return arms.map(({key, mean: truth}, i) => {
    const arm = readout?.arms[i];
    const estimate = readout?.estimates?.[i];
    const interval =
      arm && arm.n > 0 ? wilsonInterval({successes: Math.round((arm.plainMean ?? 0) * arm.n), n: arm.n}) : null;
    return {
      name: key,
      color: i,
      truth,
      plain: interval && arm?.plainMean != null ? {mean: arm.plainMean, lower: interval[0], upper: interval[1]} : null,
      honest:
        estimate && estimate.mean !== null && estimate.lower !== null && estimate.upper !== null
          ? {mean: estimate.mean, lower: estimate.lower, upper: estimate.upper}
          : null
    };
  });
}

function sayEstimates(readout: BanditReadout | undefined, rows: readonly EstimateRow[]): string {
  if (!readout) return "No units yet.";
  if (!readout.estimates)
    return "Without the probabilities there is no honest estimate: only plain means, which are too low for arms that were given up.";
  const held = rows.filter(
    ({honest, truth}) => honest && truth !== null && honest.lower <= truth && truth <= honest.upper
  ).length;
  const best = readout.differences?.find(({variant}) => variant === readout.best);
  const beats =
    best && best.difference !== null && best.lower !== null && best.upper !== null
      ? ` “${best.variant}” beats “${best.baseline}” by ${formatNumber(best.difference * 100, {decimals: 1})} points (95% interval ${formatNumber(best.lower * 100, {decimals: 1, signed: true})} to ${formatNumber(best.upper * 100, {decimals: 1, signed: true})}).`
      : "";
  return `The honest intervals hold the truth for ${held} of ${rows.length} arms.${beats}`;
}

function showTable(readout: BanditReadout | undefined) {
  const body = document.querySelector("[data-estimates] tbody");
  if (!body || !readout) return;
  estimateRows(readout).forEach((cells, i) => {
    const row = body.children[i];
    cells.forEach((text, k) => {
      const cell = row?.children[k];
      if (cell && cell.textContent !== text) cell.textContent = text;
    });
  });
}

function showWarnings(readout: BanditReadout | undefined, bias: readonly NaiveBias[] | null) {
  const list = document.querySelector("[data-warnings]");
  const texts = (readout?.warnings ?? []).map(({code, message}) => {
    const text = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
    return {code, text: code === "no-propensities" && bias ? `${text} ${sayBias(bias)}` : text};
  });
  list?.replaceChildren(
    ...texts.map(({code, text}) => {
      const item = document.createElement("li");
      item.className = code === "no-propensities" ? "notice harm" : "notice care";
      item.textContent = text;
      return item;
    })
  );
}

function sayBias(bias: readonly NaiveBias[]): string {
  const parts = bias.flatMap(({relativeBias, coverage}, i) =>
    relativeBias === null || coverage === null
      ? []
      : [
          `${armKeys[i]} ${formatPercent(relativeBias, {signed: true, decimals: 1})} (interval holds in ${formatPercent(coverage, {decimals: 0})})`
        ]
  );
  return `In 200 simulated bandits like this one, plain means were off by: ${parts.join("; ")}.`;
}
