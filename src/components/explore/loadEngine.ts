import {engineBytes} from "./engineBytes.ts";
import type {Progress} from "./fetchBytes.ts";
import {fetchPieces} from "./fetchBytes.ts";
import {withNeededExports} from "./neededExports.ts";

/**
 * Returns DuckDB's engine, compiled while it comes: 34 MB of WebAssembly, of whose exports those stay that are used.
 *
 * @throws {Error} in words for a reader if the engine cannot be had
 */
export async function loadEngine(onProgress: (progress: Progress) => void): Promise<WebAssembly.Module> {
  const url = import.meta.resolve("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm");
  let loaded = 0;
  let failed: unknown = null;
  const count = (progress: Progress) => {
    loaded = progress.loaded;
    onProgress(progress);
  };
  const pieces = withNeededExports(await fetchPieces(url, {onProgress: count, expected: engineBytes}));
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const {done, value} = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        failed = error;
        controller.error(error);
      }
    }
  });
  try {
    // Of whatever type the host says that it is.
    const response = new Response(body, {headers: {"content-type": "application/wasm"}});
    return await WebAssembly.compileStreaming(response);
  } catch (error) {
    if (failed !== null) throw failed;
    if (loaded !== engineBytes)
      throw new Error(`the engine's file is damaged: ${loaded} bytes instead of ${engineBytes}`);
    throw new Error(`the engine could not be compiled: ${error instanceof Error ? error.message : String(error)}`);
  }
}
