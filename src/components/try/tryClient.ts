import type {TryMapping} from "../../lib/experiment/tryout/mapping.ts";
import type {TryEngine} from "./tryEngine.ts";
import {tryEngine} from "./tryEngine.ts";

/** What the page asks of its worker. */
export type Question =
  | {id: number; task: "open"; file: Blob; name: string}
  | {id: number; task: "guess"; variant: string}
  | {id: number; task: "compute"; mapping: TryMapping; today: string};

/** What the worker says; with id 0 that it is there. */
export type Answer = {id: number; value: unknown} | {id: number; error: string};

type Waiting = {take: (value: never) => void; refuse: (error: Error) => void};

/**
 * Returns an engine in a worker, so that the page stays quick while a million rows are read; where no worker starts, one
 * that works in the page itself.
 */
export function tryClient(): TryEngine & {close: () => void} {
  const waiting = new Map<number, Waiting>();
  const here = tryEngine();
  let last = 0;
  let worker: Worker | null = null;
  let there: Promise<boolean> = Promise.resolve(false);
  try {
    const started = new Worker(import.meta.resolve("./tryWorker.js"), {type: "module"});
    worker = started;
    there = new Promise((known) => {
      started.onmessage = ({data}: MessageEvent<Answer>) => {
        if (data.id === 0) known(true);
        const asked = waiting.get(data.id);
        waiting.delete(data.id);
        if ("error" in data) asked?.refuse(new Error(data.error));
        else asked?.take(data.value as never);
      };
      started.onerror = (event) => {
        event.preventDefault();
        known(false);
        worker = null;
        for (const {refuse} of waiting.values()) refuse(new Error("the browser ran out of memory for this file"));
        waiting.clear();
      };
    });
  } catch {
    // No workers here.
  }

  async function ask<Value>(question: (id: number) => Question, otherwise: () => Promise<Value>): Promise<Value> {
    const running = (await there) ? worker : null;
    if (running === null) return otherwise();
    const id = ++last;
    return new Promise<Value>((take, refuse) => {
      waiting.set(id, {take, refuse});
      running.postMessage(question(id));
    });
  }

  return {
    open: (file) =>
      ask(
        (id) => ({id, task: "open", file, name: file.name}),
        () => here.open(file)
      ),
    guess: (variant) =>
      ask(
        (id) => ({id, task: "guess", variant}),
        () => here.guess(variant)
      ),
    compute: (mapping, {today}) =>
      ask(
        (id) => ({id, task: "compute", mapping, today}),
        () => here.compute(mapping, {today})
      ),
    close: () => worker?.terminate()
  };
}
