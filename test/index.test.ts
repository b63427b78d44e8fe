import {build} from "esbuild";
import {describe, expect, it} from "vitest";
import * as readout from "../lib/index.ts";

describe("lib/index.ts", () => {
  it("bundles for a browser: no node module, no engine", async () => {
    const {metafile} = await build({
      entryPoints: ["lib/index.ts"],
      bundle: true,
      platform: "browser",
      format: "esm",
      write: false,
      metafile: true
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((path) => /duckdb|lib\/(commands|cube\/(engines|sql|dialects))/.test(path))).toEqual([]);
  });

  it("is a table of contents of statistics, sequential methods, readouts and the cube's reader", () => {
    expect(Object.keys(readout).sort()).toEqual([
      "cubeTable",
      "cubeTableFromColumns",
      "dimensionColumn",
      "experiment",
      "momentsAsOf",
      "momentsByDate",
      "momentsOfEntries",
      "sequential",
      "stats",
      "valuesOf"
    ]);
  });
});
