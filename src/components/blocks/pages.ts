import {existsSync, readdirSync, readFileSync, statSync} from "node:fs";
import {createRequire} from "node:module";
import {basename, dirname, join} from "node:path";
import {indexSchema, readoutSchema, schemaVersion} from "../../../lib/experiment/readout.ts";
import type {IndexEntry, Readout, ReadoutIndex} from "../../../lib/experiment/readout.ts";
import {explore} from "../explore/files.ts";
import {markOf} from "../page/pollRun.ts";
import {alerts} from "./alerts.ts";
import {failed} from "./failed.ts";
import {home, homeSentence} from "./home.ts";
import type {Html} from "./html.ts";
import {html} from "./html.ts";
import type {Page, PageBlocks} from "./markdown.ts";
import {navigation} from "./navigation.ts";
import {social} from "./social.ts";
import {story} from "./story.ts";
import {glossary} from "./terms.ts";
import {tools} from "./tools.ts";
import type {ValidationLine} from "./validation.ts";
import {validation} from "./validation.ts";

const parquet = /\.parquet$|^readout\.json$|^memo\./;
const fonts = [
  "Main-Regular",
  "Main-Bold",
  "Main-Italic",
  "Math-Italic",
  "AMS-Regular",
  "Caligraphic-Regular",
  "Size1-Regular",
  "Size2-Regular",
  "Size3-Regular",
  "Size4-Regular"
];

/** All that the configuration asks of a page, from its path alone. */
export type SitePages = PageBlocks & {
  /** Paths of all experiments, the failed ones too. */
  paths(): string[];
  /** Whether the page is that of an experiment whose readout can be read. */
  hasReadout(page: Page): boolean;
  head(page: Page): string;
  header(page: Page): string;
  /** What an experiment's page shows, as `markOf` says it; empty for pages without a readout. */
  mark(page: Page): string;
};

/** Returns the pages of the site under `root`, read from `root/readouts` whenever they are asked for. */
export function sitePages(root: string, {definitions = "data/experiments"}: {definitions?: string} = {}): SitePages {
  const readouts = join(root, "readouts");
  const read = fileCache();

  function index(): ReadoutIndex {
    const parsed = indexSchema.safeParse(parseJson(read(join(readouts, "index.json"))));
    return parsed.success ? parsed.data : {schemaVersion, asOf: null, experiments: []};
  }

  function paths(): string[] {
    if (!existsSync(join(root, "experiments"))) return [];
    const listed = index().experiments.map((e) => e.id);
    const ids = listed.length > 0 || !existsSync(definitions) ? listed : namesIn(definitions);
    return ids.map((id) => `/experiments/${id}`);
  }

  function entryOf(id: string): IndexEntry | null {
    return index().experiments.find((e) => e.id === id) ?? null;
  }

  function block(name: string, page: Page): Html {
    const id = experimentOf(page);
    const top = rootOf(page);
    if (id === null) return siteBlock(name, top);
    const readout = readReadout(read(join(readouts, id, "readout.json")));
    if (typeof readout === "string") return failed(entryOf(id), entryOf(id)?.error ?? readout);
    const make = story[name];
    if (!make) throw new Error(`unknown block: ${name}`);
    const folder = join(readouts, id);
    return make({
      readout,
      root: top,
      folder: `${top}readouts/${id}/`,
      files: readdirSync(folder)
        .filter((f) => parquet.test(f))
        .sort()
    });
  }

  function siteBlock(name: string, top: string): Html {
    switch (name) {
      case "home":
        return home(index(), top);
      case "alerts":
        return alerts(index(), top);
      case "explore":
        return explore(index(), {
          root: top,
          readoutOf: (id) => {
            const readout = readReadout(read(join(readouts, id, "readout.json")));
            return typeof readout === "string" ? null : readout;
          },
          filesOf: (id) => (existsSync(join(readouts, id)) ? readdirSync(join(readouts, id)) : [])
        });
      case "glossary":
        return glossary();
      case "validation":
        return validation(validationLines(read(join(root, "components", "validation.json"))));
      default: {
        const make = tools[name];
        if (!make) throw new Error(`unknown block: ${name}`);
        return make({readouts: everyReadout, root: top}) ?? html``;
      }
    }
  }

  function everyReadout(): Readout[] {
    return index().experiments.flatMap(({id}) => {
      const readout = readReadout(read(join(readouts, id, "readout.json")));
      return typeof readout === "string" ? [] : [readout];
    });
  }

  function title(page: Page): string {
    const id = experimentOf(page) ?? basename(page.path);
    const readout = readReadout(read(join(readouts, id, "readout.json")));
    return typeof readout === "string" ? (entryOf(id)?.title ?? id) : readout.title;
  }

  function hasReadout(page: Page): boolean {
    const id = experimentOf(page);
    return id !== null && typeof readReadout(read(join(readouts, id, "readout.json"))) !== "string";
  }

  return {
    paths,
    hasReadout,
    block,
    title,
    source(page) {
      if (experimentOf(page) === null)
        return page.path === "/index" && !existsSync(join(readouts, "index.json"))
          ? "# Experiments\n\n{{home}}\n"
          : null;
      return hasReadout(page) ? null : "# {{title}}\n\n{{failed}}\n";
    },
    head(page) {
      const id = experimentOf(page);
      const style = page.path === "/methods" ? formulaStyle(read) : "";
      const icon = `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(iconSvg)}">`;
      if (id === null) return `${icon}\n${social(pageDescription(page, index()))}${style}`;
      const readout = readReadout(read(join(readouts, id, "readout.json")));
      const text =
        typeof readout === "string"
          ? {title: `Not built: ${title(page)}`, description: "There is no readout of this experiment."}
          : {title: `${readout.decision.label}: ${readout.title}`, description: readout.decision.sentence};
      return `${icon}\n${social(text)}${style}`;
    },
    header(page) {
      const id = experimentOf(page);
      const readout = id === null ? null : readReadout(read(join(readouts, id, "readout.json")));
      const asOf = readout !== null && typeof readout !== "string" ? readout.asOf : index().asOf;
      return String(navigation(page.path, {asOf, has: (path) => path === "/" || existsSync(join(root, `${path}.md`))}));
    },
    mark(page) {
      const id = experimentOf(page);
      const readout = id === null ? "" : readReadout(read(join(readouts, id, "readout.json")));
      return typeof readout === "string" ? "" : markOf({runId: readout.runId, stale: readout.stale?.reason ?? null});
    }
  };
}

