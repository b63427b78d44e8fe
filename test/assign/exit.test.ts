import {spawn} from "node:child_process";
import {once} from "node:events";
import {existsSync, mkdtempSync, readFileSync, rmSync} from "node:fs";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, it} from "vitest";

const tools = new URL("../../lib/assign/tools.ts", import.meta.url).href;
const index = new URL("../../lib/assign/index.ts", import.meta.url).href;

/** Runs a program with `logger` and `log(n)` (n events) in scope, in a process of its own. */
function run(sink: string, program: string, options = "") {
  const source = `
    import {createLogger, httpSink} from ${JSON.stringify(index)};
    import {fileSink, postSync} from ${JSON.stringify(tools)};
    const logger = createLogger({sink: ${sink}, batchSize: 100, flushInterval: 60_000, ${options}});
    let i = 0;
    const log = (n) => { for (const end = i + n; i < end; ++i) logger.event("user-" + i, "click", i); };
    ${program}`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", source], {
    stdio: ["ignore", "pipe", "pipe"]
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const ended = once(child, "close").then(([code, signal]) => ({
    code: code as unknown,
    signal: signal as unknown,
    errors
  }));
  return {child, ended, ready: once(child.stdout, "data")};
}

describe("a process that ends", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "exit-"));
    path = join(folder, "log.jsonl");
  });
  afterEach(() => rmSync(folder, {recursive: true}));

  const values = () =>
    (existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : []).map((line) =>
      Number(JSON.parse(line).value)
    );
  const upTo = (n: number) => Array.from({length: n}, (_, i) => i);

  it.each([
    ["of itself", "log(250);", 0],
    ["by process.exit", "log(250); process.exit(3);", 3],
    ["by an uncaught error", "log(250); throw new Error('oops');", 1],
    ["of itself, from within a promise", "await null; log(250);", 0]
  ])("%s has lost nothing", async (_, program, expected) => {
    const {code} = await run(`fileSink(${JSON.stringify(path)})`, program).ended;
    expect(code).toBe(expected);
    expect(values()).toEqual(upTo(250));
  });

  it.each(["SIGTERM", "SIGINT"] as const)("by %s has lost nothing, and still ends by the signal", async (signal) => {
    const {child, ended, ready} = run(
      `fileSink(${JSON.stringify(path)})`,
      "log(250); console.log('ready'); setInterval(() => {}, 1000);"
    );
    await ready;
    child.kill(signal);
    expect((await ended).signal).toBe(signal);
    expect(values()).toEqual(upTo(250));
  });

  it("leaves the end to a handler of the program's own, having flushed", async () => {
    const {child, ended, ready} = run(
      `fileSink(${JSON.stringify(path)})`,
      "log(250); process.on('SIGTERM', () => process.exit(7)); console.log('ready'); setInterval(() => {}, 1000);"
    );
    await ready;
    child.kill("SIGTERM");
    expect((await ended).code).toBe(7);
    expect(values()).toEqual(upTo(250));
  });

  it("by kill -9 has lost the open batch at most, and tears no line", async () => {
    const {child, ended, ready} = run(
      `fileSink(${JSON.stringify(path)})`,
      "log(1234); console.log('ready'); setInterval(() => {}, 1000);"
    );
    await ready;
    child.kill("SIGKILL");
    expect((await ended).signal).toBe("SIGKILL");
    expect(values()).toEqual(upTo(1200));
  });

  it("by kill -9 amid writing leaves whole batches in order", async () => {
    const {child, ended, ready} = run(
      `fileSink(${JSON.stringify(path)})`,
      "console.log('ready'); setInterval(() => log(777), 0);",
      "maximumPending: 1e6"
    );
    await ready;
    await new Promise((resolve) => setTimeout(resolve, 200));
    child.kill("SIGKILL");
    await ended;
    const got = values();
    expect(got.length).toBeGreaterThan(777);
    expect(got.length % 100).toBe(0);
    expect(got).toEqual(upTo(got.length));
  });

  it("with a full disk says how many records it lost", async () => {
    if (!existsSync("/dev/full")) return;
    const {code, errors} = await run("fileSink('/dev/full')", "log(250);", "exitTimeout: 50").ended;
    expect(code).toBe(0);
    expect(errors).toMatch(/ENOSPC[^]*the log is lost; pending: 250/);
  });

  describe("with httpSink(url)", () => {
    const received: string[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => {
        received.push(...body.trimEnd().split("\n"));
        setTimeout(() => response.writeHead(204).end(), 20);
      });
    });
    const url = async () => {
      received.length = 0;
      if (!server.listening) await once(server.listen(0), "listening");
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    };
    const got = () => received.map((line) => Number(JSON.parse(line).value));

    it("of itself waits for the endpoint and has lost nothing", async () => {
      await run(`httpSink(${JSON.stringify(await url())})`, "log(250);").ended;
      expect(got()).toEqual(upTo(250));
    });

    it("by SIGTERM waits for the endpoint and has lost nothing", async () => {
      const {child, ended, ready} = run(
        `httpSink(${JSON.stringify(await url())})`,
        "log(250); console.log('ready'); setInterval(() => {}, 1000);"
      );
      await ready;
      child.kill("SIGTERM");
      expect((await ended).signal).toBe("SIGTERM");
      expect(got()).toEqual(upTo(250));
    });

    it("by process.exit has lost nothing when postSync is given, though a batch under way may arrive twice", async () => {
      await run(`httpSink(${JSON.stringify(await url())}, {postSync})`, "log(250); process.exit(0);").ended;
      expect([...new Set(got())]).toEqual(upTo(250));
    });

    it("by process.exit without postSync says what it lost", async () => {
      const {errors} = await run(`httpSink(${JSON.stringify(await url())})`, "log(250); process.exit(0);").ended;
      expect(errors).toMatch(/the log is lost; pending: 250/);
    });

    it("with a dead endpoint ends within exitTimeout and says what it lost", async () => {
      const {code, errors} = await run("httpSink('http://127.0.0.1:9/')", "log(250);", "exitTimeout: 100").ended;
      expect(code).toBe(0);
      expect(errors).toMatch(/fetch failed[^]*the log is lost; pending: 250/);
      server.close();
      server.closeAllConnections();
    });
  });
});
