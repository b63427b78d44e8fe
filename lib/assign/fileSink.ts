import {closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync} from "node:fs";
import {dirname} from "node:path";
import type {Batch, Sink} from "./sink.ts";
import {batchText} from "./sink.ts";

/** How to write. */
export interface FileSinkOptions {
  /** Whether to wait until the disk has each batch, against a power cut; a killed process loses nothing either way. Defaults to false. */
  readonly fsync?: boolean;
}

/**
 * Returns a sink that appends to a JSON-lines file; for Node only, and so kept out of the folder's table of contents. The file and its
 * folders are made on the first write. Writing waits for the disk, so a batch is in the file when `write` returns. A full disk throws:
 * what was already written of the batch is remembered, and the next try goes on from there, so that no line is torn or doubled. If
 * the file on opening ends within a line, as after a crash, that torn line is cut off.
 *
 * One file is for one process at a time: put the process id in the path if several run.
 *
 * @param path the file's path
 * @throws whatever the system throws (ENOSPC, EACCES, …) from `write`, never on creation
 */
export function fileSink(path: string, {fsync = false}: FileSinkOptions = {}): Sink {
  let file: number | null = null;
  let begun: {id: string; written: number} | null = null;

  function write(batch: Batch): void {
    file ??= open(path);
    const bytes = Buffer.from(batchText(batch));
    if (begun?.id !== batch.id) begun = {id: batch.id, written: 0};
    while (begun.written < bytes.length) begun.written += writeSync(file, bytes, begun.written);
    if (fsync) fsyncSync(file);
    begun = null;
  }

  return {
    write,
    writeSync: write,
    close() {
      if (file !== null) closeSync(file);
      file = null;
    }
  };
}

function open(path: string): number {
  mkdirSync(dirname(path), {recursive: true});
  const file = openSync(path, "a+");
  try {
    const stat = fstatSync(file);
    if (stat.isFile()) cutTornLine(file, stat.size);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return file;
}

function cutTornLine(file: number, size: number): void {
  const chunk = Buffer.alloc(65_536);
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - chunk.length);
    const length = readSync(file, chunk, 0, end - start, start);
    const newline = chunk.subarray(0, length).lastIndexOf(10);
    if (newline >= 0) {
      if (start + newline + 1 < size) ftruncateSync(file, start + newline + 1);
      return;
    }
    end = start;
  }
  if (size > 0) ftruncateSync(file, 0);
}
