/** How far a file has come: bytes so far, and of how many; null where the server does not say. */
export type Progress = {loaded: number; total: number | null};

/** How a file is asked for. */
export type FetchOptions = {
  onProgress?: (progress: Progress) => void;
  /** The size where the server does not say it. */
  expected?: number | null;
  /** Whether a file that the browser kept is asked about: published files change in their place. */
  fresh?: boolean;
  signal?: AbortSignal;
};

/**
 * Returns a file's bytes, telling of each piece as it arrives.
 *
 * @throws {Error} in words for a reader if the file cannot be had
 */
export async function fetchBytes(url: string, options: FetchOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let loaded = 0;
  for await (const piece of await fetchPieces(url, options)) {
    pieces.push(piece);
    loaded += piece.length;
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/**
 * Returns a file's pieces as they arrive, telling of each.
 *
 * @throws {Error} in words for a reader if the file cannot be had, or ends too early
 */
export async function fetchPieces(
  url: string,
  {onProgress = () => {}, expected = null, fresh = false, signal}: FetchOptions = {}
): Promise<AsyncGenerator<Uint8Array<ArrayBuffer>, void>> {
  let response: Response;
  try {
    response = await fetch(url, {cache: fresh ? "no-cache" : "default", ...(signal ? {signal} : {})});
  } catch {
    throw new Error("the file could not be reached");
  }
  if (!response.ok) throw new Error(`the file could not be had: the server answered ${response.status}`);
  const stated = Number(response.headers.get("content-length"));
  // With a content encoding the stated length counts compressed bytes, the pieces below do not.
  const plain = response.headers.get("content-encoding") === null;
  const total = plain && stated > 0 ? stated : expected;
  return (async function* () {
    let loaded = 0;
    const reader = response.body?.getReader();
    while (reader) {
      const {done, value} = await reader.read();
      if (done) break;
      loaded += value.length;
      onProgress({loaded, total});
      yield value;
    }
  })();
}
