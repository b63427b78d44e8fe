import {createReadStream, existsSync, readFileSync, statSync} from "node:fs";
import {createServer} from "node:http";
import {extname, join, normalize, sep} from "node:path";
import type {Served} from "./serve.ts";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm"
};

/** What the host was asked for: the path, whether it sent a packed file, and the bytes of the plain one. */
export type Asked = {path: string; encoding: string | null; status: number; bytes: number};

/**
 * Serves a site as a careful host does: under a path, behind a password, with the headers of its `_headers`, and the
 * gzip file beside a file where there is one.
 */
export async function strictHost(
  folder: string,
  {base, user, password}: {base: string; user: string; password: string}
): Promise<Served & {asked: Asked[]}> {
  const asked: Asked[] = [];
  const rules = readRules(readFileSync(join(folder, "_headers"), "utf8"));
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname));
    const end = (status: number): void => {
      response.statusCode = status;
      asked.push({path, encoding: null, status, bytes: 0});
      response.end();
    };
    if (request.headers.authorization !== expected) {
      response.setHeader("www-authenticate", 'Basic realm="readouts"');
      return end(401);
    }
    for (const {matches, headers} of rules)
      if (matches(path)) for (const [name, value] of headers) response.setHeader(name, value);
    if (!path.startsWith(base)) return end(404);
    const own = path.slice(base.length);
    const file = [own, `${own}.html`, join(own, "index.html")]
      .map((name) => join(folder, name))
      .find((f) => f.startsWith(folder + sep) && existsSync(f) && statSync(f).isFile());
    if (file === undefined) return end(404);
    const zipped = existsSync(`${file}.gz`) && String(request.headers["accept-encoding"]).includes("gzip");
    if (zipped) response.setHeader("content-encoding", "gzip");
    response.setHeader("content-type", types[extname(file)] ?? "application/octet-stream");
    asked.push({path, encoding: zipped ? "gzip" : null, status: 200, bytes: statSync(file).size});
    createReadStream(zipped ? `${file}.gz` : file).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, "localhost", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("missing port");
  return {
    asked,
    origin: `http://localhost:${address.port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      })
  };
}

type Rule = {matches: (path: string) => boolean; headers: [string, string][]};

/** The rules of a `_headers` file: a path that may end in a star, then a header a line. */
function readRules(text: string): Rule[] {
  const rules: Rule[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    if (line.startsWith("/")) {
      const stem = line.replace(/\*$/, "");
      rules.push({matches: (path) => (line.endsWith("*") ? path.startsWith(stem) : path === line), headers: []});
      continue;
    }
    const [, name = "", value = ""] = /^\s+([\w-]+): (.*)$/.exec(line) ?? [];
    rules.at(-1)?.headers.push([name, value]);
  }
  return rules;
}
