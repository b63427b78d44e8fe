import type {Assignment, Unit} from "./assign.ts";
import {exposingReasons, normalizeUnit} from "./assign.ts";
import type {LogRecord} from "./logFormat.ts";
import {formatRecord} from "./logFormat.ts";
import {onExit} from "./onExit.ts";
import type {Attributes} from "./rule.ts";
import type {Batch, Sink} from "./sink.ts";
import {PermanentError, toError} from "./sink.ts";

/**
 * What became of a record: `accepted` into the buffer; `repeated`, this unit's exposure to this variant is logged already;
 * `not-exposed`, the assignment was no random draw; `full`, the buffer is full and the record is lost; `invalid`, the unit id, event,
 * value or an attribute is not one; `closed`.
 */
export type LogAnswer = "accepted" | "repeated" | "not-exposed" | "full" | "invalid" | "closed";

/** Counts since the logger was made; accepted = written + refused + pending. */
export interface LoggerStatistics {
  readonly accepted: number;
  readonly written: number;
  /** Given up because the sink refused them for good. */
  readonly refused: number;
  readonly pending: number;
  /** Turned away because the buffer was full. */
  readonly dropped: number;
  readonly retries: number;
}

/** How to buffer, batch and try again. */
export interface LoggerOptions {
  /** Where batches go: `fileSink(path)`, `httpSink(url)`, or any function of a batch. */
  readonly sink: Sink | Sink["write"];
  /** Records a batch; defaults to 100. A crash loses at most the open batch: this many records less one. */
  readonly batchSize?: number;
  /** Milliseconds after which a batch that is not full is written all the same; defaults to 1,000. */
  readonly flushInterval?: number;
  /** Records held while the sink is slow or dead, the open batch included; beyond it new ones are lost. Defaults to 10,000. */
  readonly maximumPending?: number;
  /** Units remembered, so that each is logged once; beyond it the oldest are forgotten, and may be logged again. Defaults to 1,000,000. */
  readonly maximumUnits?: number;
  /** Milliseconds before the first new try; each further one waits twice as long, less up to half at random. Defaults to 200. */
  readonly retryDelay?: number;
  /** Milliseconds that a wait is at most; defaults to 30,000. */
  readonly maximumRetryDelay?: number;
  /** Milliseconds that `close` and the end of the process wait for the sink; defaults to 5,000. */
  readonly exitTimeout?: number;
  /** Told of each first failure of a batch, of refusals and losses; defaults to console.error. */
  readonly onError?: (error: Error) => void;
  /** Milliseconds since 1970; defaults to Date.now. */
  readonly now?: () => number;
  /** Uniform in [0, 1), for the waits; defaults to Math.random. */
  readonly random?: () => number;
}

/** Logs exposures and events in the format of `logFields`. Its methods never throw and never wait, unless they return a promise. */
export interface Logger {
  /** Logs that a unit was exposed, once per experiment, unit and variant, and only if the assignment was a random draw. */
  readonly exposure: (experiment: string, unit: Unit, assignment: Assignment, attributes?: Attributes) => LogAnswer;
  /** Logs an event of a unit, with its value if it has one: a metric such as an amount or a latency. Every call is a record. */
  readonly event: (unit: Unit, event: string, value?: number | null, attributes?: Attributes) => LogAnswer;
  /** Logs an event that has no value, such as a purchase or a sign-up. */
  readonly conversion: (unit: Unit, event: string, attributes?: Attributes) => LogAnswer;
  /** Resolves when all that is pending is written (true) or after `timeout` milliseconds, by default `exitTimeout` (false). */
  readonly flush: (options?: {readonly timeout?: number}) => Promise<boolean>;
  /** Resolves when less than half of the buffer is taken: await it after the answer `full`, or now and then when writing in bulk. */
  readonly ready: () => Promise<void>;
  /** Flushes, and takes no more records. */
  readonly close: () => Promise<LoggerStatistics>;
  readonly statistics: () => LoggerStatistics;
}

/**
 * Returns a logger. Records gather in an open batch, which is handed to the sink as soon as it is full, or `flushInterval` after its
 * first record. Batches are written one after another, in order. A batch that fails is tried again for as long as the process lives,
 * with waits that double; meanwhile records pile up to `maximumPending`, and then new ones are turned away (answer `full`), never old ones.
 *
 * When a process ends normally (no more work, process.exit, an uncaught error, SIGINT, SIGTERM, SIGHUP) or a page is left or hidden,
 * the rest is written: through `writeSync` where the sink has it, otherwise by waiting up to `exitTimeout`, which process.exit does not
 * allow. A process that is killed, or a machine that fails, loses at most the open batch and what a failing sink had not yet taken.
 *
 * @throws {RangeError} if an option is out of range
 * @example
 * const logger = createLogger({sink: fileSink("logs/web.jsonl")});
 * logger.exposure("green-checkout", "user-42", assign(experiment, "user-42"), {country: "US"}); // "accepted"
 * logger.event("user-42", "purchase", 19.9); // "accepted"
 */
