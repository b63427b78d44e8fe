import {readFile, readdir} from "node:fs/promises";
import {join} from "node:path";
import {projectFolder} from "./framework.ts";
import {hashOf} from "./hash.ts";

const folders = ["stats", "sequential", "experiment", "cube"];
const commands = ["build.ts", "buildOne.ts", "memoryFiles.ts", "memo.ts", "hash.ts"].map((name) =>
  join("lib", "commands", name)
);

/** Returns the SHA-256 of all code that makes a readout, and of the list of its dependencies. */
export async function codeHash(): Promise<string> {
  const files = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(join(projectFolder, "lib", folder), {recursive: true});
      return names.filter((name) => name.endsWith(".ts")).map((name) => join("lib", folder, name));
    })
  );
  const names = ["package-lock.json", ...commands, ...files.flat().toSorted()];
  const texts = await Promise.all(names.map((name) => readFile(join(projectFolder, name)).catch(() => "")));
  return hashOf(process.version, ...names.flatMap((name, i) => [name, texts[i] ?? ""]));
}
