import {link, mkdir, readFile, rename, rm, writeFile} from "node:fs/promises";
import {hostname} from "node:os";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {UserError, systemCode} from "./errors.ts";

interface Holder {
  readonly host: string;
  readonly pid: number;
}

let count = 0;

/**
 * Runs a task while no other build writes to the same folders: a `.lock` file in each says who does. A second build
 * waits. The lock of a process that was killed is taken over.
 *
 * @param options.wait milliseconds after which it gives up
 * @throws {UserError} naming the holder if the folders do not get free in time; the folder where the disk is full
 */
export async function withLock<T>(
  folders: readonly string[],
  task: () => Promise<T>,
  {wait = 3_600_000, onWait = () => {}}: {wait?: number; onWait?: (holder: string) => void} = {}
): Promise<T> {
  // Always in the same order, so that two builds never wait for each other.
  const paths = [...new Set(folders)].toSorted().map((folder) => join(folder, ".lock"));
  const held: string[] = [];
  try {
    for (const path of paths) {
      await mkdir(join(path, ".."), {recursive: true});
      await acquire(path, {wait, onWait});
      held.push(path);
    }
    return await task();
  } finally {
    for (const path of held) await rm(path, {force: true});
  }
}

async function acquire(path: string, {wait, onWait}: {wait: number; onWait: (holder: string) => void}): Promise<void> {
  const mine = `${path}.${process.pid}.${++count}`;
  const until = Date.now() + wait;
  let told = false;
  try {
    await writeFile(mine, JSON.stringify({host: hostname(), pid: process.pid} satisfies Holder));
    for (;;) {
      try {
        // A link is made whole or not at all, with its content.
        await link(mine, path);
        return;
      } catch (error) {
        if (systemCode(error) !== "EEXIST") throw error;
      }
      const text = await textOf(path);
      if (text === null) continue;
      if (isDead(text)) {
        await takeAway(path, text);
        continue;
      }
      if (!told) onWait(text);
      told = true;
      if (Date.now() > until)
        throw new UserError(`folder in use by another build: ${path}: ${text}; delete the file if there is none`);
      await sleep(50 + Math.random() * 100);
    }
  } catch (error) {
    if (!/^(ENOSPC|EDQUOT)$/.test(systemCode(error) ?? "")) throw error;
    throw new UserError(`no space left on the disk for a lock; free some: ${path}`, {cause: error});
  } finally {
    await rm(mine, {force: true});
  }
}

/** Whether a file is what a process that is gone wanted to make its lock. */
export function isOrphan(name: string): boolean {
  const pid = /^\.lock\.(\d+)\.\d+$/.exec(name)?.[1];
  return pid !== undefined && isDead(JSON.stringify({host: hostname(), pid: Number(pid)}));
}

/** Takes a dead lock away, and puts back what came in its place meanwhile. */
async function takeAway(path: string, dead: string): Promise<void> {
  const aside = `${path}.${process.pid}.${++count}.dead`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw error;
  }
  if ((await textOf(aside)) !== dead) await link(aside, path).catch(() => {});
  await rm(aside, {force: true});
}

function isDead(text: string): boolean {
  try {
    const {host, pid}: Holder = JSON.parse(text);
    if (host !== hostname()) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemCode(error) === "ESRCH";
  }
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
}
