import {parquetMetadataAsync, parquetRead, parquetSchema} from "hyparquet";
import type {Compressors} from "hyparquet";

/** A Parquet file as columns by name, all of one length. */
export type ParquetColumns = {length: number; columns: Record<string, ArrayLike<unknown>>};

/**
 * Returns all columns of a Parquet file, decoded in the page.
 *
 * @throws {Error} in words for a reader if the bytes are not a whole Parquet file
 */
export async function parquetColumns(bytes: Uint8Array<ArrayBuffer>): Promise<ParquetColumns> {
  const mark = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || mark(0) !== "PAR1" || mark(bytes.length - 4) !== "PAR1")
    throw new Error("the file is damaged: it does not begin and end like a Parquet file");
  const file = {
    byteLength: bytes.length,
    slice: (start: number, end?: number) => bytes.slice(start, end).buffer
  };
  try {
    const metadata = await parquetMetadataAsync(file);
    const length = Number(metadata.num_rows);
    const columns: Record<string, unknown[]> = {};
    for (const {element} of parquetSchema(metadata).children) columns[element.name] = new Array(length).fill(null);
    await parquetRead({
      file,
      metadata,
      compressors: await loadCompressors(),
      onChunk({columnName, columnData, rowStart}) {
        const column = columns[columnName];
        if (column) for (let i = 0; i < columnData.length; ++i) column[rowStart + i] = columnData[i];
      }
    });
    return {length, columns};
  } catch (error) {
    throw new Error(`the file is damaged: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Returns what undoes the compressions of Parquet files. All of them need WebAssembly, for one of them; without it there
 * are those of our own files, and Snappy.
 */
export async function loadCompressors(): Promise<Compressors> {
  try {
    return (await import("hyparquet-compressors")).compressors;
  } catch {
    const {decompress} = await import("fzstd");
    return {ZSTD: (input) => decompress(input)};
  }
}
