import type {Flushable} from "./onExit.ts";

/**
 * What bundlers for browsers take in place of `onExit.ts` (see package.json beside it): has a logger flushed when the page is hidden, which
 * comes before it is left; returns a function that undoes it.
 */
export function onExit({flushSync}: Flushable): () => void {
  const leave = (): void => flushSync(false);
  // A worker has no document, and is not told that it ends.
  globalThis.document?.addEventListener("visibilitychange", leave);
  return () => globalThis.document?.removeEventListener("visibilitychange", leave);
}
