import {spawn} from "node:child_process";
import {existsSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {createClient} from "@clickhouse/client";

/** A server that speaks ClickHouse's HTTP, and how to end it. */
export interface ClickhouseServer {
  readonly url: string;
  readonly password: string;
  run(...statements: string[]): Promise<void>;
  stop(): Promise<void>;
}

/** The folder in which chdb is installed; null where CHDB_DIR names none. */
export function chdbFolder(): string | null {
  const folder = process.env.CHDB_DIR ?? "";
  return folder !== "" && existsSync(join(folder, "node_modules", "chdb")) ? folder : null;
}

/** Starts a process that answers with ClickHouse's own engine. */
export async function startClickhouse(): Promise<ClickhouseServer> {
  const data = mkdtempSync(join(tmpdir(), "readout-clickhouse-"));
  const password = "s3cret/w@rd";
  const file = new URL("chdbServer.ts", import.meta.url).pathname;
  const server = spawn(process.execPath, ["--import", "tsx", file, data, password], {
    stdio: ["ignore", "pipe", "inherit", "ipc"]
  });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const port = await new Promise<string>((resolve, reject) => {
    server.stdout?.once("data", (text: Buffer) => resolve(text.toString().trim()));
    server.once("exit", (code) => reject(new Error(`the server ended: ${code}`)));
  });
  const url = `http://analyst:${encodeURIComponent(password)}@127.0.0.1:${port}`;
  const client = createClient({url});
  return {
    url,
    password,
    async run(...statements) {
      for (const query of statements) await client.command({query});
    },
    async stop() {
      await client.close();
      server.kill("SIGTERM");
      await ended;
      rmSync(data, {recursive: true, force: true});
    }
  };
}
