import {spawn} from "node:child_process";
import {mkdir, readFile, rm, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {projectFolder} from "../../lib/commands/framework.ts";
import {addPublications} from "../../lib/commands/addPublications.ts";
import {formatDate, formatPercent, intervalDecimals} from "../../lib/experiment/format.ts";
import type {LedgerLook, PublishedRun} from "../../lib/experiment/history/memory.ts";
import type {Readout, ReadoutIndex} from "../../lib/experiment/readout.ts";
import {sitePages} from "../../src/components/blocks/pages.ts";
import {story} from "../../src/components/blocks/story.ts";
import {bytesOf} from "./nightly.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

/*
 * Thirty nights of a growing log: units enter on 28 days, 60 a day, and 45% of treated ones buy within a day, 30% of the
 * others. On the morning after each night the published files are what a reader would see.
 */
const start = Date.parse("2026-01-05");
const day = 86_400_000;
const dayOf = (night: number): string => new Date(start + (night - 1) * day).toISOString().slice(0, 10);

interface Row {
  readonly night: number;
  readonly line: string;
}

function growingLog(): {exposures: Row[]; events: Row[]} {
  const exposures: Row[] = [];
  const events: Row[] = [];
  for (let i = 0; i < 28 * 60; ++i) {
    const at = start + Math.floor(i / 60) * day + (i % 60) * 1_400_000 + 77;
    const treated = i % 2 === 1;
    const night = Math.floor((at - start) / day) + 1;
    exposures.push({night, line: `u${i},${treated ? "b" : "a"},${new Date(at).toISOString()}`});
    if ((i * 7 + Math.floor(i / 20)) % 20 >= (treated ? 9 : 6)) continue;
    const bought = at + 20_000_000;
    const arrives = Math.floor((bought - start) / day) + 1;
    // What a third of the treated did on the 8th day arrives three nights late.
    const late = arrives === 8 && treated && i % 3 === 0 ? 3 : 0;
    events.push({night: arrives + late, line: `u${i},${new Date(bought).toISOString()},buy,${1 + (i % 7)}`});
  }
  return {exposures, events};
}

const log = growingLog();
const text = (header: string, rows: readonly Row[], night: number): string =>
  [
    header,
    ...rows
      .filter((row) => row.night <= night)
      .sort((a, b) => a.night - b.night)
      .map((row) => row.line),
    ""
  ].join("\n");

const definition = (title: string, more: string): string => `title: ${title}
start: 2026-01-05
end: 2026-02-01
exposures: exposed
minimumUnits: 2
variants: {a: {role: control, weight: 0.5}, b: {weight: 0.5}}
metrics: {primary: [bought], secondary: [spent]}
${more}`;

const sequential = "design: {method: group-sequential, spending: obrien-fleming, plannedUnits: 1680}\n";

describe("thirty nights of a growing log", () => {
  let place: Workplace;
  /** Each morning's readouts, by experiment and night. */
  const mornings = new Map<string, Readout>();
  /** Each morning's pages as text: of the experiments, and `home`. */
  const pages = new Map<string, string>();
  const codes: number[] = [];
  let killed = false;
  const at = (id: string, night: number): Readout => mornings.get(`${id} ${night}`)!;
  const page = (name: string, night: number): string => pages.get(`${name} ${night}`)!;
  const lines = async <T>(name: string): Promise<T[]> =>
    (await readFile(join(place.folder, "history", name), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as T);
  const define = (id: string, content: string): Promise<void> =>
    writeFile(join(place.dataDir, "experiments", `${id}.yaml`), content);

  beforeAll(async () => {
    place = await workplace({
      "sources.yaml": `facts:
  exposed: {shape: exposures, path: exposures.csv, unit: user, variant: arm, timestamp: at}
  events: {shape: events, path: events.csv, unit: user, timestamp: at, event: event, values: [amount]}
`,
      "metrics.yaml": `bought: {kind: proportion, fact: events, event: buy, window: 1d, direction: increase}
spent: {kind: mean, fact: events, event: buy, value: amount, window: 1d, direction: increase}
`,
      "experiments/bound.yaml": definition("Looks at a boundary", sequential),
      "experiments/pinned.yaml": definition("To be pinned", "")
    });
    for (let night = 1; night <= 30; ++night) {
      await writeFile(join(place.dataDir, "exposures.csv"), text("user,arm,at", log.exposures, night));
      await writeFile(join(place.dataDir, "events.csv"), text("user,at,event,amount", log.events, night));
      if (night === 6) await writeFile(join(place.dataDir, "events.csv"), "user,at,kind,amount\n");
      if (night === 14) await define("pinned", definition("To be pinned", "alpha: 0.01\n"));
      if (night === 20) await define("pinned", definition("To be pinned", "alpha: 0.01\nstatus: stopped\npin: true\n"));
      if (night === 9) await killedBuild();
      codes.push((await place.build()).exitCode);
      for (const id of ["bound", "pinned"]) mornings.set(`${id} ${night}`, await maybe(id));
      await publishSite();
      for (const name of ["bound", "pinned", "home"]) pages.set(`${name} ${night}`, pageText(name));
    }
  }, 600_000);
  afterAll(() => place?.remove());

  const dist = (): string => join(place.folder, "dist");

  /** What other tools read, and open pages ask for, as `readout publish` adds it to the pages. */
  async function publishSite(): Promise<void> {
    await rm(dist(), {recursive: true, force: true});
    await mkdir(dist());
    await addPublications(dist(), {readouts: place.outDir});
  }

  /** A page as a reader without scripts sees it: the blocks of the site, made from that morning's files. */
  function pageText(name: string): string {
    const site = sitePages(join(place.outDir, ".."), {definitions: join(place.dataDir, "experiments")});
    const path = name === "home" ? "/index" : `/experiments/${name}`;
    const blocks = name === "home" ? ["home"] : Object.keys(story);
    return [name === "home" ? "" : site.title({path}), ...blocks.map((block) => String(site.block(block, {path})))]
      .join("\n")
      .replace(/<[^>]*>/g, " ")
      .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
      .replace(/\s+/g, " ");
  }

  const maybe = async (id: string): Promise<Readout> => {
    try {
      return await place.readout(id);
    } catch {
      const index: ReadoutIndex = JSON.parse(await readFile(join(place.outDir, "index.json"), "utf8"));
      throw new Error(`no readout of ${id}: ${index.experiments.find((entry) => entry.id === id)?.error ?? ""}`);
    }
  };

  async function killedBuild(): Promise<void> {
    const bin = join(projectFolder, "lib/commands/readout.mjs");
    const child = spawn(process.execPath, [bin, "build", "--data", place.dataDir, "--out", place.outDir], {
      stdio: ["ignore", "ignore", "pipe"]
    });
    const ended = new Promise((done) => child.on("close", done));
    await Promise.race([new Promise((done) => child.stderr.once("data", done)), ended]);
    await sleep(30);
    child.kill("SIGKILL");
    await ended;
    killed = child.signalCode === "SIGKILL";
  }

  it("ends well on every night but the one whose log was broken", () => {
    expect(codes.map((code, i) => [i + 1, code]).filter(([, code]) => code !== 0)).toEqual([[6, 1]]);
  });

  it("goes on day by day, and adds units as they come", () => {
    for (const night of [3, 5, 8, 12, 25, 28]) {
      expect([night, at("bound", night).asOf]).toEqual([night, dayOf(night)]);
      expect([night, at("bound", night).input.units]).toEqual([night, 60 * night]);
    }
  });

  it("shows the last good readout on the broken night, marked stale with the reason, and mends it on the next", () => {
    const broken = at("bound", 6);
    expect(broken.stale?.since).toBe(dayOf(5));
    expect(broken.stale?.reason).toMatch(/event/);
    expect(broken.metrics).toEqual(at("bound", 5).metrics);
    expect(at("bound", 7)).toMatchObject({stale: null, asOf: dayOf(7)});
  });

  it("shows on each morning's page the numbers, the verdict and the day of that morning", () => {
    for (const night of [3, 8, 12, 20, 25, 30]) {
      const {decision, metrics, asOf} = at("bound", night);
      const {relativeDifference, relativeInterval} = metrics[0]!.comparisons[0]!;
      expect(page("bound", night)).toContain(decision.label);
      expect(page("bound", night)).toContain(decision.sentence.replace(/\s+/g, " "));
      const decimals = relativeInterval ? intervalDecimals(relativeInterval, {scale: 100}) : undefined;
      if (relativeDifference !== null)
        expect(page("bound", night)).toContain(formatPercent(relativeDifference, {signed: true, decimals}));
      expect(page("home", night)).toContain(decision.label);
      expect(page("home", night)).toContain(formatDate(asOf, {year: false}).replace(/\s/g, " "));
    }
  });

  it("marks the page of the broken night stale with the reason, and no other", () => {
    expect(page("bound", 6)).toMatch(/Stale: .*event/);
    expect(page("home", 6)).toContain("stale");
    for (const night of [5, 7, 9]) {
      expect(page("bound", night)).not.toContain("Stale:");
      expect(page("home", night)).not.toContain("stale");
    }
  });

  it("lists on the page what changed since the last build, and the change of the definition with its day", () => {
    expect(page("bound", 5)).toMatch(/What changed\?.* more units, data to /);
    expect(page("bound", 5)).toMatch(/bought, b: \S+ .*→/);
    // What arrived three nights late is told on the night when it came, and on no other.
    for (const night of [5, 10, 11, 12])
      expect([night, /arrived late\. As of that day: bought, b: \S+ → /.test(page("bound", night))]).toEqual([
        night,
        night === 11
      ]);
    expect(page("pinned", 13)).not.toContain("alpha: 0.05");
    for (const night of [14, 19]) expect(page("pinned", night)).toMatch(/18 Jan [^.]*alpha[^.]*0\.05 → 0\.01/);
    const verdicts = at("bound", 30).timeline;
    expect(verdicts.length).toBeGreaterThan(1);
    for (const {date, label} of verdicts)
      expect(page("bound", 30)).toContain(`${formatDate(date, {year: false}).replace(/\s/g, " ")} ${label}`);
  });

  it("says on the page of a pinned readout that a recomputation would differ", () => {
    expect(page("pinned", 19)).not.toContain("Pinned:");
    expect(page("pinned", 25)).toMatch(/Pinned: the published numbers stay as of .*; a recomputation would differ: /);
  });

  it("takes the night that was killed as if nothing had happened", async () => {
    expect(killed).toBe(true);
    expect(at("bound", 9)).toMatchObject({stale: null, asOf: dayOf(9)});
    const runs = await lines<PublishedRun>("bound.jsonl");
    expect(runs.filter(({date}) => date === dayOf(9))).toHaveLength(1);
    const looks = await lines<LedgerLook>("bound.looks.jsonl");
    expect(new Set(looks.map(({date, variant}) => `${date} ${variant}`)).size).toBe(looks.length);
  });

  it("remembers one line for each night that changed anything, in order", async () => {
    const runs = await lines<PublishedRun>("bound.jsonl");
    const dates = runs.map(({date}) => date);
    expect(dates).toEqual([...dates].sort());
    expect(new Set(runs.map(({runId}) => runId)).size).toBe(runs.length);
    expect(runs.length).toBeGreaterThanOrEqual(27);
    for (const night of [5, 10, 15]) {
      const line = runs.findLast(({date}) => date === dayOf(night))!;
      expect(line.comparisons[0]?.difference).toBe(at("bound", night).metrics[0]?.comparisons[0]?.difference);
    }
  });

  it("says what changed: numbers, units, the definition, the verdict", () => {
    expect(at("bound", 5).changes.map(({what}) => what)).toEqual(expect.arrayContaining(["numbers", "data"]));
    expect(at("pinned", 13).changes.filter(({what}) => what === "definition")).toEqual([]);
    const change = at("pinned", 14).changes.find(({text: words}) => /alpha: 0\.05 → 0\.01/.test(words));
    expect(change?.date).toBe(dayOf(14));
    // It stays on the page.
    expect(at("pinned", 19).changes.some(({text: words}) => /alpha: 0\.05 → 0\.01/.test(words))).toBe(true);
  });

  it("counts late events for their own day, and leaves the looks that were taken as they were", async () => {
    const before = at("bound", 10).metrics[0]!.path.find(({date}) => date === dayOf(9))!;
    const after = at("bound", 12).metrics[0]!.path.find(({date}) => date === dayOf(9))!;
    expect(after.comparisons[0]?.difference).not.toBe(before.comparisons[0]?.difference);
    const looks = await lines<LedgerLook>("bound.looks.jsonl");
    const night = (n: number) => at("bound", n).metrics[0]!.sequential!.comparisons[0]!.looks;
    for (const {date, z, bound} of night(10)) {
      expect(looks.find((look) => look.date === date)).toMatchObject({z, bound});
      expect(night(12).find((look) => look.date === date)).toMatchObject({z, bound});
    }
  });

  it("stops at the boundary for good", async () => {
    const crossed = Array.from({length: 30}, (_, i) => at("bound", i + 1)).map(
      (readout) => readout.metrics[0]?.sequential?.comparisons[0]?.crossed ?? null
    );
    const first = crossed.findIndex((each) => each !== null);
    expect(first).toBeGreaterThan(5);
    expect(first).toBeLessThan(28);
    for (const each of crossed.slice(first)) expect(each).toEqual(crossed[first]);
    expect(crossed[first]?.side).toBe("efficacy");
    expect(at("bound", first).decision.verdict).not.toBe("ship");
    expect(at("bound", 28).decision.verdict).toBe("ship");
    expect(at("bound", 28).timeline.map(({verdict}) => verdict)).toContain("ship");
  });

  it("keeps what was pinned, and warns from then on", () => {
    const numbers = (night: number) => at("pinned", night).metrics.map(({comparisons}) => comparisons);
    expect(at("pinned", 19).pin).toBe(null);
    for (const night of [21, 25, 30]) {
      expect(numbers(night)).toEqual(numbers(20));
      expect(at("pinned", night).pin).toMatchObject({differs: true, date: at("pinned", 20).asOf});
    }
  });

  it("gives the same bytes from scratch on the last night, with nothing but the memory", async () => {
    const all = () => bytesOf(place.outDir, join(place.folder, "history"), dist());
    const before = await all();
    await rm(join(place.folder, ".readout"), {recursive: true, force: true});
    await rm(place.outDir, {recursive: true});
    await place.build({threads: 1});
    await publishSite();
    expect(await all()).toEqual(before);
    expect(Object.keys(before)).toEqual(expect.arrayContaining(["/dist/feed.xml", "/dist/api/experiments/bound.json"]));
    for (const name of ["bound", "pinned", "home"]) expect(pageText(name)).toBe(page(name, 30));
  });
});
