import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {expect, it} from "vitest";

const src = fileURLToPath(new URL("../../src", import.meta.url));
const sheets = readdirSync(src, {recursive: true, encoding: "utf8"}).filter((f) => f.endsWith(".css"));

/** The selectors of a sheet, without the rules that group others. */
function selectors(css: string): string[] {
  const plain = css.replace(/\/\*[^]*?\*\//g, "");
  return Array.from(plain.matchAll(/([^{};]+)\{/g), ([, text]) => (text ?? "").trim())
    .filter((text) => !text.startsWith("@"))
    .flatMap((text) => text.split(/,(?![^(]*\))/))
    .map((text) => text.trim());
}

// Whatever is put into the page may change what :has() says; a browser then asks every element below for its style again,
// which takes as long as a query where a table of its rows is shown.
it("has no selector that styles every element by what its ancestor has", () => {
  expect(sheets.length).toBeGreaterThan(2);
  const all = sheets.flatMap((sheet) => selectors(readFileSync(join(src, sheet), "utf8")));
  expect(all.length).toBeGreaterThan(300);
  expect(all.filter((selector) => /:has\(.*\).*\*/.test(selector))).toEqual([]);
});
