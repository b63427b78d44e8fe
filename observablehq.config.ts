import {fixFramework} from "./lib/commands/fixFramework.ts";
import type {MarkdownIt} from "./src/components/blocks/markdown.ts";
import {pageMarkdown} from "./src/components/blocks/markdown.ts";
import {sitePages} from "./src/components/blocks/pages.ts";

const root = process.env.READOUT_SITE ?? "src";
const data = process.env.READOUT_DATA ?? "data";
const pages = sitePages(root, {definitions: `${data}/experiments`});

fixFramework([root, "lib"]);

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
  footer: 'Numbers by <a href="/methods">these methods</a>; nothing on this page was sent anywhere.',
  markdownIt: (md: MarkdownIt) => pageMarkdown(md, pages)
};
