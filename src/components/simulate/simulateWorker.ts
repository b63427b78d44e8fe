import {planSimulation, sumDays} from "../../lib/simulate/index.ts";
import type {RunningSums, SimulationInput, SumDaysOptions} from "../../lib/simulate/index.ts";

/** What the page says: start anew, at so many ticks a second (0: as fast as it goes), another pace, stop, go on. */
export type ToSimulator =
  | {type: "start"; run: number; input: SimulationInput; options: SumDaysOptions; pace: number}
  | {type: "pace"; pace: number}
  | {type: "stop"}
  | {type: "go"};

/** What the simulator says: sums since it last spoke, the end, or why it cannot. `run` is that of the start they belong to. */
export type FromSimulator =
  | {type: "sums"; run: number; sums: RunningSums[]}
  | {type: "end"; run: number}
  | {type: "error"; run: number; message: string};

let days: Generator<RunningSums> | null = null;
let run = 0;
let pace = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

addEventListener("message", ({data}: MessageEvent<ToSimulator>) => {
  clearTimeout(timer);
  if (data.type === "start") {
    ({run, pace} = data);
    try {
      days = sumDays(planSimulation(data.input), data.options);
    } catch (error) {
      days = null;
      say({type: "error", run, message: String(error)});
    }
  }
  if (data.type === "pace") pace = data.pace;
  if (data.type !== "stop" && days) step();
});

/** Makes the next tick; without a pace as many as fit into a twentieth of a second. */
function step() {
  const until = performance.now() + 50;
  const sums: RunningSums[] = [];
  do {
    const next = days?.next();
    if (!next || next.done) {
      if (sums.length > 0) say({type: "sums", run, sums});
      say({type: "end", run});
      days = null;
      return;
    }
    sums.push(next.value);
  } while (pace === 0 && performance.now() < until);
  say({type: "sums", run, sums});
  timer = setTimeout(step, pace === 0 ? 0 : 1000 / pace);
}

function say(message: FromSimulator) {
  postMessage(message);
}
