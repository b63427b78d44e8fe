import type {MessagePort} from "node:worker_threads";
import {parentPort} from "node:worker_threads";
import type {AllHits} from "../hits/allHits.ts";
import type {Span} from "../hits/placedUnits.ts";
import type {RowTasks} from "./rowTasks.ts";
import {rowTasks} from "./rowTasks.ts";
import type {Shard} from "./shard.ts";
import {openShard} from "./shard.ts";

/** What a thread is asked: to do its share of a task, to open a shard, or one of its questions; answered in that order. */
export type ShardQuestion =
  | {readonly task: keyof RowTasks; readonly args: readonly unknown[]}
  | {readonly name: "open"; readonly args: readonly [AllHits, Span]}
  | {readonly name: keyof Shard; readonly args: readonly unknown[]};

/** What a thread answers: a value, or why there is none. */
export type ShardAnswer = {readonly value: unknown} | {readonly error: string};

let shard: Shard | null = null;

if (parentPort !== null) listen(parentPort);

function listen(port: MessagePort): void {
  port.on("message", (question: ShardQuestion) => {
    let answer: ShardAnswer;
    try {
      answer = {value: answerOf(question)};
    } catch (error) {
      answer = {error: error instanceof Error ? (error.stack ?? error.message) : String(error)};
    }
    port.postMessage(answer);
  });
}

function answerOf(question: ShardQuestion): unknown {
  const {args} = question;
  if ("task" in question) return (rowTasks[question.task] as (...all: readonly unknown[]) => unknown)(...args);
  const {name} = question;
  if (name === "open") {
    shard = openShard(...(args as [AllHits, Span]));
    return null;
  }
  if (shard === null) throw new Error(`missing shard of a question: ${name}`);
  return (shard[name] as (...all: readonly unknown[]) => unknown)(...args);
}
