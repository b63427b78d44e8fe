import {createReadStream, existsSync, statSync} from "node:fs";
import {createServer} from "node:http";
import {extname, join, normalize, resolve, sep} from "node:path";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2"
};

/** Bytes that are read and sent at once: the engine of Explore has 34 MB. */
const pieces = 1 << 20;

/** A folder served on this machine, on a port that was free. */
export type Served = {origin: string; close: () => Promise<void>};

/**
 * Serves the files of a folder to this machine alone, as any static host would: `/a` is `a`, `a.html` or
 * `a/index.html`, and what is not there is 404.html with its status.
 */
export async function serveFolder(folder: string): Promise<Served> {
  const root = resolve(folder);
  const server = createServer((request, response) => {
    const path = pathOf(request.url ?? "/");
    const wanted =
      path === null ? [] : [path, `${path}.html`, join(path, "index.html")].map((name) => join(root, name));
    const file = wanted.find((f) => f.startsWith(root + sep) && existsSync(f) && statSync(f).isFile());
    response.statusCode = file ? 200 : 404;
    response.setHeader("content-type", types[extname(file ?? "404.html")] ?? "application/octet-stream");
    const sent = file ?? join(root, "404.html");
    if (existsSync(sent)) response.setHeader("content-length", statSync(sent).size);
    createReadStream(sent, {highWaterMark: pieces})
      .on("error", () => response.end())
      .pipe(response);
  });
  await new Promise<void>((done, failed) => server.once("error", failed).listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("missing port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      })
  };
}

function pathOf(url: string): string | null {
  try {
    return normalize(decodeURIComponent(new URL(url, "http://localhost").pathname));
  } catch {
    return null;
  }
}
