import {existsSync} from "node:fs";
import {mkdir, open, rename, rm, stat} from "node:fs/promises";
import {basename, dirname, join} from "node:path";
import {UserError, systemCode} from "./errors.ts";

let count = 0;

/**
 * Writes a file so that readers see the old bytes or the new ones, never a part: beside it first, to the disk, then
 * renamed. Missing folders are made. If it fails nothing is left behind.
 */
export async function writeBeside(path: string, bytes: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, {recursive: true});
  // Hidden, and unlike anything that a glob of data files matches.
  const beside = join(folder, `.${basename(path)}.${process.pid}.${++count}.tmp`);
  try {
    const file = await open(beside, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, {force: true});
    throw error;
  }
  await syncFolder(folder);
}

/**
 * Puts the folder `from` in the place of the folder `to`: whole, or not at all. The old one is renamed to
 * `<to>.previous` in between and then deleted; if the process is killed just there, the next swap or `recoverFolder`
 * puts it back. Both must be on one file system.
 */
export async function swapFolder(from: string, to: string): Promise<void> {
  const previous = `${to}.previous`;
  await recoverFolder(to);
  if (!(await isFolder(from))) throw new UserError(`missing folder: ${from}`);
  if (existsSync(to) && !(await isFolder(to))) throw new UserError(`invalid folder; a file is in its place: ${to}`);
  await rm(previous, {recursive: true, force: true});
  await mkdir(dirname(to), {recursive: true});
  const replaced = existsSync(to);
  if (replaced) await rename(to, previous);
  try {
    await rename(from, to);
  } catch (error) {
    if (replaced) await rename(previous, to);
    if (systemCode(error) === "EXDEV") {
      throw new UserError(`invalid folder; not on the file system of ${to}: ${from}`, {cause: error});
    }
    throw error;
  }
  await syncFolder(dirname(to));
  await rm(previous, {recursive: true, force: true});
}

/** Puts back a folder that a killed swap had moved aside; does nothing otherwise. */
export async function recoverFolder(to: string): Promise<void> {
  const previous = `${to}.previous`;
  if (!existsSync(to) && existsSync(previous)) await rename(previous, to);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** Makes a rename outlive a power cut, where the system lets a folder be synced. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!["EISDIR", "EPERM", "EINVAL", "EACCES", "ENOTSUP"].includes(systemCode(error) ?? "")) throw error;
  }
}
