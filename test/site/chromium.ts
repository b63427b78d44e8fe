import {execFileSync} from "node:child_process";
import {existsSync, mkdirSync, rmdirSync} from "node:fs";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {findChromium} from "../../lib/commands/findChromium.ts";
import type {Browser} from "playwright-core";
import {chromium} from "playwright-core";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync"
];

/**
 * Returns a Chromium: that of READOUT_CHROMIUM, the system's, Playwright's, or one that is installed now (from Debian's
 * packages as root, else Playwright's own).
 *
 * @throws {Error} if none can be had: a missing browser fails the tests, in CI and elsewhere
 */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({executablePath: findAny() ?? installChromium(), args: flags});
}

/** Returns the path of a Chromium that is there: as `readout pdf` finds it, else Playwright's; null if there is none. */
function findAny(): string | null {
  const own = chromium.executablePath();
  return findChromium() ?? (existsSync(own) ? own : null);
}

function installChromium(): string {
  const lock = join(tmpdir(), "readout-chromium.lock");
  const waits = Date.now() + 280_000;
  while (!take(lock)) {
    if (Date.now() > waits) throw new Error(`invalid lock; older than the wait: ${lock}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
  try {
    const there = findAny();
    if (there) return there;
    if (existsSync("/etc/debian_version") && process.getuid?.() === 0) {
      tryRun("apt-get", ["update", "-q"]);
      tryRun("apt-get", ["install", "-y", "-q", "--no-install-recommends", "chromium"]);
    }
    if (!findAny()) {
      const cli = join(dirname(createRequire(import.meta.url).resolve("playwright-core/package.json")), "cli.js");
      tryRun(process.execPath, [cli, "install", "--with-deps", "chromium"]);
    }
  } finally {
    rmdirSync(lock);
  }
  const installed = findAny();
  if (!installed) throw new Error("missing Chromium: install one, or name one in READOUT_CHROMIUM");
  return installed;
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}

function tryRun(command: string, args: readonly string[]): void {
  try {
    execFileSync(command, args, {stdio: "ignore", env: {...process.env, DEBIAN_FRONTEND: "noninteractive"}});
  } catch {
    // The next way is tried; what is missing in the end is said by the caller.
  }
}
