import {spawnSync} from "node:child_process";
import {readFile} from "node:fs/promises";
import type {IncomingMessage} from "node:http";
import {createServer} from "node:http";
import {join} from "node:path";
import {parquetReadObjects} from "hyparquet";
import {compressors} from "hyparquet-compressors";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {z} from "zod";
import {projectFolder} from "../../lib/commands/framework.ts";
import {sendToMlflow} from "../../lib/commands/mlflow.ts";
import {exportCsv, exportRows} from "../../lib/experiment/exportRows.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {smallDefinitions, smallLog} from "./nightly.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace;
let readout: Readout;

beforeAll(async () => {
  place = await workplace(smallDefinitions());
  await smallLog({units: 200}).write(place.dataDir);
  await place.build();
  readout = await place.readout("one");
});
afterAll(() => place?.remove());

const run = (...args: string[]) =>
  spawnSync(
    process.execPath,
    [join(projectFolder, "lib/commands/readout.mjs"), "export", "--readouts", place.outDir, ...args],
    {encoding: "utf8"}
  );

describe("readout export", () => {
  it("prints CSV with a row for each comparison", () => {
    const {stdout, status} = run();
    expect(status).toBe(0);
    const lines = stdout.trim().split("\r\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^experiment,title,status,as_of,run_id,verdict,.*,p_value,adjusted_p_value,test$/);
    expect(lines[1]).toContain(String(readout.metrics[0]?.comparisons[0]?.difference));
  });

  it("writes Parquet with the same numbers", async () => {
    const file = join(place.folder, "export", "all.parquet");
    expect(run("--format", "parquet", "--out", file).status).toBe(0);
    const bytes = await readFile(file);
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
      compressors
    });
    expect(rows).toEqual(JSON.parse(JSON.stringify(exportRows([readout]))));
  });

  it("ends with 2 and a reason for an unknown experiment, a missing file or a missing address", () => {
    expect(run("--only", "nope")).toMatchObject({status: 2, stderr: expect.stringMatching(/unknown experiment: nope/)});
    expect(run("--format", "parquet").stderr).toMatch(/give --out/);
    expect(run("--format", "mlflow").stderr).toMatch(/--url/);
  });
});

describe("exportCsv(rows)", () => {
  it("quotes, leaves unknown numbers empty, and disarms formulas", () => {
    const [row] = exportRows([readout]);
    const csv = exportCsv([{...row!, title: '=HYPERLINK("x"),1', lower: null, difference: -0.5}]);
    expect(csv).toContain(`"'=HYPERLINK(""x""),1"`);
    expect(csv).toMatch(/,-0\.5,,/);
  });
});

/** The requests as https://mlflow.org/docs/latest/rest-api.html has them: fields, types, and limits in bytes and numbers. */
const bytes = (most: number) => z.string().refine((text) => Buffer.byteLength(text) <= most, `more than ${most} bytes`);
const pair = (most: number) => z.strictObject({key: bytes(250), value: bytes(most)});
const batchSchema = z.strictObject({
  run_id: z.string(),
  metrics: z
    .array(
      z.strictObject({
        key: bytes(250).regex(/^[\w\-. /]+$/),
        value: z.number(),
        timestamp: z.int(),
        step: z.int()
      })
    )
    .max(1000),
  params: z.array(pair(6000)).max(100)
});
const documented: Record<string, z.ZodType> = {
  "experiments/get-by-name": z.strictObject({}),
  "experiments/create": z.strictObject({name: z.string().min(1)}),
  "runs/search": z.strictObject({
    experiment_ids: z.array(z.string()),
    filter: z.string(),
    max_results: z.int().max(50_000)
  }),
  "runs/create": z.strictObject({
    experiment_id: z.string(),
    run_name: z.string(),
    start_time: z.int(),
    tags: z.array(pair(5000)).max(100)
  }),
  "runs/log-batch": batchSchema.refine(({metrics, params}) => metrics.length + params.length <= 1000),
  "runs/update": z.strictObject({run_id: z.string(), status: z.enum(["FINISHED"]), end_time: z.int()})
};

