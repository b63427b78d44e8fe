import {readFile, readdir, stat} from "node:fs/promises";
import {join} from "node:path";
import type {DefinitionFile} from "../experiment/definition/parseDefinitions.ts";
import {UserError, systemCode} from "./errors.ts";

/**
 * Returns the texts of all definitions under a data folder: its experiments in the order of their names, metrics.yaml
 * and sources.yaml. A file that cannot be read, or is not UTF-8, carries the reason as its problem.
 *
 * @throws {UserError} if the folder or its experiments are not there
 */
export async function readDefinitionFiles(dataDir: string): Promise<DefinitionFile[]> {
  if (!(await isFolder(dataDir))) {
    const what = "expected experiments/<id>.yaml, metrics.yaml and sources.yaml in it";
    throw new UserError(`missing folder: ${dataDir}; ${what}; --data DIR or READOUT_DATA names another folder`);
  }
  const folder = join(dataDir, "experiments");
  if (!(await isFolder(folder))) throw new UserError(`missing folder: ${folder}; expected <id>.yaml in it`);
  const experiments = await yamlFiles(folder);
  if (experiments.length === 0) {
    throw new UserError(`missing experiments: no .yaml file in ${folder}; expected one <id>.yaml for each experiment`);
  }
  const single = (await yamlFiles(dataDir)).filter((name) => /^(metrics|sources)\.ya?ml$/i.test(name));
  const paths = [...experiments.map((name) => join(folder, name)), ...single.map((name) => join(dataDir, name))];
  return Promise.all(paths.map(readDefinition));
}

async function readDefinition(path: string): Promise<DefinitionFile> {
  try {
    return {path, ...decode(await readFile(path))};
  } catch (error) {
    const code = systemCode(error);
    if (code === null) throw error;
    const why = code === "EACCES" ? "permission denied" : code === "EISDIR" ? "it is a folder" : code;
    return {path, text: "", problem: `invalid file; cannot be read: ${why}`};
  }
}

/** Returns the text of UTF-8 bytes, or where they stop being that. */
export function decode(bytes: Uint8Array): {text: string; problem?: string} {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return {text: "", problem: "invalid encoding; expected UTF-8, found: UTF-16; save the file as UTF-8"};
  }
  try {
    const text = new TextDecoder("utf-8", {fatal: true}).decode(bytes);
    const zero = text.indexOf("\0");
    if (zero < 0) return {text};
    return {text: "", problem: `invalid file; expected text, found a zero byte on line ${lineOf(text, zero)}`};
  } catch {
    const offset = firstInvalid(bytes);
    const line = lineOf(new TextDecoder().decode(bytes.subarray(0, offset)), Infinity);
    const byte = `0x${(bytes[offset] ?? 0).toString(16).padStart(2, "0")}`;
    return {
      text: "",
      problem: `invalid encoding; expected UTF-8, found byte ${byte} on line ${line}; save the file as UTF-8`
    };
  }
}

/** Returns the offset of the first byte that cannot be UTF-8, by bisection: a valid text stays valid when cut short. */
function firstInvalid(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    try {
      // As a stream, the text may end in the middle of a letter.
      new TextDecoder("utf-8", {fatal: true}).decode(bytes.subarray(0, middle), {stream: true});
      valid = middle;
    } catch {
      invalid = middle;
    }
  }
  // The letter that breaks off there may have begun up to three bytes before.
  for (let start = valid; start > Math.max(0, valid - 4); --start) {
    try {
      new TextDecoder("utf-8", {fatal: true}).decode(bytes.subarray(0, start));
      return start;
    } catch {
      continue;
    }
  }
  return Math.max(0, valid - 4);
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

async function yamlFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /\.ya?ml$/i.test(name) && !name.startsWith(".")).toSorted();
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
