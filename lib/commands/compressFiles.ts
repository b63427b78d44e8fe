import {readFile, readdir, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {promisify} from "node:util";
import {brotliCompress, constants, gzip} from "node:zlib";

const text = /\.(?:html|js|mjs|css|json|jsonl|xml|svg|txt|csv|md|map|webmanifest)$/i;

/**
 * Writes a gzip and a brotli file beside each text file of a folder, for hosts that serve those as they are. The same
 * file gives the same bytes. Files of other kinds (Parquet, images, fonts) are compressed already.
 *
 * @returns how many files there are, and their bytes before and after, brotli
 */
export async function compressFiles(folder: string): Promise<{files: number; bytes: number; compressed: number}> {
  const names = (await readdir(folder, {recursive: true, withFileTypes: true}))
    .filter((entry) => entry.isFile() && text.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  let bytes = 0;
  let after = 0;
  const queue = [...names];
  const worker = async (): Promise<void> => {
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      const content = await readFile(name);
      const small = await compressed(name, content);
      if (small === null) continue;
      await Promise.all([writeFile(`${name}.gz`, small.gzip), writeFile(`${name}.br`, small.brotli)]);
      bytes += content.length;
      after += small.brotli.length;
    }
  };
  await Promise.all(Array.from({length: 4}, worker));
  return {files: names.length, bytes, compressed: after};
}

/** Returns the content of a text file as gzip and as brotli; null for files of other kinds. */
export async function compressed(
  name: string,
  content: Uint8Array
): Promise<{gzip: Uint8Array; brotli: Uint8Array} | null> {
  if (!text.test(name)) return null;
  const [zipped, brotli] = await Promise.all([
    promisify(gzip)(content, {level: 9}),
    promisify(brotliCompress)(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: content.length > 100_000 ? 6 : 9,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length
      }
    })
  ]);
  return {gzip: zipped, brotli};
}
