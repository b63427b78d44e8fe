import katex from "katex";
import type {Html} from "./html.ts";

/** The part of markdown-it that pages need: Framework brings it, without types. */
type Token = {content: string; children: Token[] | null; map: [number, number] | null; block: boolean; markup: string};
type BlockState = {
  env: unknown;
  line: number;
  bMarks: number[];
  tShift: number[];
  eMarks: number[];
  src: string;
  getLines(from: number, to: number, indent: number, keepLast: boolean): string;
  push(type: string, tag: string, nesting: number): Token;
  Token: new (type: string, tag: string, nesting: number) => Token;
};
type InlineState = {src: string; pos: number; posMax: number; push(type: string, tag: string, nesting: number): Token};
type CoreState = {src: string; env: unknown};
type Ruler<Rule> = {
  before(name: string, added: string, rule: Rule, options?: {alt: string[]}): void;
  push(name: string, rule: Rule): void;
};
export type MarkdownIt = {
  core: {ruler: Ruler<(state: CoreState) => void>};
  block: {ruler: Ruler<(state: BlockState, start: number, end: number, silent: boolean) => boolean>};
  inline: {ruler: Ruler<(state: InlineState, silent: boolean) => boolean>};
  renderer: {rules: Record<string, (tokens: Token[], i: number, options: unknown, env: unknown) => string>};
};

/** The page that is being written: its path from the top of the site. */
export type Page = {path: string};

/** What the site knows of pages. */
export type PageBlocks = {
  /** The block that the page places as `{{name}}`; an error for a name that does not exist. */
  block(name: string, page: Page): Html;
  /** The title that `# {{title}}` stands for. */
  title(page: Page): string;
  /** The page's source, where it must be another than the file's. */
  source(page: Page): string | null;
};

/**
 * Returns markdown-it with three additions: a line `{{name}}` is a block written at build time from the data;
 * `# {{title}}` is the experiment's title; `$…$` and `$$` lines are formulas typeset at build time.
 */
export function pageMarkdown(md: MarkdownIt, blocks: PageBlocks): MarkdownIt {
  md.core.ruler.before("normalize", "page_source", (state) => {
    state.src = (isPage(state.env) && blocks.source(state.env)) || state.src;
  });
  md.block.ruler.before("heading", "page_block", (state, start, _end, silent) => {
    const line = lineOf(state, start);
    const match = /^(# )?\{\{(\w+)\}\}$/.exec(line.trim());
    if (!match) return false;
    if (silent) return true;
    if (match[1]) {
      state.push("heading_open", "h1", 1).markup = "#";
      const text = state.push("inline", "", 0);
      text.content = "";
      text.children = [new state.Token("text", "", 0)];
      for (const child of text.children) child.content = isPage(state.env) ? blocks.title(state.env) : "";
      state.push("heading_close", "h1", -1);
    } else {
      state.push("page_block", "", 0).content = match[2] ?? "";
    }
    state.line = start + 1;
    return true;
  });
  md.block.ruler.before("heading", "formula_block", (state, start, end, silent) => {
    if (lineOf(state, start).trim() !== "$$") return false;
    let last = start + 1;
    while (last < end && lineOf(state, last).trim() !== "$$") ++last;
    if (last >= end) return false;
    if (silent) return true;
    state.push("formula_block", "", 0).content = state.getLines(start + 1, last, 0, false);
    state.line = last + 1;
    return true;
  });
  md.inline.ruler.push("formula", (state, silent) => {
    const match = /^\$(?![\s{])([^$\n]+?)\$(?!\d)/.exec(state.src.slice(state.pos, state.posMax));
    if (!match) return false;
    if (!silent) state.push("formula", "", 0).content = match[1] ?? "";
    state.pos += match[0].length;
    return true;
  });
  md.renderer.rules.page_block = (tokens, i, _options, env) =>
    isPage(env) ? `${blocks.block(tokens[i]?.content ?? "", env)}\n` : "";
  md.renderer.rules.formula_block = (tokens, i) =>
    `<div class="formula" tabindex="0" role="group" aria-label="formula">${typeset(tokens[i], true)}</div>\n`;
  md.renderer.rules.formula = (tokens, i) => typeset(tokens[i], false);
  return md;
}

function typeset(token: Token | undefined, displayMode: boolean): string {
  return katex.renderToString(token?.content ?? "", {displayMode, throwOnError: true, output: "htmlAndMathml"});
}

function lineOf(state: BlockState, line: number): string {
  return state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);
}

function isPage(env: unknown): env is Page {
  return typeof env === "object" && env !== null && "path" in env && typeof env.path === "string";
}