describe("sendToMlflow(readouts, options)", () => {
  it("makes the experiment and a finished run by the documented requests, once", async () => {
    const asked: {method: string; path: string; body: Record<string, never>; authorization: string | undefined}[] = [];
    let made = false;
    let finished = false;
    const answer = (path: string): [number, unknown] => {
      if (path.startsWith("experiments/get-by-name"))
        return made
          ? [200, {experiment: {experiment_id: "7", name: "readout/one"}}]
          : [404, {error_code: "RESOURCE_DOES_NOT_EXIST", message: "no"}];
      if (path === "experiments/create") return ((made = true), [200, {experiment_id: "7"}]);
      if (path === "runs/search") return [200, finished ? {runs: [{info: {run_id: "r1"}}]} : {}];
      if (path === "runs/create") return [200, {run: {info: {run_id: "r1"}, data: {}}}];
      if (path === "runs/update") finished = true;
      return [200, {}];
    };
    const server = createServer(async (request, response) => {
      const text = await bodyOf(request);
      const path = (request.url ?? "").replace("/prefix/api/2.0/mlflow/", "");
      asked.push({
        method: request.method ?? "",
        path,
        body: text === "" ? {} : JSON.parse(text),
        authorization: request.headers.authorization
      });
      const [status, value] = answer(path);
      response.writeHead(status, {"content-type": "application/json"}).end(JSON.stringify(value));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/prefix/`;
    try {
      const environment = {MLFLOW_TRACKING_USERNAME: "me", MLFLOW_TRACKING_PASSWORD: "secret-word"};
      expect(await sendToMlflow([readout], {url, environment})).toEqual({sent: 1, known: 0});
      expect(asked.map(({method, path}) => `${method} ${path}`)).toEqual([
        "GET experiments/get-by-name?experiment_name=readout%2Fone",
        "POST experiments/create",
        "POST runs/search",
        "POST runs/create",
        "POST runs/log-batch",
        "POST runs/update"
      ]);
      expect(asked.every(({authorization}) => authorization === "Basic bWU6c2VjcmV0LXdvcmQ=")).toBe(true);
      const [, experiment, , create, batch, update] = asked.map(({body}) => body as Record<string, unknown>);
      expect(experiment).toEqual({name: "readout/one"});
      const time = Date.parse("2026-01-19T00:00:00Z");
      expect(create).toMatchObject({experiment_id: "7", run_name: "one 2026-01-18", start_time: time});
      expect(create?.tags).toEqual(
        expect.arrayContaining([
          {key: "decision", value: readout.decision.verdict},
          {key: "experiment_id", value: "one"},
          {key: "guardrail_violations", value: "none"}
        ])
      );
      expect(batch).toMatchObject({run_id: "r1"});
      expect(batch?.params).toEqual(expect.arrayContaining([{key: "alpha", value: "0.05"}]));
      expect(batch?.metrics).toEqual(
        expect.arrayContaining([
          {key: "users.a", value: 100, timestamp: time, step: 0},
          {
            key: "bought.b.lift",
            value: readout.metrics[0]?.comparisons[0]?.relativeDifference,
            timestamp: time,
            step: 0
          }
        ])
      );
      expect(update).toEqual({run_id: "r1", status: "FINISHED", end_time: time});
      expect(await sendToMlflow([readout], {url, environment})).toEqual({sent: 0, known: 1});
    } finally {
      server.close();
    }
  });

  it("keeps to the documented limits with more numbers than one request may have", async () => {
    const [metric] = readout.metrics;
    const many = {
      ...readout,
      title: "ü".repeat(9000),
      metrics: Array.from({length: 400}, (_, i) => ({...metric!, key: `metric_${i}é`, name: `Metric ${i}`}))
    };
    const batches: number[] = [];
    const faults: unknown[] = [];
    const server = createServer(async (request, response) => {
      const path = (request.url ?? "").replace("/api/2.0/mlflow/", "").replace(/\?.*/, "");
      const parsed = documented[path]?.safeParse(JSON.parse((await bodyOf(request)) || "{}"));
      if (parsed?.success !== true) faults.push([path, parsed?.error]);
      if (path === "runs/log-batch") batches.push(batchSchema.parse(parsed?.data).metrics.length);
      const found = {experiment_id: "7", experiment: {experiment_id: "7"}, run: {info: {run_id: "r1"}}};
      response.writeHead(200, {"content-type": "application/json"}).end(JSON.stringify(found));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
    try {
      expect(await sendToMlflow([many], {url, environment: {}})).toEqual({sent: 1, known: 0});
    } finally {
      server.close();
    }
    expect(faults).toEqual([]);
    expect(batches).toEqual([900, 900, 602]);
  });

  it("says that a server cannot be reached, or what it refused, without the password", async () => {
    await expect(sendToMlflow([readout], {url: "http://127.0.0.1:1", environment: {}})).rejects.toThrow(
      /cannot reach MLflow/
    );
    const server = createServer((_, response) => response.writeHead(403).end("no entry for tok-123456"));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
    const refused = sendToMlflow([readout], {url, environment: {MLFLOW_TRACKING_TOKEN: "tok-123456"}});
    await expect(refused).rejects.toThrow(/refused by MLflow: experiments\/get-by-name: 403 no entry for \$\{MLFLOW/);
    server.close();
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
