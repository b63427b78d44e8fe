import {DuckDBInstance} from "@duckdb/node-api";
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, it, vi} from "vitest";
import type {Assignment, Batch, Logger, LoggerOptions} from "../../lib/assign/index.ts";
import {createLogger, formatRecord, logFields, PermanentError} from "../../lib/assign/index.ts";
import {fileSink, logFacts} from "../../lib/assign/tools.ts";

const green: Assignment = {variant: "green", config: {}, reason: "assigned"};
const now = () => Date.UTC(2026, 0, 5, 12);

const made: Logger[] = [];

/** A logger whose sink is a list; `fail` decides which writes throw. */
function collect(options: Partial<LoggerOptions> = {}, fail: (batch: Batch) => Error | null = () => null) {
  const lines: string[] = [];
  const errors: string[] = [];
  const logger = createLogger({
    sink(batch) {
      const error = fail(batch);
      if (error) throw error;
      lines.push(...batch.lines);
    },
    onError: (error) => errors.push(error.message),
    now,
    random: () => 0,
    ...options
  });
  made.push(logger);
  return {lines, errors, logger};
}

describe("createLogger(options)", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "log-"));
  });
  afterEach(async () => {
    vi.useRealTimers();
    for (const logger of made.splice(0)) await logger.close();
    rmSync(folder, {recursive: true});
  });

  it("writes exposures and events as JSON lines with the documented fields first", async () => {
    const {lines, logger} = collect();
    expect(logger.exposure("exp", "42", green, {country: "US", ts2: null})).toBe("accepted");
    expect(logger.event(42, "purchase", 19.9, {currency: "EUR"})).toBe("accepted");
    expect(logger.conversion("42", "sign-up")).toBe("accepted");
    await logger.close();
    expect(lines).toEqual([
      '{"ts":"2026-01-05T12:00:00.000Z","type":"exposure","experiment":"exp","variant":"green","unit":"42","event":null,"value":null,"country":"US","ts2":null}',
      '{"ts":"2026-01-05T12:00:00.000Z","type":"event","experiment":null,"variant":null,"unit":"42","event":"purchase","value":19.9,"currency":"EUR"}',
      '{"ts":"2026-01-05T12:00:00.000Z","type":"event","experiment":null,"variant":null,"unit":"42","event":"sign-up","value":null}'
    ]);
  });

  it("logs an exposure once per unit and variant, and events every time", () => {
    const {logger} = collect();
    expect(logger.exposure("exp", "u", green)).toBe("accepted");
    expect(logger.exposure("exp", "u", green)).toBe("repeated");
    expect(logger.exposure("exp", "u", {...green, variant: "control"})).toBe("accepted");
    expect(logger.exposure("other", "u", green)).toBe("accepted");
    expect([logger.event("u", "click"), logger.event("u", "click")]).toEqual(["accepted", "accepted"]);
    expect(logger.statistics().accepted).toBe(5);
  });

  it("logs only random draws as exposures", () => {
    const {logger} = collect();
    for (const reason of ["forced", "fail-safe", "stopped", "holdout", "not-ramped", "invalid-unit"] as const)
      expect(logger.exposure("exp", "u", {...green, reason})).toBe("not-exposed");
    expect(logger.statistics().accepted).toBe(0);
  });

  it("forgets the oldest units beyond maximumUnits", () => {
    const {logger} = collect({maximumUnits: 2});
    for (const unit of ["a", "b", "c"]) logger.exposure("exp", unit, green);
    expect(logger.exposure("exp", "c", green)).toBe("repeated");
    expect(logger.exposure("exp", "a", green)).toBe("accepted");
  });

  it("hands over a full batch at once, and an open one after flushInterval", () => {
    vi.useFakeTimers();
    const {lines, logger} = collect({batchSize: 3, flushInterval: 1000});
    for (let i = 0; i < 4; ++i) logger.event("u", "click");
    expect(lines).toHaveLength(3);
    vi.advanceTimersByTime(999);
    expect(lines).toHaveLength(3);
    vi.advanceTimersByTime(1);
    expect(lines).toHaveLength(4);
    expect(logger.statistics()).toEqual({accepted: 4, written: 4, refused: 0, pending: 0, dropped: 0, retries: 0});
  });

  it("tries a failing sink again with waits that double, keeps order and batch ids, and complains once", () => {
    vi.useFakeTimers();
    const tries: {at: number; id: string}[] = [];
    const start = Date.now();
    const {lines, errors, logger} = collect({batchSize: 2, retryDelay: 100, maximumRetryDelay: 400}, ({id}) => {
      tries.push({at: Date.now() - start, id});
      return tries.length <= 5 ? new Error("down") : null;
    });
    for (let i = 0; i < 4; ++i) logger.event(`u${i}`, "click");
    vi.advanceTimersByTime(10_000);
    expect(tries.map(({at}) => at)).toEqual([0, 100, 300, 700, 1100, 1500, 1500]);
    expect(new Set(tries.slice(0, 6).map(({id}) => id)).size).toBe(1);
    expect(lines.map((line) => String(JSON.parse(line).unit))).toEqual(["u0", "u1", "u2", "u3"]);
    expect(errors).toEqual(["down"]);
    expect(logger.statistics()).toMatchObject({written: 4, retries: 5});
  });

  it("turns new records away when the buffer is full, says so once, and lets the exposure come again", async () => {
    let down = true;
    const {lines, errors, logger} = collect({batchSize: 2, maximumPending: 4, retryDelay: 1}, () =>
      down ? new Error("down") : null
    );
    for (let i = 0; i < 4; ++i) expect(logger.event(`u${i}`, "click")).toBe("accepted");
    expect(logger.exposure("exp", "u", green)).toBe("full");
    expect(logger.event("u", "click")).toBe("full");
    expect(errors).toEqual(["down", "the log is full; pending: 4"]);
    down = false;
    await logger.ready();
    expect(logger.exposure("exp", "u", green)).toBe("accepted");
    expect(await logger.close()).toEqual({accepted: 5, written: 5, refused: 0, pending: 0, dropped: 2, retries: 1});
    expect(lines).toHaveLength(5);
  });

  it("gives up a batch that the sink refuses for good, and goes on", async () => {
    const {lines, errors, logger} = collect({batchSize: 1}, ({lines: [line]}) =>
      line?.includes("bad") ? new PermanentError("refused: 400") : null
    );
    logger.event("bad", "click");
    logger.event("good", "click");
    expect(await logger.close()).toMatchObject({accepted: 2, written: 1, refused: 1, pending: 0});
    expect(lines).toHaveLength(1);
    expect(errors).toEqual(["refused: 400"]);
  });

  it("waits for an asynchronous sink, one batch at a time", async () => {
    let open = 0;
    const sizes: number[] = [];
    const logger = createLogger({
      batchSize: 10,
      async sink({lines}) {
        expect(++open).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 1));
        sizes.push(lines.length);
        --open;
      }
    });
    for (let i = 0; i < 35; ++i) logger.event("u", "click");
    expect(await logger.flush()).toBe(true);
    expect(sizes).toEqual([10, 10, 10, 5]);
    await logger.close();
  });

  it("flush gives up after its time when the sink stays dead, and close says what is lost", async () => {
    const {errors, logger} = collect({exitTimeout: 20}, () => new Error("down"));
    logger.event("u", "click");
    expect(await logger.flush({timeout: 10})).toBe(false);
    expect(await logger.close()).toMatchObject({accepted: 1, written: 0, pending: 1});
    expect(errors).toEqual(["down", "the log is lost; pending: 1"]);
    expect(logger.event("u", "click")).toBe("closed");
  });

  it("answers invalid, and logs nothing, for what is no unit, event, value or attribute", async () => {
    const {lines, errors, logger} = collect();
    const anything: (value: unknown) => never = (value) => value as never;
    expect(logger.exposure("exp", "", green)).toBe("invalid");
    expect(logger.event(" ", "click")).toBe("invalid");
    expect(logger.event(0.5, "click")).toBe("invalid");
    expect(logger.event("u", "")).toBe("invalid");
    expect(logger.event("u", anything(undefined))).toBe("invalid");
    expect(logger.event("u", "click", NaN)).toBe("invalid");
    expect(logger.event("u", "click", Infinity)).toBe("invalid");
    expect(logger.event("u", "click", anything("5"))).toBe("invalid");
    expect(logger.event("u", "click", 1, {variant: "x"})).toBe("invalid");
    expect(logger.event("u", "click", 1, {a: NaN})).toBe("invalid");
    expect(logger.event("u", "click", 1, {a: anything({b: 1})})).toBe("invalid");
    expect(logger.event("u", "click", 1, {a: undefined})).toBe("accepted");
    expect(errors).toHaveLength(11);
    expect(errors[0]).toBe("invalid unit; not an id: ");
    expect(errors[8]).toBe("invalid attribute; a field of the log: variant");
    await logger.close();
    expect(lines).toHaveLength(1);
  });

  it.each([
    [{batchSize: 0}, "invalid batchSize; not in [1, 10000]: 0"],
    [{batchSize: 200, maximumPending: 100}, "invalid batchSize; not in [1, 100]: 200"],
    [{flushInterval: NaN}, "invalid flushInterval; not in [1, 2147483647]: NaN"],
    [{maximumUnits: Infinity}, "invalid maximumUnits; not in [1, 2147483647]: Infinity"]
  ])("refuses %j", (options, message) => {
    expect(() => createLogger({sink: () => {}, ...options})).toThrow(new RangeError(message));
  });

  it("leaves no listeners behind once all loggers are closed", async () => {
    const count = () =>
      process.listenerCount("exit") + process.listenerCount("SIGTERM") + process.listenerCount("beforeExit");
    const before = count();
    const loggers = Array.from({length: 20}, () => createLogger({sink: () => {}}));
    expect(count()).toBe(before + 3);
    for (const logger of loggers) await logger.close();
    expect(count()).toBe(before);
  });

  describe("with fileSink(path)", () => {
    it("appends, makes folders, and opens nothing before the first write", async () => {
      const path = join(folder, "deep/er/log.jsonl");
      for (let run = 0; run < 2; ++run) {
        const logger = createLogger({sink: fileSink(path, {fsync: true})});
        expect(existsSync(path)).toBe(run > 0);
        logger.event(`u${run}`, "click");
        await logger.close();
      }
      expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(2);
    });

    it.each([
      ['{"a":1}\n{"b":', '{"a":1}\n'],
      ['{"torn":', ""],
      ['{"a":1}\n', '{"a":1}\n'],
      [`{"a":1}\n${"x".repeat(200_000)}`, '{"a":1}\n']
    ])("cuts a line that a crash tore off, and nothing else (case %#)", async (before, kept) => {
      const path = join(folder, "log.jsonl");
      writeFileSync(path, before);
      const logger = createLogger({sink: fileSink(path), now});
      logger.event("u", "click");
      await logger.close();
      expect(readFileSync(path, "utf8")).toBe(
        kept + formatRecord({ts: "2026-01-05T12:00:00.000Z", type: "event", unit: "u", event: "click"}) + "\n"
      );
    });

    it.skipIf(!existsSync("/dev/full"))("keeps records while the disk is full and says so", async () => {
      const errors: string[] = [];
      const logger = createLogger({
        sink: fileSink("/dev/full"),
        exitTimeout: 20,
        onError: (error) => errors.push(error.message)
      });
      logger.event("u", "click");
      expect(await logger.close()).toMatchObject({accepted: 1, written: 0, pending: 1});
      expect(errors[0]).toMatch(/ENOSPC/);
      expect(errors.at(-1)).toBe("the log is lost; pending: 1");
    });

    it("writes what DuckDB reads as two facts, whatever the ids look like", async () => {
      const path = join(folder, "log.jsonl");
      const logger = createLogger({sink: fileSink(path), now});
      const units = ["42", "007", "用户", 'a"b\\c\n', "👩‍🚀", "2026-01-05", "a\ud800"];
      for (const unit of units) {
        logger.exposure("exp", unit, green, {country: "US"});
        logger.event(unit, "purchase", 19.9);
      }
      await logger.close();
      const facts = logFacts(path, {dimensions: ["country"]});
      const {unit, variant, timestamp, experiment, dimensions} = facts.exposures;
      const connection = await (await DuckDBInstance.create()).connect();
      const exposures = await connection.runAndReadAll(
        `SELECT ${[unit, variant, experiment, ...dimensions].join()}, CAST(${timestamp} AS TIMESTAMP)::VARCHAR AS at FROM read_json('${path}') WHERE ${experiment} = 'exp'`
      );
      expect(exposures.getRowObjects()).toEqual(
        units.map((id) => ({
          unit: id.replace("\ud800", "\ufffd"),
          variant: "green",
          experiment: "exp",
          country: "US",
          at: "2026-01-05 12:00:00"
        }))
      );
      const events = await connection.runAndReadAll(
        `SELECT count(DISTINCT ${facts.events.unit})::INT AS units, sum(${facts.events.values[0]}) AS total FROM read_json('${path}') WHERE ${facts.events.event} = 'purchase'`
      );
      expect(events.getRowObjects()).toEqual([{units: 7, total: expect.closeTo(7 * 19.9)}]);
      connection.closeSync();
    });
  });
});

describe("formatRecord(record, attributes)", () => {
  it("writes U+FFFD for lone surrogates, in names too, and keeps pairs, backslashes and control characters", () => {
    const unit = "\ud800 👩‍🚀 \\ud800 \\\\ud800 \n\u0001 \udfff";
    const read: unknown = JSON.parse(formatRecord({ts: "t", type: "event", unit, event: "e"}, {"\udc00": "\ud800"}));
    expect(read).toMatchObject({unit: "\ufffd 👩‍🚀 \\ud800 \\\\ud800 \n\u0001 \ufffd", "\ufffd": "\ufffd"});
  });
  it("writes the seven fields in order, whatever the attributes are called", () => {
    const line = formatRecord(
      {ts: "t", type: "event", unit: "u", event: "e"},
      {1: "one", ["__proto__"]: "p", zz: true}
    );
    expect(line).toBe(
      '{"ts":"t","type":"event","experiment":null,"variant":null,"unit":"u","event":"e","value":null,"1":"one","__proto__":"p","zz":true}'
    );
    expect(Object.keys(JSON.parse(formatRecord({ts: "t", type: "event", unit: "u", event: "e"})))).toEqual([
      ...logFields
    ]);
  });
});
