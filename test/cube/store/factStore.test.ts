import {createHash} from "node:crypto";
import {appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, it} from "vitest";
import {buildCube} from "../../../lib/cube/buildCube.ts";
import type {DuckdbEngine} from "../../../lib/cube/engines/duckdb.ts";
import {openDuckdb} from "../../../lib/cube/engines/duckdb.ts";
import type {FactStoreOptions} from "../../../lib/cube/store/factStore.ts";
import {openFactStore} from "../../../lib/cube/store/factStore.ts";
import type {Checkpoint} from "../../../lib/cube/store/checkpoint.ts";
import {define} from "../define.ts";
import {awkwardLog, withFiles} from "../logs.ts";

const metrics = {
  bought: {kind: "proportion", fact: "events", event: "buy", covariate: "2d"},
  revenue: {kind: "mean", fact: "events", event: "buy", value: "amount", window: "3d"},
  large: {kind: "mean", fact: "events", event: "buy", where: "amount > 10"},
  middle: {kind: "quantile", quantile: 0.5, fact: "events", event: "buy", value: "amount"}
};

function defined({keys = Object.keys(metrics), path = "events.csv" as string | string[], more = {}} = {}) {
  return define({
    experiment: {
      start: "2026-03-25",
      timezone: "Europe/Berlin",
      variants: {
        control: {role: "control", weight: 0.4},
        green: {weight: 0.3},
        blue: {weight: 0.3, values: ['it\'s "blue"']}
      },
      dimensions: {platform: {column: 'plat"form'}, short: {expression: "length(variant) < 6"}},
      metrics: {primary: keys.slice(0, 1), secondary: keys.slice(1)}
    },
    metrics: Object.fromEntries(Object.entries(metrics).filter(([key]) => keys.includes(key))),
    facts: {
      exposures: {shape: "exposures", path: "exposures.csv", unit: "user id", variant: "variant", timestamp: "ts"},
      events: {shape: "events", path, unit: "user", timestamp: "ts", event: "event", values: ["amount"], ...more}
    }
  });
}

type Defined = ReturnType<typeof defined>;

const sha = (path: string): string =>
  existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex") : "missing";

/** A store in a folder, and what it staged: the statements that read a source. */
function opened(engine: DuckdbEngine, dataDir: string, {definitions}: Defined, more: Partial<FactStoreOptions> = {}) {
  const staged: string[] = [];
  const watched: DuckdbEngine = {
    ...engine,
    async table(name, select) {
      if (name === "store_rows") staged.push(select);
      await engine.table(name, select);
    }
  };
  const store = openFactStore({
    folder: join(dataDir, "store"),
    engine: watched,
    definitions,
    dataDir,
    code: "1",
    hashOf: async (path) => sha(path),
    identityOf: async () => null,
    write: async (path, bytes) => writeFileSync(path, bytes),
    ...more
  });
  return {store, staged};
}

/** The cube as built from the store and directly. */
async function both(engine: DuckdbEngine, dataDir: string, own: Defined) {
  const {store, staged} = opened(engine, dataDir, own);
  const {experiment, definitions} = own;
  const kept = await buildCube(experiment, definitions, {dataDir, engine, store});
  const direct = await buildCube(experiment, definitions, {dataDir, engine});
  expect(await store.fact("events")).not.toBe(null);
  expect(await store.fact("exposures")).not.toBe(null);
  return {kept: JSON.stringify(kept), direct: JSON.stringify(direct), staged};
}

const checkpoint = (dataDir: string, fact = "events"): Checkpoint =>
  JSON.parse(readFileSync(join(dataDir, "store", fact, "checkpoint.json"), "utf8"));

const bytes = (dataDir: string): string[] =>
  ["events", "exposures"].flatMap((fact) =>
    readdirSync(join(dataDir, "store", fact))
      .filter((name) => name.endsWith(".parquet"))
      .map((name) => `${name} ${sha(join(dataDir, "store", fact, name))}`)
  );

async function withEngine<T>(task: (engine: DuckdbEngine) => Promise<T>, threads = 2): Promise<T> {
  const engine = await openDuckdb({threads});
  try {
    return await task(engine);
  } finally {
    await engine.close();
  }
}

