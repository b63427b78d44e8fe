import {existsSync} from "node:fs";
import {readFile, readdir, writeFile} from "node:fs/promises";
import {join, relative} from "node:path";
import {promisify} from "node:util";
import {brotliCompress, constants, gzip} from "node:zlib";

/** What is written beside a file for hosts that send it as it is: one kind is enough for most. */
export type Packing = "gzip" | "brotli" | "both" | "none";

/** The choices for `--pack`. */
export const packings: readonly Packing[] = ["gzip", "brotli", "both", "none"];

const packable = /\.(?:html|js|mjs|css|json|jsonl|xml|svg|txt|csv|md|map|webmanifest|wasm)$/i;
const large = 1_000_000;

// Asked for one at a time, and sent with the first packets of an answer: packed they would come no sooner.
const single = /^(?:readouts|api.experiments)[/\\]/;
const firstPackets = 12_000;

/**
 * Writes a packed file beside each file of a site that becomes smaller by it. The same file gives the same bytes.
 * Parquet, readouts, images and fonts are packed already.
 *
 * @returns how many files there are, and their bytes before and after
 */
export async function packFiles(
  folder: string,
  packing: Packing
): Promise<{files: number; bytes: number; packed: number}> {
  const names = (await readdir(folder, {recursive: true, withFileTypes: true}))
    .filter((entry) => entry.isFile() && packable.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  let bytes = 0;
  let after = 0;
  const queue = [...names];
  const worker = async (): Promise<void> => {
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      const content = await readFile(name);
      for (const [ending, small] of await packed(relative(folder, name), content, packing)) {
        await writeFile(`${name}${ending}`, small);
        after += small.length;
      }
      bytes += content.length;
    }
  };
  await Promise.all(Array.from({length: 4}, worker));
  return {files: names.length, bytes, packed: after};
}

/**
 * Returns the packed contents of a file with the endings of their names; none for files that are packed already, would
 * not become smaller or are small reports and memos.
 *
 * @param name from the top of the site
 */
export async function packed(
  name: string,
  content: Uint8Array,
  packing: Packing
): Promise<[ending: ".gz" | ".br", content: Uint8Array][]> {
  if (!packable.test(name) || (single.test(name) && content.length <= firstPackets)) return [];
  const found: [".gz" | ".br", Uint8Array][] = [];
  if (packing === "gzip" || packing === "both")
    found.push([".gz", await promisify(gzip)(content, {level: content.length > large ? 6 : 9})]);
  if (packing === "brotli" || packing === "both")
    found.push([
      ".br",
      await promisify(brotliCompress)(content, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: content.length > large ? 5 : content.length > large / 10 ? 6 : 9,
          [constants.BROTLI_PARAM_SIZE_HINT]: content.length
        }
      })
    ]);
  return found.filter(([, small]) => small.length < content.length);
}

/** Returns how the files of a built site are packed, told by one that every site has. */
export function packingOf(site: string): Packing {
  const [zipped, brotli] = [".gz", ".br"].map((ending) =>
    existsSync(join(site, "api", `experiment.schema.json${ending}`))
  );
  return zipped ? (brotli ? "both" : "gzip") : brotli ? "brotli" : "none";
}
