/** What an ending process or page needs to know of a logger. */
export interface Flushable {
  readonly flush: () => Promise<boolean>;
  /** Writes what it can before returning; `isLast` has it tell of what stays behind. */
  readonly flushSync: (isLast: boolean) => void;
}

/**
 * Has a logger flushed when the process ends or the page is hidden, which comes before it is left; returns a function that undoes it. All loggers share one
 * set of listeners. A signal that nothing else listens for still ends the process as it would have.
 */
export function onExit(flushable: Flushable): () => void {
  if (!live.size) hook(true);
  live.add(flushable);
  return () => {
    live.delete(flushable);
    if (!live.size) hook(false);
  };
}

const live = new Set<Flushable>();
const tried = new WeakSet<Flushable>();

const onProcess = {
  beforeExit() {
    for (const flushable of live) {
      // A flush that failed is not begun anew: the process would never end.
      if (tried.has(flushable)) continue;
      tried.add(flushable);
      void flushable.flush().then((done) => done && tried.delete(flushable));
    }
  },
  exit: () => leave(true),
  SIGINT: end,
  SIGTERM: end,
  SIGHUP: end
};

async function end(signal: NodeJS.Signals): Promise<void> {
  leave(false);
  if (process.listenerCount(signal) > 1) return;
  await Promise.all([...live].map((flushable) => flushable.flush()));
  leave(true);
  hook(false);
  process.kill(process.pid, signal);
}

function leave(isLast: unknown): void {
  for (const flushable of live) flushable.flushSync(isLast === true);
}

function hook(on: boolean): void {
  if (typeof document !== "undefined")
    document[on ? "addEventListener" : "removeEventListener"]("visibilitychange", leave);
  else if (typeof process !== "undefined")
    for (const [name, listener] of Object.entries(onProcess)) process[on ? "on" : "off"](name, listener);
}
