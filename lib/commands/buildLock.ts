import {randomUUID} from "node:crypto";
import {link, mkdir, readFile, rm, stat, utimes, writeFile} from "node:fs/promises";
import {hostname} from "node:os";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {UserError, systemCode} from "./errors.ts";

interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly id?: string;
}

let count = 0;

/** This process, told from an earlier one that had the same number. */
const self: Holder = {host: hostname(), pid: process.pid, id: randomUUID()};

/** Milliseconds between two signs of life, and without one until the lock of another machine counts as left behind. */
const beat = 30_000;
const silence = 600_000;

/**
 * Runs a task while no other build writes to the same folders: a `.lock` file in each says who does. A second build
 * waits. The lock of a process that was killed is taken over: at once on the same machine, and after ten minutes without
 * a sign of life where a container or another machine left it.
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
  const alive = setInterval(() => {
    const now = new Date();
    for (const path of held) utimes(path, now, now).catch(() => {});
  }, beat);
  alive.unref();
  try {
    for (const path of paths) {
      await mkdir(join(path, ".."), {recursive: true});
      await acquire(path, {wait, onWait});
      held.push(path);
    }
    return await task();
  } finally {
    clearInterval(alive);
    for (const path of held) await rm(path, {force: true});
  }
}

async function acquire(path: string, {wait, onWait}: {wait: number; onWait: (holder: string) => void}): Promise<void> {
  const mine = `${path}.${process.pid}.${++count}`;
  const until = Date.now() + wait;
  let told = false;
  try {
    await writeFile(mine, JSON.stringify(self));
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
      if (isDead(text) || (await isLeft(path, text))) {
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

/**
 * Takes a lock away whose holder is gone. Only one process at a time may, so that nobody takes away the lock that came in
 * its place.
 */
async function takeAway(path: string, dead: string): Promise<void> {
  const right = `${path}.taking`;
  try {
    await writeFile(right, "", {flag: "wx"});
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    // A process that was killed just here leaves it behind.
    if (Date.now() - (await timeOf(right)) > 60_000) await rm(right, {force: true});
    await sleep(20);
    return;
  }
  try {
    if ((await textOf(path)) === dead) await rm(path, {force: true});
  } finally {
    await rm(right, {force: true});
  }
}

function isDead(text: string): boolean {
  const holder = holderOf(text);
  return holder !== null && holder.host === self.host && !isAlive(holder.pid);
}

/**
 * Whether a lock was left behind though a process of its number may be there: of another machine when it gave no sign of
 * life for long, of this machine when the number is now our own, as every container begins with number 1.
 */
async function isLeft(path: string, text: string): Promise<boolean> {
  const holder = holderOf(text);
  if (holder === null) return false;
  if (holder.host === self.host) return holder.pid === self.pid && holder.id !== self.id;
  return Date.now() - (await timeOf(path)) > silence;
}

/** When a file was last touched; now if it is gone. */
async function timeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return Date.now();
  }
}

function holderOf(text: string): Holder | null {
  try {
    const holder: Holder = JSON.parse(text);
    return holder;
  } catch {
    return null;
  }
}

/** Whether a process of this machine is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
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
