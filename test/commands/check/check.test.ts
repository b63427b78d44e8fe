import {mkdir, mkdtemp, readFile, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {Command} from "commander";
import {afterEach, beforeEach, describe, expect, it, vi} from "vitest";
import {register} from "../../../lib/commands/check.ts";
import {UserError} from "../../../lib/commands/errors.ts";
import {indexEntryOf} from "../../../lib/experiment/indexEntryOf.ts";
import type {IndexEntry, Readout} from "../../../lib/experiment/readout.ts";
import {experimentWith, metricOf, readoutWith, share, sumsWith, trafficOf} from "../../experiment/sums.ts";
import {startWebhook, status} from "./webhook.ts";

let folder = "";
let readouts = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "readout-check-"));
  readouts = join(folder, "readouts");
  vi.stubEnv("GITHUB_STEP_SUMMARY", "");
});
afterEach(async () => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(folder, {recursive: true, force: true});
});

function made(id: string, {split = 1000, errors = 90, title = id, state = "running"} = {}): Readout {
  const readout = readoutWith({
    experiment: experimentWith({
      title,
      status: state,
      metrics: {primary: ["purchase"], guardrails: [{metric: "errors", margin: "50%"}]}
    }),
    sums: sumsWith({
      traffic: trafficOf(...Array.from({length: 7}, () => ({control: 1000, treatment: split}))),
      metrics: {
        purchase: metricOf({control: share(7000, 700), treatment: share(7000, 705)}),
        errors: metricOf({control: share(7000, 90), treatment: share(7000, errors)})
      }
    })
  });
  return {...readout, id};
}

async function publish(all: readonly Readout[], more: readonly IndexEntry[] = []): Promise<void> {
  for (const readout of all) {
    await mkdir(join(readouts, readout.id), {recursive: true});
    await writeFile(join(readouts, readout.id, "readout.json"), JSON.stringify(readout));
  }
  await mkdir(readouts, {recursive: true});
  const experiments = [...all.map((readout) => indexEntryOf(readout, {schedule: 1})), ...more];
  await writeFile(join(readouts, "index.json"), JSON.stringify({schemaVersion: 1, asOf: "2026-01-11", experiments}));
}

async function check(...args: string[]) {
  let [out, err] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => Boolean((out += String(text))));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => Boolean((err += String(text))));
  process.exitCode = undefined;
  const command = new Command("check").exitOverride().configureOutput({writeErr: () => {}});
  register(command);
  const all = ["--readouts", readouts, "--now", "2026-01-12T06:00:00Z", ...args];
  await command.parseAsync(all, {from: "user"}).finally(() => vi.restoreAllMocks());
  const code = process.exitCode;
  process.exitCode = undefined;
  return {out, err, code};
}

