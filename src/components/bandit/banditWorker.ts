import type {BanditReadout, NaiveBias} from "../../lib/bandit/index.ts";
import {RandomStream, textToWord} from "../../lib/simulate/random.ts";
import type {BanditSettings} from "./banditDemo.ts";
import {banditAfter, banditRun, BATCHES} from "./banditDemo.ts";

/** What the page asks for. */
export type ToBandit = BanditSettings & {job: number};

/** What it gets: the readouts after each batch in order, with the true regret; then, without probabilities, how far off plain means are. */
export type FromBandit =
  | {type: "readouts"; job: number; from: number; readouts: BanditReadout[]; regret: number[]}
  | {type: "bias"; job: number; bias: readonly NaiveBias[]};

let timer: ReturnType<typeof setTimeout> | undefined;

addEventListener("message", ({data}: MessageEvent<ToBandit>) => {
  clearTimeout(timer);
  const {job, seed, logged} = data;
  const run = banditRun(data);
  let next = 0;
  const step = () => {
    const readouts: BanditReadout[] = [];
    const from = next;
    while (next < BATCHES && readouts.length < 5) readouts.push(banditAfter(run.batches, ++next, {logged}));
    say({type: "readouts", job, from, readouts, regret: run.regret.slice(from, next)});
    timer = setTimeout(next < BATCHES ? step : bias, 0);
  };
  const bias = () => {
    if (logged) return;
    const stream = new RandomStream().start(seed, 1, textToWord("bandit"));
    const {warnings} = banditAfter(run.batches, BATCHES, {logged, random: () => stream.uniform()});
    const found = warnings.find(({code}) => code === "no-propensities")?.bias;
    if (found) say({type: "bias", job, bias: found});
  };
  step();
});

function say(message: FromBandit) {
  postMessage(message);
}
