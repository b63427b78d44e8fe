import {spawn} from "node:child_process";
import {existsSync} from "node:fs";
import {mkdir, mkdtemp, rm, stat} from "node:fs/promises";
import {tmpdir} from "node:os";
import {dirname, join, resolve} from "node:path";
import type {Command} from "commander";
import {formatBytes} from "../experiment/format.ts";
import {UserError} from "./errors.ts";
import {findChromium} from "./findChromium.ts";
import {serveFolder} from "./serveFolder.ts";

interface Options {
  readonly site: string;
  readonly out?: string;
}

/** Adds the arguments and action of `readout pdf`: an experiment's page of the built site, printed. */
export function register(command: Command): void {
  command
    .argument("<id>", "experiment whose page is printed")
    .option("--site <dir>", "folder of the built site", "dist")
    .option("--out <file>", "file to write (default: <id>.pdf)")
    .addHelpText(
      "after",
      "\nPrints with Chromium, Chrome or Edge: the one that READOUT_CHROMIUM names, else the first that is found. The page is served to this machine only, while it is printed."
    )
    .action(async (id: string, {site, out = `${id}.pdf`}: Options) => {
      await printPage(id, {site, out});
      process.stdout.write(`${out}, ${formatBytes((await stat(out)).size)}\n`);
    });
}

/**
 * Writes an experiment's page as a PDF, by the stylesheet for print.
 *
 * @param options.seconds how long the browser may take; default 60
 * @throws {UserError} if the page was not built, no browser is found, or the browser writes nothing
 */
export async function printPage(
  id: string,
  {site, out, seconds = 60}: {site: string; out: string; seconds?: number}
): Promise<void> {
  if (!/^[\w-]+$/.test(id)) throw new UserError(`invalid id; not letters, digits, - and _: ${id}`);
  const page = join(site, "experiments", `${id}.html`);
  if (!existsSync(page)) throw new UserError(`missing page: ${page}; run \`readout publish\` first`);
  const browser = findChromium();
  if (browser === null)
    throw new UserError("missing Chromium, Chrome or Edge to print with; install one, or name it in READOUT_CHROMIUM");
  const target = resolve(out);
  await mkdir(dirname(target), {recursive: true});
  const profile = await mkdtemp(join(tmpdir(), "readout-pdf-"));
  const served = await serveFolder(site);
  try {
    await rm(target, {force: true});
    await print(browser, {url: `${served.origin}/experiments/${id}`, target, profile, seconds});
  } finally {
    await served.close();
    await rm(profile, {recursive: true, force: true, maxRetries: 5, retryDelay: 200});
  }
}

function print(
  browser: string,
  {url, target, profile, seconds}: {url: string; target: string; profile: string; seconds: number}
): Promise<void> {
  const flags = [
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--user-data-dir=${profile}`,
    // The page's own clock runs ahead until nothing is left to load and to draw.
    "--virtual-time-budget=20000",
    "--no-pdf-header-footer",
    `--print-to-pdf=${target}`,
    // Containers run as root, where Chromium's sandbox cannot start; the page is our own.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])
  ];
  return new Promise((done, failed) => {
    const child = spawn(browser, [...flags, url], {stdio: ["ignore", "ignore", "pipe"]});
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
    const late = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
    child.on("error", (error) => {
      clearTimeout(late);
      failed(error);
    });
    child.on("close", (code, signal) => {
      clearTimeout(late);
      if (existsSync(target)) done();
      else
        failed(
          new UserError(
            `missing PDF; ${browser} ${signal === "SIGKILL" ? `took more than ${seconds} s` : `ended with ${code}`}:\n${said.trim().split("\n").slice(-8).join("\n")}`
          )
        );
    });
  });
}