export function createLogger({
  sink: target,
  batchSize = 100,
  flushInterval = 1_000,
  maximumPending = 10_000,
  maximumUnits = 1_000_000,
  retryDelay = 200,
  maximumRetryDelay = 30_000,
  exitTimeout = 5_000,
  onError = (error) => console.error(error.message),
  now = Date.now,
  random = Math.random
}: LoggerOptions): Logger {
  const sizes = {batchSize, maximumPending, maximumUnits, flushInterval, retryDelay, maximumRetryDelay, exitTimeout};
  for (const [name, value] of Object.entries(sizes)) {
    const limit = name === "batchSize" ? maximumPending : 2 ** 31 - 1;
    if (!(1 <= value && value <= limit)) throw new RangeError(`invalid ${name}; not in [1, ${limit}]: ${value}`);
  }

  const sink: Sink = typeof target === "function" ? {write: target} : target;
  const name = Date.now().toString(36) + Math.random().toString(36);
  const units = new Set<string>();
  const waiters = new Set<() => void>();
  const total = {accepted: 0, written: 0, refused: 0, pending: 0, dropped: 0, retries: 0};
  const queue: string[] = [];
  let batch: Batch | null = null;
  let batches = 0;
  let attempts = 0;
  let busy = false;
  let draining = false;
  let closed = false;
  let full = false;
  let flushTimer: Timer | undefined;
  let retryTimer: Timer | undefined;

  function log(record: Omit<LogRecord, "ts" | "unit">, unit: unknown, attributes: Attributes): LogAnswer {
    if (closed) return "closed";
    try {
      const id = normalizeUnit(unit);
      if (id === null) throw new RangeError(`invalid unit; not an id: ${String(unit)}`);
      const line = formatRecord({...record, unit: id, ts: new Date(now()).toISOString()}, attributes);
      if (total.pending >= maximumPending) {
        if (!full) onError(new Error(`the log is full; pending: ${total.pending}`));
        full = true;
        ++total.dropped;
        return "full";
      }
      queue.push(line);
    } catch (error) {
      onError(toError(error));
      return "invalid";
    }
    ++total.accepted;
    ++total.pending;
    if (queue.length >= batchSize) send();
    else if (!draining) flushTimer ??= later(drain, flushInterval);
    return "accepted";
  }

  /** Writes what is due: full batches, and the open one when draining. */
  function send(): void {
    while (!busy && !retryTimer && (batch || queue.length >= (draining ? 1 : batchSize))) {
      try {
        const writing = sink.write(nextBatch());
        busy = !!writing;
        if (writing)
          void writing
            .then(() => settle("written"), fail)
            .then(() => {
              busy = false;
              send();
            });
        else settle("written");
      } catch (error) {
        fail(error);
      }
    }
    if (!total.pending) draining = false;
    for (const wake of [...waiters]) wake();
  }

  /** Returns the batch that is under way, or begins the next. */
  function nextBatch(): Batch {
    batch ??= {id: `${name}-${++batches}`, lines: queue.splice(0, batchSize)};
    return batch;
  }

  function settle(outcome: "written" | "refused"): void {
    const size = batch?.lines.length ?? 0;
    total[outcome] += size;
    total.pending -= size;
    batch = null;
    attempts = 0;
    full = false;
  }

  function fail(error: unknown): void {
    if (!attempts) onError(toError(error));
    if (error instanceof PermanentError) return settle("refused");
    const delay = Math.min(maximumRetryDelay, retryDelay * 2 ** attempts++) * (1 - random() / 2);
    retryTimer = later(retry, delay);
  }

  function retry(): void {
    if (!retryTimer) return;
    clearTimeout(retryTimer);
    retryTimer = undefined;
    ++total.retries;
    send();
  }

  function drain(): void {
    clearTimeout(flushTimer);
    flushTimer = undefined;
    draining = total.pending > 0;
    send();
  }

  function flush({timeout = exitTimeout}: {readonly timeout?: number} = {}): Promise<boolean> {
    const goal = total.accepted;
    drain();
    retry();
    return waitUntil(() => total.accepted - total.pending >= goal, timeout);
  }

  function waitUntil(isDone: () => boolean, timeout = 0): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (done: boolean): void => {
        clearTimeout(timer);
        waiters.delete(wake);
        resolve(done);
      };
      const wake = (): void => {
        if (isDone()) end(true);
      };
      const timer = timeout ? setTimeout(end, timeout, false) : undefined;
      waiters.add(wake);
      wake();
    });
  }

  /** Writes the rest before returning, as far as the sink can; tells of what stays behind. */
  function flushSync(isLast: boolean): void {
    try {
      while (sink.writeSync && total.pending) {
        sink.writeSync(nextBatch());
        settle("written");
      }
    } catch (error) {
      onError(toError(error));
    }
    if (isLast && total.pending) onError(new Error(`the log is lost; pending: ${total.pending}`));
  }

  const forget = onExit({flush, flushSync});

  const event: Logger["event"] = (unit, name, value = null, attributes = {}) =>
    log({type: "event", event: name, value}, unit, attributes);

  return {
    exposure(experiment, unit, {variant, reason}, attributes = {}) {
      if (!exposingReasons.has(reason)) return "not-exposed";
      const key = JSON.stringify([experiment, variant, String(unit)]);
      if (units.has(key)) return "repeated";
      const answer = log({type: "exposure", experiment, variant}, unit, attributes);
      if (answer === "accepted") units.add(key);
      const [oldest = ""] = units;
      if (units.size > maximumUnits) units.delete(oldest);
      return answer;
    },
    event,
    conversion: (unit, name, attributes = {}) => event(unit, name, null, attributes),
    flush,
    async ready() {
      await waitUntil(() => closed || total.pending < maximumPending / 2);
    },
    async close() {
      closed = true;
      if (!(await flush())) flushSync(true);
      clearTimeout(retryTimer);
      forget();
      sink.close?.();
      return {...total};
    },
    statistics: () => ({...total})
  };
}

type Timer = ReturnType<typeof setTimeout>;

/** A timer that does not keep a process alive. */
function later(call: () => void, delay: number): Timer {
  const timer = setTimeout(call, delay);
  // Browsers have numbers for timers.
  timer.unref?.();
  return timer;
}
