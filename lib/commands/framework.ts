import type {ChildProcess} from "node:child_process";
import {spawn} from "node:child_process";
import {createRequire} from "node:module";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";

/** Where the project lies: the folder of observablehq.config.ts, whatever folder the command is called from. */
export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** The folder of the pages, from the project's folder, unless a caller names another. */
export const pagesFolder = process.env.READOUT_SITE ?? "src";

/** What the configuration reads from the environment. */
export interface SiteEnvironment {
  /** Folder of the pages, from the project's folder; default `pagesFolder`. */
  readonly site?: string;
  /** Folder of the built site. */
  readonly out?: string;
  /** Path on the host that the site is served from; default /. */
  readonly base?: string;
  /** Whether `finishSite` writes the blocks of experiments' pages. */
  readonly late?: boolean;
  /** Pages of experiments that are made; default: all. */
  readonly only?: readonly string[];
  /** Folder of the definitions. */
  readonly data?: string;
}

/** Starts Observable Framework in the project's folder. */
export function startFramework(
  args: readonly string[],
  {site, out, base, data, late = false, only}: SiteEnvironment = {},
  {stdio = "pipe"}: {stdio?: "pipe" | "inherit"} = {}
): ChildProcess {
  const bin = join(
    dirname(createRequire(import.meta.url).resolve("@observablehq/framework/package.json")),
    "dist",
    "bin",
    "observable.js"
  );
  return spawn(process.execPath, [bin, ...args], {
    cwd: projectFolder,
    stdio: stdio === "pipe" ? ["ignore", "pipe", "pipe"] : "inherit",
    env: {
      ...process.env,
      OBSERVABLE_TELEMETRY_DISABLE: "true",
      READOUT_LATE: late ? "1" : "0",
      ...(only === undefined ? {} : {READOUT_ONLY: only.join(",")}),
      ...(site === undefined ? {} : {READOUT_SITE: site}),
      ...(out === undefined ? {} : {READOUT_DIST: out}),
      ...(base === undefined ? {} : {READOUT_BASE: base}),
      ...(data === undefined ? {} : {READOUT_DATA: data})
    }
  });
}
