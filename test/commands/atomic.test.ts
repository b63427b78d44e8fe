import {mkdir, mkdtemp, readFile, readdir, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, it} from "vitest";
import {recoverFolder, swapFolder, writeBeside} from "../../lib/commands/atomic.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "readout-atomic-"));
});
afterEach(() => rm(folder, {recursive: true, force: true}));

async function makeFolder(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  await writeFile(join(path, "a.txt"), text);
  return path;
}

describe("writeBeside(path, bytes)", () => {
  it("writes text and bytes, makes folders, replaces what is there and leaves nothing else", async () => {
    const path = join(folder, "new", "file.json");
    await writeBeside(path, "one");
    await writeBeside(path, new Uint8Array([116, 119, 111]));
    expect(await readFile(path, "utf8")).toBe("two");
    expect(await readdir(join(folder, "new"))).toEqual(["file.json"]);
  });

  it("leaves the old file and nothing half-written when it fails", async () => {
    const path = await makeFolder("taken", "kept");
    await expect(writeBeside(path, "bytes")).rejects.toThrow();
    expect(await readdir(folder)).toEqual(["taken"]);
    expect(await readFile(join(path, "a.txt"), "utf8")).toBe("kept");
  });

  it("ends with one whole text when many write at once", async () => {
    const path = join(folder, "file");
    const texts = Array.from({length: 20}, (_, i) => String(i).repeat(10_000));
    await Promise.all(texts.map((text) => writeBeside(path, text)));
    expect(texts).toContain(await readFile(path, "utf8"));
    expect(await readdir(folder)).toEqual(["file"]);
  });
});

describe("swapFolder(from, to)", () => {
  it("replaces a folder whole", async () => {
    const from = await makeFolder("next", "new");
    const to = await makeFolder("dist", "old");
    await writeFile(join(to, "gone.txt"), "");
    await swapFolder(from, to);
    expect(await readdir(folder)).toEqual(["dist"]);
    expect(await readdir(to)).toEqual(["a.txt"]);
    expect(await readFile(join(to, "a.txt"), "utf8")).toBe("new");
  });

  it("makes the folder where there is none", async () => {
    const from = await makeFolder("next", "new");
    await swapFolder(from, join(folder, "deep", "dist"));
    expect(await readFile(join(folder, "deep", "dist", "a.txt"), "utf8")).toBe("new");
  });

  it("keeps the old folder when there is nothing to put in its place", async () => {
    const to = await makeFolder("dist", "old");
    await expect(swapFolder(join(folder, "nowhere"), to)).rejects.toThrow(/^missing folder: /);
    expect(await readFile(join(to, "a.txt"), "utf8")).toBe("old");
  });

  it("does not replace a file", async () => {
    const from = await makeFolder("next", "new");
    await writeFile(join(folder, "dist"), "a file");
    await expect(swapFolder(from, join(folder, "dist"))).rejects.toThrow(/a file is in its place/);
    expect(await readFile(join(folder, "dist"), "utf8")).toBe("a file");
  });

  it("gets over a swap that was killed half-way", async () => {
    await makeFolder("dist.previous", "old");
    await recoverFolder(join(folder, "dist"));
    expect(await readFile(join(folder, "dist", "a.txt"), "utf8")).toBe("old");
    await makeFolder("dist.previous", "older");
    await swapFolder(await makeFolder("next", "new"), join(folder, "dist"));
    expect(await readdir(folder)).toEqual(["dist"]);
    expect(await readFile(join(folder, "dist", "a.txt"), "utf8")).toBe("new");
  });
});
