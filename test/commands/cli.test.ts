import {spawn} from "node:child_process";
import {mkdtemp, mkdir, readFile, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {afterAll, beforeAll, describe, expect, it} from "vitest";

const bin = fileURLToPath(new URL("../../lib/commands/readout.mjs", import.meta.url));

function readout(args: string[], {cwd, environment = {}}: {cwd: string; environment?: Record<string, string>}) {
  return new Promise<{code: number | null; out: string; err: string}>((resolve, reject) => {
    const {READOUT_DATA: _, ...inherited} = process.env;
    const child = spawn(process.execPath, [bin, ...args], {cwd, env: {...inherited, ...environment}});
    let out = "";
    let err = "";
    child.stdout.on("data", (bytes: Buffer) => (out += bytes.toString()));
    child.stderr.on("data", (bytes: Buffer) => (err += bytes.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({code, out, err}));
  });
}

const experiment = `title: Green
start: 2026-01-05
exposures: exposures
variants: {control: {role: control, weight: 0.5}, green: {weight: 0.5}}
metrics: {primary: [purchase]}
`;

describe("readout", () => {
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "readout cli-"));
    // Settings of the folder that the command is called from must not matter.
    await writeFile(join(folder, "tsconfig.json"), "{ broken");
    await mkdir(join(folder, "data", "experiments"), {recursive: true});
    await writeFile(join(folder, "data", "experiments", "green.yaml"), experiment);
    await writeFile(join(folder, "data", "metrics.yaml"), "purchase: {kind: proportion, fact: events}\n");
    await writeFile(
      join(folder, "data", "sources.yaml"),
      `connections: {db: {engine: postgres, url: "\${READOUT_TEST_URL}"}}
facts:
  exposures: {shape: exposures, connection: db, table: e, unit: u, variant: v, timestamp: t}
  events: {shape: events, path: events.csv, unit: u, timestamp: t}
`
    );
    await mkdir(join(folder, "bad", "experiments"), {recursive: true});
    await writeFile(join(folder, "bad", "experiments", "green.yaml"), experiment.replace("[purchase]", "[purchse]"));
    await writeFile(join(folder, "bad", "metrics.yaml"), "purchase: {kind: proporton, fact: events}\n");
    await writeFile(join(folder, "bad", "sources.yaml"), Buffer.from("facts: {a\xe9: 1}\n", "latin1"));
  });

  afterAll(() => rm(folder, {recursive: true, force: true}));

  const environment = {READOUT_TEST_URL: "postgres://u:s3cretword@h/d"};

  it("validates from any folder, whatever stands in it, and ends with 0", async () => {
    const {code, out, err} = await readout(["validate"], {cwd: folder, environment});
    expect({code, out, err}).toEqual({code: 0, out: "data: 1 experiment, 1 metric, 2 facts; no errors\n", err: ""});
  });

  it("takes the folder from READOUT_DATA where --data is not given", async () => {
    const {code} = await readout(["validate"], {
      cwd: tmpdir(),
      environment: {...environment, READOUT_DATA: join(folder, "data")}
    });
    expect(code).toBe(0);
  });

  it("prints all errors of all files and ends with 2", async () => {
    const {code, out, err} = await readout(["validate", "--data", "bad"], {cwd: folder});
    expect({code, out}).toEqual({code: 2, out: ""});
    expect(err.replaceAll("\\", "/").trim().split("\n")).toEqual([
      "bad/experiments/green.yaml:5:21: unknown metric: purchse; did you mean purchase? (metrics.yaml defines purchase)",
      expect.stringMatching(/^bad\/metrics\.yaml:1:18: unknown kind: proporton; did you mean proportion\?/),
      "bad/sources.yaml:1:1: invalid encoding; expected UTF-8, found byte 0xe9 on line 1; save the file as UTF-8",
      "3 errors in 3 files"
    ]);
  });

  it("prints errors as annotations of a workflow", async () => {
    const {code, out} = await readout(["validate", "--data", "bad", "--format", "github"], {cwd: folder});
    expect(code).toBe(2);
    expect(out.split("\n")[0]).toMatch(/^::error file=bad.*green\.yaml,line=5,col=21::unknown metric: purchse/);
  });

  it("prints errors as JSON", async () => {
    const {code, out} = await readout(["validate", "--data", "bad", "--format", "json"], {cwd: folder});
    expect(code).toBe(2);
    expect(JSON.parse(out).errors[0]).toMatchObject({line: 5, column: 21, path: ["metrics", "primary", 0]});
  });

  it("says which folder is missing, and how to name another", async () => {
    const {code, err} = await readout(["validate", "--data", "nowhere"], {cwd: folder});
    expect(code).toBe(2);
    expect(err).toMatch(/^missing folder: nowhere; .*--data DIR or READOUT_DATA/);
    expect(err).not.toContain("    at ");
  });

  it("ends with 2 for a command or choice that it does not know", async () => {
    const [command, choice] = await Promise.all(
      [["valdate"], ["schema", "--name", "x"]].map((args) => readout(args, {cwd: folder}))
    );
    expect([command?.code, choice?.code]).toEqual([2, 2]);
    expect(command?.err).toContain("Did you mean validate?");
  });

  it("prints help and ends with 0", async () => {
    const {code, out} = await readout(["schema", "--help"], {cwd: folder});
    expect(code).toBe(0);
    expect(out).toContain("# yaml-language-server: $schema=");
  });

  it("writes the schemas", async () => {
    const {code, out} = await readout(["schema", "--out", "schemas"], {cwd: folder});
    expect(code).toBe(0);
    expect(out.trim().split("\n")).toHaveLength(5);
    expect(JSON.parse(await readFile(join(folder, "schemas", "metrics.json"), "utf8"))).toMatchObject({type: "object"});
  });
});
