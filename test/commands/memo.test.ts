import {mkdir, mkdtemp, readFile, readdir, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {Command} from "commander";
import {afterEach, beforeEach, describe, expect, it, vi} from "vitest";
import {register} from "../../lib/commands/memo.ts";
import {metricOf, readoutWith, share, sumsWith} from "../experiment/sums.ts";

let folder = "";
let readouts = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "readout-memo-"));
  readouts = join(folder, "readouts");
  const arms = {control: share(3500, 350), treatment: share(3500, 420)};
  const readout = {...readoutWith({sums: sumsWith({metrics: {purchase: metricOf(arms)}})}), id: "green"};
  await mkdir(join(readouts, "green"), {recursive: true});
  await writeFile(join(readouts, "green", "readout.json"), JSON.stringify(readout));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, {recursive: true, force: true});
});

async function memo(...args: string[]): Promise<string> {
  let out = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => Boolean((out += String(text))));
  const command = new Command("memo").exitOverride();
  register(command);
  const all = ["--readouts", readouts, "--data", join(folder, "data"), ...args];
  await command.parseAsync(all, {from: "user"}).finally(() => vi.restoreAllMocks());
  return out;
}

describe("readout memo <id>", () => {
  it("writes the memo in three forms beside the readout", async () => {
    const out = await memo("green");
    expect(out).toBe(["memo.md", "memo.html", "memo.csv"].map((name) => `${join(readouts, "green", name)}\n`).join(""));
    expect((await readdir(join(readouts, "green"))).toSorted()).toEqual([
      "memo.csv",
      "memo.html",
      "memo.md",
      "readout.json"
    ]);
    expect(await readFile(join(readouts, "green", "memo.md"), "utf8")).toMatch(/^# A test\n/);
    expect(await readFile(join(readouts, "green", "memo.html"), "utf8")).toMatch(/^<!doctype html>/);
    expect(await readFile(join(readouts, "green", "memo.csv"), "utf8")).toMatch(/^metric,role/);
  });

  it("writes elsewhere, the same bytes every time", async () => {
    await memo("green", "--out", join(folder, "a", "b"));
    const first = await readFile(join(folder, "a", "b", "memo.html"), "utf8");
    await memo("green", "--out", join(folder, "a", "b"));
    expect(await readFile(join(folder, "a", "b", "memo.html"), "utf8")).toBe(first);
  });

  it("tells a typo from an experiment that was not built", async () => {
    await expect(memo("gren")).rejects.toThrow("unknown experiment: gren; did you mean green?");
    await mkdir(join(folder, "data", "experiments"), {recursive: true});
    await writeFile(
      join(folder, "data", "experiments", "blue.yaml"),
      "title: Blue\nstart: 2026-01-05\nexposures: exposures\nvariants: {control: {role: control, weight: 0.5}, blue: {weight: 0.5}}\nmetrics: {primary: [purchase]}\n"
    );
    await writeFile(join(folder, "data", "metrics.yaml"), "purchase: {kind: proportion, fact: events}\n");
    await writeFile(
      join(folder, "data", "sources.yaml"),
      "facts:\n  exposures: {shape: exposures, path: e.csv, unit: u, variant: v, timestamp: t}\n  events: {shape: events, path: f.csv, unit: u, timestamp: t}\n"
    );
    await expect(memo("blue")).rejects.toThrow(/^missing readout of blue in .*; run readout build --only blue$/);
  });

  it("refuses a damaged readout, and an id that leads elsewhere", async () => {
    await writeFile(join(readouts, "green", "readout.json"), "{ half");
    await expect(memo("green")).rejects.toThrow(/^invalid readout; damaged/);
    await writeFile(join(folder, "readout.json"), "{}");
    await expect(memo("..")).rejects.toThrow("unknown experiment: ..");
  });
});
