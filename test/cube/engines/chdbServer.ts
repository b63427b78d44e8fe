import {createRequire} from "node:module";
import {createServer} from "node:http";
import type {IncomingMessage, ServerResponse} from "node:http";

/**
 * A small stand-in for a ClickHouse server: takes what its HTTP interface takes, and answers with ClickHouse's own
 * engine, chdb, found in the folder CHDB_DIR. A process of its own: the engine is large and blocks while it computes.
 * It prints its port.
 */
interface ChdbSession {
  query(sql: string, format?: string): string;
  queryAsync(sql: string, options: {format: string}): Promise<{bytes(): Uint8Array}>;
  close(): void;
}

const folder = process.env.CHDB_DIR ?? "";
const {Session} = createRequire(`${folder}/`)("chdb") as {Session: new (path?: string) => ChdbSession};
const data = process.argv[2];
const password = process.argv[3] ?? "";
/** A session, and the settings that were sent in it. */
type Known = ChdbSession & {readonly set: Map<string, string>};
const sessions = new Map<string, Known>();
const parts = ["query", "query_id", "session_id", "session_timeout", "default_format", "database", "wait_end_of_query"];

function sessionOf(id: string): Known {
  const known = sessions.get(id);
  if (known !== undefined) return known;
  const opened = Object.assign(new Session(data), {set: new Map<string, string>()});
  // In its default database the library takes a name with a slash for a file; a server does not.
  opened.query("CREATE DATABASE IF NOT EXISTS logs");
  opened.query("USE logs");
  sessions.set(id, opened);
  return opened;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const {searchParams} = new URL(request.url ?? "/", "http://localhost");
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const sql = `${searchParams.get("query") ?? ""}${Buffer.concat(chunks).toString()}`;
  const given = Buffer.from((request.headers.authorization ?? "").replace(/^Basic /, ""), "base64").toString();
  if (given !== `analyst:${password}`) {
    response.writeHead(403, {"X-ClickHouse-Exception-Code": "516"});
    const user = given.split(":")[0] ?? "";
    response.end(
      `Code: 516. DB::Exception: ${user}: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)`
    );
    return;
  }
  try {
    const session = sessionOf(searchParams.get("session_id") ?? "");
    for (const [name, value] of searchParams) {
      const setting = `SET ${name} = '${value.replaceAll("'", "\\'")}'`;
      if (parts.includes(name) || session.set.get(name) === setting) continue;
      session.query(setting, "CSV");
      session.set.set(name, setting);
    }
    const format = /\bFORMAT (\w+)\s*$/.exec(sql)?.[1] ?? searchParams.get("default_format") ?? "TabSeparated";
    const found = await session.queryAsync(sql, {format});
    response.writeHead(200, {"Content-Type": "text/plain; charset=UTF-8"}).end(found.bytes());
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/^Query failed: /, "") : String(error);
    const code = /^Code: (\d+)/.exec(message)?.[1] ?? "0";
    response.writeHead(code === "60" ? 404 : 500, {"X-ClickHouse-Exception-Code": code}).end(message);
  }
}

const server = createServer((request, response) => void answer(request, response));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`);
});
process.on("disconnect", () => process.exit());
process.on("SIGTERM", () => process.exit());
