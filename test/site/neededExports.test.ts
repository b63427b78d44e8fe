import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {describe, expect, it} from "vitest";
import {withNeededExports} from "../../src/components/explore/neededExports.ts";

async function passed(bytes: Uint8Array<ArrayBuffer>, size = bytes.length || 1): Promise<Buffer<ArrayBuffer>> {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
  }
  const got: Uint8Array[] = [];
  for await (const piece of withNeededExports(pieces())) got.push(piece.slice());
  return Buffer.concat(got);
}

const text = (word: string) => [word.length, ...Buffer.from(word)];
const section = (id: number, content: number[]) => [id, content.length, ...content];

/** A module of an imported function, exported under each of the names, and one that returns 7, exported as `seven`. */
function moduleOf(names: readonly string[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 1, 0x7f]),
    ...section(2, [1, ...text("env"), ...text("_Zown"), 0, 0]),
    ...section(3, [1, 0]),
    ...section(7, [names.length + 1, ...names.flatMap((name) => [...text(name), 0, 0]), ...text("seven"), 0, 1]),
    ...section(10, [1, 4, 0, 0x41, 7, 0x0b])
  ]);
}

describe("withNeededExports", () => {
  it.each([1, 3, 1000])("leaves out what C++ exports and nobody imports, of pieces of %i bytes", async (size) => {
    const bytes = await passed(moduleOf(["_Zown", "_Zother", "orig$_Zown", "malloc", "Z", "_"]), size);
    const {instance} = await WebAssembly.instantiate(bytes, {env: {_Zown: () => 3}});
    expect(Object.keys(instance.exports)).toEqual(["_Zown", "malloc", "Z", "_", "seven"]);
    expect((instance.exports["seven"] as () => number)()).toBe(7);
    expect((instance.exports["_Zown"] as () => number)()).toBe(3);
  });

  it.each([
    ["nothing", Uint8Array.of()],
    ["no module", Uint8Array.from(Buffer.from("<html>not found</html>"))],
    ["a module cut short", moduleOf(["_Zother"]).slice(0, 40)],
    ["a module without exports", Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 10, 1, 0)],
    ["one with a name longer than all of them", moduleOf(["_Zlong"]).map((byte) => (byte === 6 ? 120 : byte))]
  ])("passes on %s as it is", async (_, bytes) => {
    expect((await passed(bytes, 7)).equals(bytes)).toBe(true);
  });

  it("takes a fifth off DuckDB's engine, which stays a module of the same imports", async () => {
    const file = createRequire(import.meta.url).resolve("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm");
    const whole = Uint8Array.from(readFileSync(file));
    const bytes = await passed(whole, 65_536);
    expect(bytes.length).toBeLessThan(0.8 * whole.length);
    const module = await WebAssembly.compile(bytes);
    const imports = WebAssembly.Module.imports(module).map(({name}) => name);
    const exports = WebAssembly.Module.exports(module).map(({name}) => name);
    expect(exports.length).toBeLessThan(5000);
    expect(exports).toEqual(expect.arrayContaining(["duckdb_web_open", "malloc", "__wasm_call_ctors"]));
    // What it imports and exports: C++ of its own that another part may replace.
    const before = WebAssembly.Module.exports(await WebAssembly.compile(whole)).map(({name}) => name);
    const both = new Set(before);
    expect(imports.filter((name) => both.has(name) && !exports.includes(name))).toEqual([]);
  }, 60_000);
});
