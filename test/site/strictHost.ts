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

/** What the host was asked for: the path, and whether it sent a compressed file. */
export type Asked = {path: string; encoding: string | null; status: number};

/**
 * Serves a site as a careful host does: under a path, behind a password, with the headers of its `_headers`, and the
 * brotli file beside a file where there is one.
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
      asked.push({path, encoding: null, status});
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
    const small = existsSync(`${file}.br`) && String(request.headers["accept-encoding"]).includes("br");
    if (small) response.setHeader("content-encoding", "br");
    response.setHeader("content-type", types[extname(file)] ?? "application/octet-stream");
    asked.push({path, encoding: small ? "br" : null, status: 200});
    createReadStream(small ? `${file}.br` : file).pipe(response);
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
