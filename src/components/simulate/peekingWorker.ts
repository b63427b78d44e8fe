import {matureUnits, peekingPlan, peekingRun} from "./peekingRun.ts";

/** What the page says: make runs of so many nights, from run `from` to before `to`, seeded by `seed`; or stop. */
export type ToPeeking =
  {type: "start"; job: number; nights: number; seed: number; from: number; to: number} | {type: "stop"};

/** What the worker says: units that are mature on each night, then z of each run by night. */
export type FromPeeking = {job: number; mature: number[]; runs: number[][]; done: boolean};

let timer: ReturnType<typeof setTimeout> | undefined;

addEventListener("message", ({data}: MessageEvent<ToPeeking>) => {
  clearTimeout(timer);
  if (data.type === "stop") return;
  const {job, nights, seed, from, to} = data;
  const plan = peekingPlan(nights);
  const mature = matureUnits(plan);
  let next = from;
  const step = () => {
    const runs: number[][] = [];
    const until = performance.now() + 100;
    while (next < to && performance.now() < until) runs.push(peekingRun(plan, seed * 100_000 + next++));
    const message: FromPeeking = {job, mature, runs, done: next >= to};
    postMessage(message);
    if (next < to) timer = setTimeout(step, 0);
  };
  step();
});
