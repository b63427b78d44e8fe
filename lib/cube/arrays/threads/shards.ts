import {Worker} from "node:worker_threads";
import type {AllHits} from "../hits/allHits.ts";
import type {Span} from "../hits/placedUnits.ts";
import {spansOf} from "../hits/placedUnits.ts";
import type {RowTasks, TaskArguments} from "./rowTasks.ts";
import {rowTasks} from "./rowTasks.ts";
import type {Shard} from "./shard.ts";
import {openShard} from "./shard.ts";
import type {ShardAnswer, ShardQuestion} from "./answerQuestions.ts";

/** Threads that wait for a share of the units. */
export interface ShardThreads {
  /** Starts threads for as many shares, this one among them, while the engine is at work; default: this one alone. */
  start(count: number): void;
  /** Returns what each thread makes of its share: all work at once. */
  run<Name extends keyof RowTasks>(task: Name, ...args: TaskArguments<Name>): Promise<ReturnType<RowTasks[Name]>[]>;
  /** Returns the units in shares: the first one is this thread's own. */
  open(all: AllHits): Promise<Shards>;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** The units in shares. */
export interface Shards {
  /** Returns the answer of each share to one of its questions: all work at once. */
  ask<Name extends keyof Shard>(name: Name, ...args: Parameters<Shard[Name]>): Promise<ReturnType<Shard[Name]>[]>;
}

/** A thread that answers questions in the order that they were asked in. */
interface Thread {
  ask(question: ShardQuestion): Promise<unknown>;
  close(): Promise<void>;
}

/** Returns threads, none of which has started. */
export function createShardThreads(): ShardThreads {
  const threads: Thread[] = [];
  return {
    start(count) {
      while (threads.length + 1 < count) threads.push(startThread());
    },
    async run(task, ...args) {
      type Answer = ReturnType<RowTasks[typeof task]>;
      const of = threads.length + 1;
      const asked = Promise.all(threads.map((thread, i) => thread.ask({task, args: [...args, [i + 1, of]]})));
      asked.catch(() => undefined);
      const mine = (rowTasks[task] as (...all: unknown[]) => Answer)(...args, [0, of]);
      return [mine, ...((await asked) as Answer[])];
    },
    async open(all) {
      const [first = [0, 0], ...spans] = spansOf(all, all.blocks, threads.length + 1);
      const others = spans.map((span, i) => ({thread: threads[i]!, span: span as Span}));
      const opened = Promise.all(others.map(({thread, span}) => thread.ask({name: "open", args: [all, span]})));
      opened.catch(() => undefined);
      const own = openShard(all, first);
      await opened;
      return {
        async ask(name, ...args) {
          const asked = Promise.all(others.map(({thread}) => thread.ask({name, args})));
          // If this thread's own share fails first, that is what is told.
          asked.catch(() => undefined);
          const mine = (own[name] as (...all: typeof args) => ReturnType<Shard[typeof name]>)(...args);
          return [mine, ...((await asked) as (typeof mine)[])];
        }
      };
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    }
  };
}

function startThread(): Thread {
  // What its process was told to load beforehand is of no use to it.
  const worker = new Worker(new URL("./shardWorker.mjs", import.meta.url), {execArgv: []});
  const waiting: {resolve: (value: unknown) => void; reject: (error: Error) => void}[] = [];
  let failed: Error | null = null;
  const fail = (error: Error): void => {
    failed = error;
    for (const {reject} of waiting.splice(0)) reject(error);
  };
  worker.on("error", fail);
  worker.on("exit", (code) => fail(new Error(`a thread ended too early, with code ${code}`)));
  worker.on("message", (answer: ShardAnswer) => {
    const next = waiting.shift();
    if ("error" in answer) next?.reject(new Error(answer.error));
    else next?.resolve(answer.value);
  });
  return {
    ask(question) {
      if (failed !== null) return Promise.reject(failed);
      return new Promise((resolve, reject) => {
        waiting.push({resolve, reject});
        worker.postMessage(question);
      });
    },
    async close() {
      worker.removeAllListeners("exit");
      await worker.terminate();
    }
  };
}