describe("openFactStore(options)", () => {
  it.each([
    [1, false],
    [2, false],
    [3, true]
  ])("gives the cube that the source gives, bytes, counts and SQL, seed %i, dates only: %s", async (seed, calendar) => {
    const log = awkwardLog(seed, {units: 120, calendar});
    await withFiles({"exposures.csv": log.exposures, "events.csv": log.events}, (dataDir) =>
      withEngine(async (engine) => {
        const {kept, direct} = await both(engine, dataDir, defined());
        expect(kept).toBe(direct);
      })
    );
  });

  it("drops equal rows of two files, and tells them by the columns of the experiment's own metrics", async () => {
    const head = "user,ts,event,amount,kind\n";
    const files = {
      "exposures.csv":
        'user id,variant,ts,plat"form\n' +
        Array.from(
          {length: 30},
          (_, i) => `u${i},${i % 2 ? "green" : "control"},2026-03-25T0${i % 10}:00:00Z,web\n`
        ).join(""),
      "a.csv": `${head}u1,2026-03-26T00:00:00Z,buy,5,x\nu1,2026-03-26T00:00:00Z,buy,5,y\nu2,2026-03-26T00:00:00Z,buy,5,x\n`,
      "b.csv": `${head}u2,2026-03-26T00:00:00Z,buy,5,x\nu3,2026-03-27T00:00:00.5Z,buy,5,x\n`
    };
    await withFiles(files, (dataDir) =>
      withEngine(async (engine) => {
        const first = defined({keys: ["bought", "revenue"], path: ["a.csv", "b.csv"]});
        const other = defined({path: ["a.csv", "b.csv"]});
        other.definitions.metrics.large = {...other.definitions.metrics.large!, where: "kind = 'x'"};
        const definitions = {...other.definitions, experiments: [first.experiment, {...other.experiment, id: "two"}]};
        for (const [own, repeated] of [
          [first, 2],
          [other, 1]
        ] as const) {
          const {store} = opened(engine, dataDir, {...own, definitions});
          const kept = await buildCube(own.experiment, definitions, {dataDir, engine, store});
          const direct = await buildCube(own.experiment, definitions, {dataDir, engine});
          expect(kept.excluded.filter(({reason}) => reason === "duplicated-row")).toMatchObject([{rows: repeated}]);
          expect(JSON.stringify(kept)).toBe(JSON.stringify(direct));
        }
      })
    );
  });

  it("reads nothing when nothing changed, the new file of a glob only, and what was added to a file only", async () => {
    const log = awkwardLog(4, {units: 60});
    const rows = log.events.trimEnd().split("\n");
    const half = Math.floor(rows.length / 2);
    const part = (from: number, to: number) => [rows[0], ...rows.slice(from, to), ""].join("\n");
    await withFiles({"exposures.csv": log.exposures}, (dataDir) =>
      withEngine(async (engine) => {
        mkdirSync(join(dataDir, "log"));
        writeFileSync(join(dataDir, "log", "1.csv"), part(1, half));
        const own = defined({path: "log/*.csv"});
        await both(engine, dataDir, own);
        const before = checkpoint(dataDir);
        expect((await both(engine, dataDir, own)).staged).toEqual([]);

        writeFileSync(join(dataDir, "log", "2.csv"), part(half, half + 1));
        const added = await both(engine, dataDir, own);
        expect(added.kept).toBe(added.direct);
        expect(added.staged).toHaveLength(1);
        expect(added.staged[0]).not.toMatch(/1\.csv/);
        const after = checkpoint(dataDir);
        const same = Object.keys(before.partitions).filter(
          (day) => before.partitions[day]?.file === after.partitions[day]?.file
        );
        expect(same.length).toBe(Object.keys(before.partitions).length - 1);

        appendFileSync(join(dataDir, "log", "2.csv"), part(half + 1, rows.length).slice((rows[0]?.length ?? 0) + 1));
        const grown = await both(engine, dataDir, own);
        expect(grown.kept).toBe(grown.direct);
        expect(grown.staged).toHaveLength(1);
        expect(grown.staged[0]).toMatch(/tail-0\.csv/);

        // The same files read at once, in one thread, give the same stored bytes.
        const kept = bytes(dataDir);
        rmSync(join(dataDir, "store"), {recursive: true});
        await withEngine((single) => both(single, dataDir, own), 1);
        expect(bytes(dataDir)).toEqual(kept);
      })
    );
  });

  it("follows a file that is written anew or taken away, and one whose quotes are open where it was cut", async () => {
    const log = awkwardLog(5, {units: 60});
    await withFiles({"exposures.csv": log.exposures, "a.csv": log.events, "b.csv": awkwardLog(6).events}, (dataDir) =>
      withEngine(async (engine) => {
        const own = defined({path: ["a.csv", "b.csv"]});
        await both(engine, dataDir, own);
        writeFileSync(join(dataDir, "a.csv"), log.events.replaceAll(",buy,", ",view,"));
        const anew = await both(engine, dataDir, own);
        expect(anew.kept).toBe(anew.direct);
        const one = await both(engine, dataDir, defined({path: ["b.csv"]}));
        expect(one.kept).toBe(one.direct);

        writeFileSync(join(dataDir, "b.csv"), 'user,ts,event,amount\nu-1,2026-03-27 10:00:00,"bu\n');
        await both(engine, dataDir, defined({path: ["b.csv"], keys: ["bought"]})).catch(() => {});
        appendFileSync(join(dataDir, "b.csv"), 'y",5\nu-1,2026-03-27 10:00:00,buy,5\n');
        const closed = await both(engine, dataDir, defined({path: ["b.csv"], keys: ["bought"]}));
        expect(closed.kept).toBe(closed.direct);
      })
    );
  });

  it("reads the log again for a new condition or column, not for a metric of columns that it has", async () => {
    const log = awkwardLog(7);
    await withFiles({"exposures.csv": log.exposures, "events.csv": log.events}, (dataDir) =>
      withEngine(async (engine) => {
        expect((await both(engine, dataDir, defined({keys: ["bought"]}))).staged).toHaveLength(2);
        const more = await both(engine, dataDir, defined({keys: ["bought", "revenue", "middle"]}));
        expect(more.staged).toEqual([]);
        expect(more.kept).toBe(more.direct);
        const condition = await both(engine, dataDir, defined());
        expect(condition.staged).toHaveLength(1);
        expect(condition.kept).toBe(condition.direct);
        // What is stored beyond need does no harm.
        const fewer = await both(engine, dataDir, defined({keys: ["revenue"]}));
        expect(fewer.staged).toEqual([]);
        expect(fewer.kept).toBe(fewer.direct);
        expect((await both(engine, dataDir, defined({more: {timezone: "Asia/Tokyo"}}))).staged).toHaveLength(1);
      })
    );
  });

  it("is read once for all experiments, and again after damage", async () => {
    const log = awkwardLog(8);
    await withFiles({"exposures.csv": log.exposures, "events.csv": log.events}, (dataDir) =>
      withEngine(async (engine) => {
        const own = defined();
        const {store, staged} = opened(engine, dataDir, own);
        for (let i = 0; i < 3; ++i) await buildCube(own.experiment, own.definitions, {dataDir, engine, store});
        expect(staged).toHaveLength(2);
        const [file] = readdirSync(join(dataDir, "store", "events")).filter((name) => name.endsWith(".parquet"));
        rmSync(join(dataDir, "store", "events", file!));
        const mended = await both(engine, dataDir, own);
        expect(mended.staged).toHaveLength(1);
        expect(mended.kept).toBe(mended.direct);
      })
    );
  });

  it("says what to do when the disk is full, keeps what it had, and goes on when there is room", async () => {
    const log = awkwardLog(9);
    await withFiles({"exposures.csv": log.exposures, "events.csv": log.events}, (dataDir) =>
      withEngine(async (engine) => {
        const own = defined();
        await both(engine, dataDir, own);
        const before = bytes(dataDir);
        appendFileSync(join(dataDir, "events.csv"), "u-1,2026-03-30 10:00:00,buy,5\n");
        const full: DuckdbEngine = {
          ...engine,
          async run(sql) {
            if (sql.startsWith("COPY")) throw new Error("IO Error: Could not write file: No space left on device");
            await engine.run(sql);
          }
        };
        const {store} = opened(full, dataDir, own);
        await expect(buildCube(own.experiment, own.definitions, {dataDir, engine, store})).rejects.toThrow(
          /no space left on the disk for the rows of fact events; free some/
        );
        expect(bytes(dataDir)).toEqual(before);
        const after = await both(engine, dataDir, own);
        expect(after.kept).toBe(after.direct);
      })
    );
  });
});
