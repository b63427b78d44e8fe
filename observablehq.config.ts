import {fixFramework} from "./lib/commands/fixFramework.ts";
import {lateBlocks, promptBlocks} from "./src/components/blocks/lateBlocks.ts";
import type {MarkdownIt} from "./src/components/blocks/markdown.ts";
import {pageMarkdown} from "./src/components/blocks/markdown.ts";
import {sitePages} from "./src/components/blocks/pages.ts";

const root = process.env.READOUT_SITE ?? "src";
const data = process.env.READOUT_DATA ?? "data";
const late = process.env.READOUT_LATE === "1";
const all = sitePages(root, {definitions: `${data}/experiments`});
const only = process.env.READOUT_ONLY?.split(",");
const pages = late ? lateBlocks(all, {...(only ? {only} : {})}) : promptBlocks(all);

fixFramework([root, "lib"], {still: late});

export default {
  title: "Readout",
  root,
  output: process.env.READOUT_DIST ?? "dist",
  base: process.env.READOUT_BASE ?? "/",
  style: "style.css",
  globalStylesheets: [],
  preserveExtension: true,
  sidebar: false,
  pager: false,
  toc: false,
  search: false,
  typographer: true,
  pages: [],
  dynamicPaths: () => pages.paths(),
  head: pages.head,
  header: pages.header,
  footer: pages.footer,
  markdownIt: (md: MarkdownIt) => pageMarkdown(md, pages)
};
