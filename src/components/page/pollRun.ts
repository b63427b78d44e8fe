/** What `run.json` says: which run is published, and why it is stale if it is. */
export interface PublishedNow {
  readonly runId: string | null;
  readonly asOf: string | null;
  readonly stale: string | null;
}

/**
 * Asks for a run.json again and again while the page can be seen, at once when it is seen again, and calls `onNew` when
 * it says something other than before. A host that does not answer is asked less and less often.
 *
 * @param known what the page shows
 * @param options.every milliseconds between two questions
 */
export function pollRun(
  url: URL,
  known: Pick<PublishedNow, "runId" | "stale">,
  onNew: (now: PublishedNow) => Promise<void>,
  {every = 15_000, invalidation}: {every?: number; invalidation?: Promise<void>} = {}
): void {
  let shown = markOf(known);
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let asking = false;

  async function ask(): Promise<void> {
    clearTimeout(timer);
    if (asking || stopped || document.hidden) return;
    asking = true;
    try {
      const response = await fetch(url, {cache: "no-cache"});
      if (!response.ok) throw new Error(String(response.status));
      const now: PublishedNow = await response.json();
      if (!stopped && markOf(now) !== shown) {
        await onNew(now);
        shown = markOf(now);
      }
      failures = 0;
    } catch {
      ++failures;
    }
    asking = false;
    if (!stopped) timer = setTimeout(() => void ask(), every * Math.min(40, 2 ** failures));
  }

  const seen = () => void ask();
  document.addEventListener("visibilitychange", seen);
  invalidation?.then(() => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
  });
  void ask();
}

/** Returns what tells one published state of a readout from another. */
export function markOf({runId, stale}: Pick<PublishedNow, "runId" | "stale">): string {
  return JSON.stringify([runId, stale]);
}
