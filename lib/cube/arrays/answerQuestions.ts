import type {MessagePort} from "node:worker_threads";
import {parentPort} from "node:worker_threads";
import type {RawHits, Span} from "./rawHits.ts";
import type {Shard} from "./shard.ts";
import {openShard} from "./shard.ts";

/** What a thread is asked: to open a shard, or one of its questions; answered in that order. */
export type ShardQuestion =
  | {readonly name: "open"; readonly args: readonly [RawHits, Span]}
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

function answerOf({name, args}: ShardQuestion): unknown {
  if (name === "open") {
    shard = openShard(...(args as [RawHits, Span]));
    return null;
  }
  if (shard === null) throw new Error(`missing shard of a question: ${name}`);
  return (shard[name] as (...all: readonly unknown[]) => unknown)(...args);
}