describe("readout check", () => {
  it("ends with 0 where nothing is blocked or severe", async () => {
    await publish([made("sound")]);
    const {out, code} = await check();
    expect(code).toBe(0);
    expect(out).toMatch(/^experiment +verdict +gate +alerts +data to\nsound +\S.* +open +2026-01-11\n/);
    expect(out).toContain("nothing is blocked or severe");
  });

  it("ends with 1 where health is blocked, and where a guardrail is severe", async () => {
    await publish([made("sound"), made("broken", {split: 800})]);
    const {out, code} = await check();
    expect(code).toBe(1);
    expect(out).toMatch(/\nbroken +Blocked +closed +1 blocked, /);
    expect(out).toContain("blocked  broken: The split is broken");
    await publish([made("slow", {errors: 400})]);
    expect(await check()).toMatchObject({code: 1, out: expect.stringContaining("severe  slow: treatment: errors")});
  });

  it("does not close for warnings, such as data that are stale by the clock", async () => {
    await publish([made("sound")]);
    expect((await check("--now", "2026-01-12T23:59:00Z")).out).not.toContain("warning");
    const {out, code} = await check("--now", "2026-01-15");
    expect(code).toBe(0);
    expect(out).toContain("warning  sound: The data end on 11 Jan 2026, 3 days behind");
  });

  it("closes for an experiment without a readout that can be read", async () => {
    const lost = indexEntryOf(made("lost"), {schedule: 1});
    await publish([made("sound")], [lost, {...lost, id: "failed", error: "no such table: events"}]);
    await mkdir(join(readouts, "failed"));
    await writeFile(join(readouts, "failed", "readout.json"), '{"schemaVersion": 2}');
    const {out, code} = await check();
    expect(code).toBe(1);
    expect(out).toContain("blocked  lost: There is no readout");
    expect(out).toContain("blocked  failed: There is no readout: no such table: events.");
  });

  it("looks at some experiments only", async () => {
    await publish([made("sound"), made("broken", {split: 800, state: "stopped"})]);
    expect((await check("--only", "sound")).code).toBe(0);
    expect((await check("--running")).code).toBe(0);
    await expect(check("--only", "soud")).rejects.toThrow(/^unknown experiment: soud/);
  });

  it("could not run without an index, or with one that it cannot read", async () => {
    await expect(check()).rejects.toThrow(/^missing readouts: .*run readout build first$/);
    await mkdir(readouts);
    for (const text of ["{ half", '{"schemaVersion": 9, "asOf": null, "experiments": []}', "[]"]) {
      await writeFile(join(readouts, "index.json"), text);
      await expect(check()).rejects.toThrow(UserError);
    }
    await publish([]);
    expect(await check()).toMatchObject({code: 0, out: expect.stringContaining("0\u00a0experiments")});
  });

  it("refuses a time that is none", async () => {
    await publish([]);
    await expect(check("--now", "soon")).rejects.toThrow(/not a date/);
  });

  it("prints JSON", async () => {
    await publish([made("sound"), made("broken", {split: 800})]);
    const {out, code} = await check("--format", "json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      now: "2026-01-12T06:00:00.000Z",
      closed: true,
      experiments: [
        {id: "sound", closed: false, alerts: []},
        {id: "broken", closed: true, verdict: "blocked", alerts: [{key: "sample-ratio", level: "blocked"}, {}, {}]}
      ]
    });
  });

  const hostile = `</failure><script>\u001b[31m%0A::error::x\u0000]]>|"'& \ud800`;

  it("prints JUnit XML that data cannot break", async () => {
    await publish([made("sound"), made("broken", {split: 800, title: hostile})]);
    const broken = made("broken", {split: 800});
    broken.health.checks[0]!.message = hostile;
    await writeFile(join(readouts, "broken", "readout.json"), JSON.stringify(broken));
    const {out} = await check("--format", "junit");
    expect(out).toContain('<testsuites name="readout check" tests="4" failures="1"');
    expect(out).toContain('<testsuite name="sound" tests="1" failures="0"');
    expect(out.match(/<failure /g)).toHaveLength(1);
    expect(out).not.toMatch(/<script|[\u0000-\u0008\u000b-\u001f\ud800-\udfff]/);
    // Every tag that is opened is closed: what is left after removing pairs from within is nothing.
    let rest = out.replace(/<\?.*?\?>|<[a-z-]+(?: [^<>]*)?\/>/g, "");
    for (let before = ""; before !== rest;) {
      before = rest;
      rest = rest.replace(/<([a-z-]+)(?: [^<>]*)?>[^<>]*<\/\1>/g, "");
    }
    expect(rest.trim()).toBe("");
  });

  it("prints annotations for GitHub and writes the job's summary", async () => {
    const summary = join(folder, "summary.md");
    vi.stubEnv("GITHUB_STEP_SUMMARY", summary);
    await publish([made("sound"), made("broken", {split: 800, title: `${hostile}\n# heading`})]);
    const {out} = await check("--format", "github");
    const lines = out.trim().split("\n");
    expect(lines[0]).toMatch(/^::error title=broken%3A blocked::The split is broken: /);
    expect(lines.slice(1).every((line) => line.startsWith("::warning title="))).toBe(true);
    expect(out).not.toMatch(/%(?!25|3A|2C)/);
    const text = await readFile(summary, "utf8");
    expect(text).toContain("| Experiment | Verdict | Gate | Alerts | Data to |");
    expect(text).toContain("**closed**");
    expect(text).not.toMatch(/<script|\n# heading/);
    await check("--format", "github");
    expect((await readFile(summary, "utf8")).length).toBe(2 * text.length);
  });

  it("prints no summary outside of a workflow, and text from data that cannot steer the terminal", async () => {
    const broken = made("broken", {split: 800});
    broken.decision.label = "\u001b[2JShip\n\rgone";
    await publish([broken]);
    const {out} = await check();
    expect(out).toContain("broken      Ship gone");
    expect(out).not.toContain("\u001b");
  });
});