const iconSvg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M8 1v14" stroke="#888"/><path d="M3 8h11" stroke="#2f6bd8" stroke-width="2"/><circle cx="9.5" cy="8" r="3" fill="#2f6bd8"/></svg>`;

function pageDescription({path}: Page, index: ReadoutIndex): {title: string; description: string} {
  if (path === "/index") return {title: "Readout", description: homeSentence(index)};
  if (path === "/methods")
    return {title: "Methods", description: "Every formula that these readouts use, its assumptions and its source."};
  if (path === "/simulate")
    return {title: "Simulate", description: "Watch an experiment whose truth is known, with whatever can go wrong."};
  if (path === "/peeking")
    return {
      title: "Peeking",
      description: "Thousands of experiments without an effect: what looking every night does."
    };
  if (path === "/plan")
    return {
      title: "Plan",
      description: "Units, days, effect and power of a new experiment, from the traffic of earlier ones."
    };
  if (path === "/bandit")
    return {
      title: "Bandit",
      description: "Five arms, traffic that follows what pays, and what can honestly be said after."
    };
  if (path === "/explore")
    return {
      title: "Explore",
      description: "Filter a readout, cross its dimensions and go back in time, in the browser."
    };
  if (path === "/try")
    return {title: "Try", description: "A readout of your own file, computed in the browser; nothing leaves it."};
  if (path === "/health")
    return {title: "Health", description: "What the checks of all experiments found, newest first."};
  return {title: "Readout", description: "Readouts of experiments."};
}

/** Returns the id of the experiment that the page shows; null for every other page. */
export function experimentOf({path}: Page): string | null {
  return /^\/experiments\/([^/]+)$/.exec(path)?.[1] ?? null;
}

function rootOf({path}: Page): string {
  return "../".repeat(path.split("/").length - 2) || "./";
}

function namesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((f) => /\.ya?ml$/.test(f))
    .map((f) => f.replace(/\.ya?ml$/, ""))
    .sort();
}

/** Returns the readout, or why there is none in words for a reader. */
function readReadout(cached: Cached): Readout | string {
  return (cached.readout ??= parseReadout(cached.text));
}

function parseReadout(text: string | null): Readout | string {
  if (text === null) return "missing file: readout.json";
  const value = parseJson({text});
  if (value === undefined) return "invalid readout.json; not JSON";
  if (isObject(value) && typeof value.schemaVersion === "number" && value.schemaVersion > schemaVersion)
    return `unknown schemaVersion; this site reads up to ${schemaVersion}: ${value.schemaVersion}`;
  const parsed = readoutSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return `invalid readout.json; ${issue?.path.join(".")}: ${issue?.message}`;
}

function validationLines(cached: Cached): ValidationLine[] | null {
  const value = parseJson(cached);
  const rows = isObject(value) && Array.isArray(value.rows) ? value.rows : value;
  return Array.isArray(rows) ? rows.filter(isLine) : null;
}

function isLine(value: unknown): value is ValidationLine {
  return (
    isObject(value) &&
    typeof value.method === "string" &&
    typeof value.data === "string" &&
    typeof value.experiments === "number" &&
    typeof value.verdict === "string"
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson({text}: {text: string | null}): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Cached = {text: string | null; time: number; readout?: Readout | string};

/** Returns a reader that keeps a file's text until the file changes; a missing file has none. */
function fileCache(): (path: string) => Cached {
  const cache = new Map<string, Cached>();
  return (path) => {
    const time = statSync(path, {throwIfNoEntry: false})?.mtimeMs ?? -1;
    const known = cache.get(path);
    if (known && known.time === time) return known;
    const cached = {text: time < 0 ? null : readFileSync(path, "utf8"), time};
    cache.set(path, cached);
    return cached;
  };
}

/** Returns katex's style with its fonts inside, so that formulas need no other file. */
function formulaStyle(read: (path: string) => Cached): string {
  const folder = dirname(createRequire(import.meta.url).resolve("katex/dist/katex.min.css"));
  const css = read(join(folder, "katex.min.css")).text ?? "";
  const inlined = css.replace(/@font-face\{[^}]*\}/g, (face) => {
    const font = /url\(fonts\/KaTeX_([\w-]+)\.woff2\)/.exec(face)?.[1];
    if (!font || !fonts.includes(font)) return "";
    const data = readFileSync(join(folder, "fonts", `KaTeX_${font}.woff2`)).toString("base64");
    return face.replace(/src:[^;}]*/, `src:url(data:font/woff2;base64,${data}) format("woff2")`);
  });
  return `\n<style>${inlined}</style>`;
}
