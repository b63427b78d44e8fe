import {execFileSync, spawn} from "node:child_process";
import {chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from "node:fs";
import {createServer} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {setTimeout} from "node:timers/promises";
import pg from "pg";

/** A server of one's own on 127.0.0.1, and how to end it. */
export interface PostgresServer {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly password: string;
  /** Runs statements as the owner of the database. */
  run(...statements: string[]): Promise<void>;
  stop(): Promise<void>;
}

/** The folder of PostgreSQL's programs, newest first; null where none is installed. */
export function postgresBin(): string | null {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(root, version, "bin")).find((bin) => existsSync(join(bin, "initdb")));
  if (found !== undefined) return found;
  return (process.env.PATH ?? "").split(":").find((bin) => existsSync(join(bin, "initdb"))) ?? null;
}

/** Starts an empty PostgreSQL in a folder of its own; it refuses root, so that root starts it as its own user. */
export async function startPostgres(bin: string): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "readout-postgres-"));
  const data = join(folder, "data");
  const password = "s3cret/w@rd";
  writeFileSync(join(folder, "password"), password);
  const user = process.getuid?.() === 0 ? idsOf("postgres") : null;
  if (user !== null) for (const path of [folder, join(folder, "password")]) chownSync(path, user.uid, user.gid);
  const options = ["-U", "analyst", "--auth=scram-sha-256", `--pwfile=${join(folder, "password")}`];
  // A language that sorts unlike bytes do, where there is one.
  execFileSync(join(bin, "initdb"), ["-D", data, "-E", "UTF8", "--no-sync", "--locale=C.UTF-8", ...options], {
    ...user,
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"]
  });
  const port = await freePort();
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: folder,
    fsync: "off",
    timezone: "America/New_York"
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = spawn(join(bin, "postgres"), ["-D", data, ...flags], {...user, cwd: folder, stdio: "ignore"});
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const url = `postgres://analyst:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  const run = async (...statements: string[]) => {
    const client = new pg.Client({connectionString: url});
    await client.connect();
    try {
      for (const sql of statements) await client.query(sql);
    } finally {
      await client.end();
    }
  };
  for (let tries = 0; ; ++tries) {
    try {
      await run("SELECT 1");
      break;
    } catch (error) {
      if (tries > 100 || server.exitCode !== null) throw error;
      await setTimeout(100);
    }
  }
  return {
    url,
    host: "127.0.0.1",
    port,
    password,
    run,
    async stop() {
      server.kill("SIGINT");
      await ended;
      rmSync(folder, {recursive: true, force: true});
    }
  };
}

function idsOf(user: string): {uid: number; gid: number} {
  const id = (flag: string) => Number(execFileSync("id", [flag, user], {encoding: "utf8"}));
  return {uid: id("-u"), gid: id("-g")};
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port"))
      );
    });
  });
}
