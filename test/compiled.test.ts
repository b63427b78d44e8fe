import {execFileSync} from "node:child_process";
import {cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join, resolve} from "node:path";
import {afterEach, beforeEach, describe, expect, it} from "vitest";

const root = resolve(import.meta.dirname, "..");

describe("compiled(entry)", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "readout compiled "));
    for (const path of ["lib/commands", "lib/cube/arrays/threads", "node_modules"])
      mkdirSync(join(folder, path), {recursive: true});
    for (const name of ["esbuild", "tsx", "get-tsconfig"])
      symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
    cpSync(join(root, "lib/compiled.mjs"), join(folder, "lib/compiled.mjs"));
    for (const name of ["package-lock.json", "tsconfig.json"]) writeFileSync(join(folder, name), "{}");
    writeFileSync(join(folder, "package.json"), '{"type": "module"}');
    write("commands/word.ts", 'export const word: string = "first";');
    write("commands/cli.ts", 'import {word} from "./word.ts";\nconsole.log(word, import.meta.url);');
    write("cube/arrays/threads/answerQuestions.ts", "export {};");
    writeFileSync(
      join(folder, "start.mjs"),
      'import {compiled} from "./lib/compiled.mjs";\nconst at = await compiled("commands/cli.ts");\nconsole.log(at.endsWith(".js"));\nawait import(at);'
    );
  });

  afterEach(() => rmSync(folder, {recursive: true, force: true}));

  const write = (path: string, text: string): void => writeFileSync(join(folder, "lib", path), text);
  const start = (): string[] =>
    execFileSync(process.execPath, ["start.mjs"], {cwd: folder, encoding: "utf8"}).trim().split(/\s+/);
  const kept = (): string[] => readdirSync(join(folder, "node_modules/.cache/readout"));

  it("starts the code from JavaScript that is kept, and tells it the address of its source", () => {
    const [javascript, word, address] = start();
    expect([javascript, word]).toEqual(["true", "first"]);
    expect(address).toMatch(/\/lib\/commands\/cli\.ts$/);
    expect(start()).toEqual([javascript, word, address]);
    expect(kept()).toHaveLength(1);
  });

  it("compiles anew when a file has changed", () => {
    start();
    write("commands/word.ts", 'export const word: string = "second";');
    expect(start()[1]).toBe("second");
    expect(kept()).toHaveLength(2);
  });

  it("starts from TypeScript where nothing can be kept", () => {
    // A file in the place of the folder: even root cannot write into that.
    writeFileSync(join(folder, "node_modules/.cache"), "");
    expect(start().slice(0, 2)).toEqual(["false", "first"]);
  });

  it("leaves nothing behind where the code cannot be compiled", () => {
    write("commands/word.ts", "export const word: = ;");
    expect(() => start()).toThrow();
    expect(kept()).toEqual([]);
  });
});
