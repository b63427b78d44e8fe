import {readFile, rm, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {afterEach, describe, expect, it} from "vitest";
import {formatDate} from "../../lib/experiment/format.ts";
import {bytesOf, smallDefinitions, smallExperiment, smallLog} from "./nightly.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace;
afterEach(() => place.remove());

const log = smallLog();
const define = (more: string): Promise<void> =>
  writeFile(join(place.dataDir, "experiments", "one.yaml"), smallExperiment("one", more));
const history = (): string => join(place.folder, "history");

describe("a pin on a stopped experiment", () => {
  it("keeps the published numbers and says what a recomputation would give", async () => {
    place = await workplace(smallDefinitions());
    await log.write(place.dataDir, 12);
    await place.build();
    const published = await place.readout("one");
    await define("status: stopped\npin: true\n");
    await place.build();
    const pinned = await place.readout("one");
    expect(pinned.pin).toMatchObject({date: published.asOf, differs: false});
    expect(pinned.status).toBe("stopped");
    expect(pinned.metrics.map(({comparisons}) => comparisons)).toEqual(
      published.metrics.map(({comparisons}) => comparisons)
    );
    // What is stopped is told to keep running no more.
    expect([published.decision.verdict, pinned.decision.verdict]).toEqual(["keep-running", "do-not-ship"]);

    await log.write(place.dataDir, 14);
    await place.build();
    const later = await place.readout("one");
    expect(later.metrics).toEqual(pinned.metrics);
    expect(later.decision).toEqual(pinned.decision);
    expect(later.pin?.differs).toBe(true);
    expect(later.pin?.message).toMatch(
      /as of 16.Jan.2026; a recomputation would differ: .*units \d+ → \d+.*bought, b: /
    );
    expect((await readFile(join(history(), "one.jsonl"), "utf8")).trim().split("\n")).toHaveLength(2);
    expect((await place.build()).unchanged).toEqual(["one"]);

    // A fresh checkout has the history only; the pin is in it.
    const before = await bytesOf(place.outDir, history());
    await rm(place.outDir, {recursive: true});
    await rm(join(place.folder, ".readout"), {recursive: true});
    await place.build();
    expect(await bytesOf(place.outDir, history())).toEqual(before);

    await define("status: stopped\n");
    await place.build();
    const freed = await place.readout("one");
    expect(freed.pin).toBe(null);
    expect(freed.asOf).toBe("2026-01-18");
    // Pinned again, it keeps what was published last.
    await define("status: stopped\npin: true\n");
    await place.build();
    expect((await place.readout("one")).asOf).toBe("2026-01-18");
  });

  it("keeps the numbers of an earlier date, from the history where that is all that is left", async () => {
    place = await workplace(smallDefinitions());
    await log.write(place.dataDir, 10);
    await place.build();
    const published = await place.readout("one");
    // A row that arrives late changes what the 14th looks like today.
    await log.write(place.dataDir, 13);
    const events = join(place.dataDir, "events.csv");
    await writeFile(events, `${await readFile(events, "utf8")}u0,2026-01-05T12:00:00Z,buy,500\n`);
    await place.build();
    await define("status: stopped\npin: 2026-01-14\n");
    await place.build();
    const pinned = await place.readout("one");
    expect(pinned.runId).toBe(published.runId);
    expect(pinned.decision.verdict).toBe(published.decision.verdict);
    for (const [i, metric] of published.metrics.entries())
      expect(pinned.metrics[i]!.comparisons.map((c) => [c.difference, c.interval, c.pValue])).toEqual(
        metric.comparisons.map((c) => [c.difference, c.interval, c.pValue])
      );
    expect(pinned.pin).toMatchObject({date: "2026-01-14", differs: true});
    expect(pinned.pin?.message).toMatch(/spent, b/);
    // Nothing beside these numbers says otherwise.
    expect(pinned.decision).toMatchObject({
      sentence: `So it was published with data until ${formatDate("2026-01-14")}.`,
      reasons: [],
      wouldChange: []
    });
    const spent = pinned.metrics.find(({key}) => key === "spent")!;
    expect(spent.path.at(-1)).toMatchObject({
      date: "2026-01-14",
      comparisons: [{difference: spent.comparisons[0]?.difference, interval: spent.comparisons[0]?.interval}]
    });
    expect(spent.arms.map(({mean}) => mean)).toEqual([null, null]);
    expect(pinned.metrics.find(({key}) => key === "bought")?.arms).toEqual(published.metrics[0]?.arms);
  });

  it("pins nothing while the experiment runs, and a first build pins what it computes", async () => {
    place = await workplace(smallDefinitions(["one"], {more: "pin: true\n"}));
    await log.write(place.dataDir, 12);
    await place.build();
    expect((await place.readout("one")).pin).toBe(null);
    await rm(history(), {recursive: true});
    await define("status: stopped\npin: 2026-01-12\n");
    await place.build();
    expect(await place.readout("one")).toMatchObject({asOf: "2026-01-12", pin: {differs: false}});
    const before = await bytesOf(place.outDir, history());
    await rm(join(place.folder, ".readout"), {recursive: true});
    await place.build();
    expect(await bytesOf(place.outDir, history())).toEqual(before);
  });
});
