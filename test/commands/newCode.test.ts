import {readFile, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {afterEach, describe, expect, it} from "vitest";
import {buildReadouts} from "../../lib/commands/build.ts";
import {createProgress} from "../../lib/commands/progress.ts";
import type {PublishedRun} from "../../lib/experiment/history/memory.ts";
import {bytesOf, smallDefinitions, smallLog} from "./nightly.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

let place: Workplace;
afterEach(() => place.remove());

const progress = createProgress(0, {stream: {write: () => true}, interactive: false});
const again = () =>
  buildReadouts({dataDir: place.dataDir, outDir: place.outDir, force: true, progress}).then(() => place.readout("one"));
const history = () => join(place.folder, "history", "one.jsonl");
const runs = async (): Promise<PublishedRun[]> =>
  (await readFile(history(), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as PublishedRun);

describe("a readout of which nothing changed but the code", () => {
  it("is the same run as long as the numbers are the same, and another run, told of, when they are not", async () => {
    place = await workplace(smallDefinitions(["one"]));
    await smallLog({units: 300}).write(place.dataDir);
    await place.build();
    const first = await place.readout("one");
    expect((await again()).runId).toBe(first.runId);
    expect(await runs()).toHaveLength(1);

    // What earlier code would have published of the same rows.
    const [published] = await runs();
    const comparisons = published!.comparisons.map((c) => ({
      ...c,
      relativeDifference: (c.relativeDifference ?? 0) + 0.25
    }));
    await writeFile(history(), `${JSON.stringify({...published, comparisons})}\n`);
    const second = await again();
    expect(second.runId).not.toBe(first.runId);
    expect((await runs()).map(({runId}) => runId)).toEqual([first.runId, second.runId]);
    expect(second.changes.length).toBeGreaterThan(0);
    expect(second.metrics[0]?.comparisons).toEqual(first.metrics[0]?.comparisons);

    const bytes = await bytesOf(place.outDir, join(place.folder, "history"));
    expect((await again()).runId).toBe(second.runId);
    expect(await bytesOf(place.outDir, join(place.folder, "history"))).toEqual(bytes);
  });
});