describe("readout check --notify", () => {
  async function data(sources: string): Promise<string> {
    const dir = join(folder, "data");
    await mkdir(join(dir, "experiments"), {recursive: true});
    await writeFile(
      join(dir, "experiments", "broken.yaml"),
      "title: Broken\nstart: 2026-01-05\nexposures: exposures\nvariants: {control: {role: control, weight: 0.5}, treatment: {weight: 0.5}}\nmetrics: {primary: [purchase]}\n"
    );
    await writeFile(join(dir, "metrics.yaml"), "purchase: {kind: proportion, fact: events}\n");
    await writeFile(
      join(dir, "sources.yaml"),
      `facts:\n  exposures: {shape: exposures, path: e.csv, unit: u, variant: v, timestamp: t}\n  events: {shape: events, path: events.csv, unit: u, timestamp: t}\n${sources}`
    );
    return dir;
  }

  it("tells each webhook of what is new, in its own form, and remembers it beside the data", async () => {
    const server = await startWebhook(status(200));
    try {
      vi.stubEnv("READOUT_TEST_HOOK", server.url);
      const dir = await data(
        'webhooks:\n  chat: {url: "${READOUT_TEST_HOOK}", form: slack}\n  office: {url: "${READOUT_TEST_HOOK}", form: teams}\n'
      );
      await publish([made("broken", {split: 800})]);
      const first = await check("--notify", "--data", dir);
      expect(first).toMatchObject({code: 1, err: "chat: told of 3\noffice: told of 3\n"});
      expect(server.received.map(({body}) => Object.keys(JSON.parse(body) as object)[0]).toSorted()).toEqual([
        "text",
        "type"
      ]);
      const second = await check("--notify", "--data", dir);
      expect(second.err).toBe("chat: nothing new\noffice: nothing new\n");
      expect(server.received).toHaveLength(2);
      expect(await readFile(join(folder, "history", "alerts.json"), "utf8")).toContain("broken/health/sample-ratio");
    } finally {
      await server.close();
    }
  });

  it("never prints an address, whatever becomes of it", async () => {
    const server = await startWebhook(status(500));
    try {
      vi.stubEnv("READOUT_TEST_HOOK", server.url);
      const dir = await data('webhooks: {chat: {url: "${READOUT_TEST_HOOK}"}}\n');
      await publish([made("sound"), made("broken", {split: 800, title: `see ${server.url}`})]);
      const {out, err, code} = await check("--notify", "--data", dir, "--history", join(folder, "kept"));
      expect(err).toBe("chat: not told of 3: answered 500, 3 tries\n");
      expect(code).toBe(1);
      expect(out + err).not.toContain("s3cret");
      expect(server.received).toHaveLength(3);
      for (const {body} of server.received) expect(body).not.toContain("s3cret");
    } finally {
      await server.close();
    }
  });

  it("could not do its work where nobody could be told of a warning", async () => {
    const {url, close} = await startWebhook(status(200));
    await close();
    const dir = await data(`webhooks: {chat: {url: "${url}"}}\n`);
    await publish([made("sound")]);
    expect((await check("--now", "2026-01-20", "--notify", "--data", dir)).code).toBe(2);
  });

  it("asks for webhooks where there are none", async () => {
    const dir = await data("");
    await publish([made("sound")]);
    await expect(check("--notify", "--data", dir)).rejects.toThrow(/^missing webhooks/);
  });
});
