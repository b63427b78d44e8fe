import {readFile, readdir} from "node:fs/promises";
import {join} from "node:path";
import {projectFolder} from "./framework.ts";
import {hashOf} from "./hash.ts";

const folders = ["stats", "sequential", "experiment", "cube"];
const commands = ["build.ts", "buildOne.ts", "memoryFiles.ts", "memo.ts", "hash.ts"].map((name) =>
  join("lib", "commands", name)
);

/** What reads a fact's rows into the store. */
const staging = ["lib/cube/store", "lib/cube/pull", "lib/cube/dialects", "lib/cube/sql/stage.ts", "lib/cube/scan.ts"];

/** Returns the SHA-256 of the code that makes the stored rows of facts, and of the list of its dependencies. */
export async function stagingHash(): Promise<string> {
  const found = await Promise.all(
    staging.map(async (path) => {
      if (path.endsWith(".ts")) return [path];
      const names = await readdir(join(projectFolder, path)).catch(() => []);
      return names.toSorted().map((name) => join(path, name));
    })
  );
  return textsHash(["package-lock.json", "lib/cube/expression.ts", "lib/cube/zone.ts", ...found.flat()]);
}

/** Returns the SHA-256 of all code that makes a readout, and of the list of its dependencies. */
export async function codeHash(): Promise<string> {
  const files = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(join(projectFolder, "lib", folder), {recursive: true});
      return names.filter((name) => name.endsWith(".ts")).map((name) => join("lib", folder, name));
    })
  );
  const names = ["package-lock.json", ...commands, ...files.flat().toSorted()];
  return textsHash(names);
}

async function textsHash(names: readonly string[]): Promise<string> {
  const texts = await Promise.all(names.map((name) => readFile(join(projectFolder, name)).catch(() => "")));
  return hashOf(process.version, ...names.flatMap((name, i) => [name, texts[i] ?? ""]));
}
