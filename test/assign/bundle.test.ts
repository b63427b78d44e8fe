import {build} from "esbuild";
import {fileURLToPath} from "node:url";
import {gzipSync} from "node:zlib";
import {describe, expect, it} from "vitest";

const bundle = async (entry: string) => {
  const {outputFiles, metafile} = await build({
    entryPoints: [fileURLToPath(new URL(`../../lib/assign/${entry}`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    logLevel: "silent",
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022"
  });
  return {code: outputFiles[0]?.contents ?? new Uint8Array(), inputs: Object.keys(metafile.inputs)};
};

describe("lib/assign/index.ts in a browser", () => {
  it("is under 6 kB gzipped, everything included, and depends on nothing outside its folder", async () => {
    const {code, inputs} = await bundle("index.ts");
    expect(code.length).toBeGreaterThan(5_000);
    expect(gzipSync(code, {level: 9}).length).toBeLessThan(6_000);
    expect(inputs.filter((input) => !/(^|\/)lib\/assign\/[A-Za-z0-9]+\.ts$/.test(input))).toEqual([]);
  });

  it("flushes a hidden page, and has nothing of a process in it", async () => {
    const text = new TextDecoder().decode((await bundle("index.ts")).code);
    expect(text).toContain("visibilitychange");
    expect(text).not.toMatch(/SIGTERM|beforeExit|process\b/);
  });

  it("leaves what needs Node to tools.ts", async () => {
    await expect(bundle("tools.ts")).rejects.toThrow(/node:fs/);
  });
});
