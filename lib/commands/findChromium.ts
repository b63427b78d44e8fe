import {existsSync} from "node:fs";
import {delimiter, join} from "node:path";
import {UserError} from "./errors.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
const elsewhere = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe"
];

/**
 * Returns the path of a browser that Chromium is in: the one that READOUT_CHROMIUM names, else the first on the PATH or
 * where installers put it; null if there is none.
 *
 * @throws {UserError} if READOUT_CHROMIUM names what is not there
 */
export function findChromium({env = process.env}: {env?: Readonly<Record<string, string | undefined>>} = {}):
  string | null {
  const named = env.READOUT_CHROMIUM;
  if (named !== undefined && named !== "") {
    if (!existsSync(named)) throw new UserError(`missing file named by READOUT_CHROMIUM: ${named}`);
    return named;
  }
  const folders = (env.PATH ?? "").split(delimiter).filter(Boolean);
  const paths = names.flatMap((name) => folders.flatMap((folder) => [join(folder, name), join(folder, `${name}.exe`)]));
  return [...paths, ...elsewhere].find((path) => existsSync(path)) ?? null;
}
