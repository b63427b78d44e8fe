import {existsSync} from "node:fs";
import {mkdir, mkdtemp, readFile, rm, writeFile} from "node:fs/promises";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {pathToFileURL} from "node:url";
import {afterEach, beforeAll, describe, expect, it} from "vitest";
import {copyPages, patternsOf} from "../../lib/commands/copyPages.ts";
import type {Slug} from "../../lib/commands/ownPage.ts";
import {headingSlug, ownPage} from "../../lib/commands/ownPage.ts";
import {lateBlocks} from "../../src/components/blocks/lateBlocks.ts";
import {pageMarkdown} from "../../src/components/blocks/markdown.ts";
import {sitePages} from "../../src/components/blocks/pages.ts";
import {fixtureIndex, fixtureReadouts, writeFixtures} from "../site/fixtures.ts";

const titles = [
  "Green checkout button",
  "A & B <i>x</i>",
  "Ünï códe — “quoted” 'it's' \"so\" $5$ `code` *em*",
  "你好",
  "42",
  "",
  "Readout",
  "a\u00a0b \\ FooBar 2.0 (c) ... -- $& $1",
  "folded\n"
];

/** Framework's own way from a page's source to its HTML, as its build goes it. */
type Framework = (title: string, id: string) => Promise<string>;

async function frameworkPages(): Promise<Framework> {
  const folder = join(dirname(createRequire(import.meta.url).resolve("@observablehq/framework/package.json")), "dist");
  const load = (file: string) => import(pathToFileURL(join(folder, file)).href);
  const [{createMarkdownIt, parseMarkdown}, {renderPage}] = await Promise.all([load("markdown.js"), load("render.js")]);
  return async (title, id) => {
    const path = `/experiments/${id}`;
    const pages = {...lateBlocks(sitePages("none")), title: () => title, source: () => null};
    const md = createMarkdownIt({typographer: true, markdownIt: (it: never) => pageMarkdown(it, pages)});
    const page = parseMarkdown("# {{title}}\n\n{{verdict}}\n", {md, path, params: {experiment: id}});
    const resolvers = {
      files: new Set(),
      stylesheets: new Set(),
      staticImports: new Set(),
      resolveFile: String,
      resolveImport: String,
      resolveLink: String
    };
    return renderPage(page, {title: "Readout", path, base: "/", resolvers, toc: {show: false}, sidebar: false});
  };
}

describe("ownPage(page, from, to, slug)", () => {
  let pageOf: Framework;
  let slug: Slug;
  beforeAll(async () => {
    pageOf = await frameworkPages();
    slug = (await headingSlug())!;
  });
  it("gives what Framework makes of the same title, whatever stands in it", async () => {
    for (const title of titles) {
      const from = {id: "a", title: "Checklist or video"};
      const own = ownPage(await pageOf(from.title, "a"), from, {id: "b", title}, slug);
      expect(own).toBe(await pageOf(title, "b"));
    }
  });
  it("copies from a title with letters of HTML, too", async () => {
    for (const title of titles) {
      const own = ownPage(await pageOf(title, "a"), {id: "a", title}, {id: "b", title: "Plain"}, slug);
      expect(own).toBe(await pageOf("Plain", "b"));
    }
  });
  it("names the other readout, and touches no other place where the id stands", () => {
    const page = `<title>A | Readout</title><h1 id="a" tabindex="-1"><a class="observablehq-header-anchor" href="#a">A</a></h1>
<a class="a">a</a> f("../readouts/a/readout.json", {"path":"../readouts/a/readout.json"}) readouts/aa/readout.json"`;
    const own = ownPage(page, {id: "a", title: "A"}, {id: "b-1", title: "A"}, slug);
    expect(own).toContain('f("../readouts/b-1/readout.json", {"path":"../readouts/b-1/readout.json"})');
    expect(own).toContain('<a class="a">a</a>');
    expect(own).toContain('readouts/aa/readout.json"');
    expect(ownPage(page.replaceAll(".json", ".json.gz"), {id: "a", title: "A"}, {id: "b-1", title: "A"}, slug)).toBe(
      own?.replaceAll(".json", ".json.gz")
    );
  });
  it("gives nothing for a page of another form, or a title that a parser would change", async () => {
    const from = {id: "a", title: "A"};
    expect(ownPage("<title>A</title>", from, {id: "b", title: "B"}, slug)).toBeNull();
    expect(ownPage(await pageOf("A", "a"), from, {id: "b", title: "B\u0000"}, slug)).toBeNull();
  });
});

describe("copyPages(folder, pages)", () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, {recursive: true, force: true});
  });

  async function site() {
    const folder = await mkdtemp(join(tmpdir(), "readout-test-"));
    folders.push(folder);
    const readouts = fixtureReadouts().slice(0, 4);
    await mkdir(join(folder, "src", "experiments"), {recursive: true});
    await writeFixtures(join(folder, "src", "readouts"), readouts, fixtureIndex(readouts));
    const pages = sitePages(join(folder, "src"));
    const framework = await frameworkPages();
    const dist = join(folder, "dist");
    await mkdir(join(dist, "experiments"), {recursive: true});
    for (const path of patternsOf(pages))
      await writeFile(
        join(dist, `${path}.html`),
        await framework(pages.title({path}), path.slice("/experiments/".length))
      );
    return {dist, pages, framework};
  }

  it("has Framework make two pages with a readout and two without one", async () => {
    const {pages} = await site();
    const patterns = patternsOf(pages);
    expect(patterns.filter((path) => pages.hasReadout({path}))).toHaveLength(2);
    expect(patterns).toEqual([...new Set(patterns)]);
    expect(patterns.length).toBeLessThanOrEqual(4);
  });
  it("writes the others as Framework would have", async () => {
    const {dist, pages, framework} = await site();
    expect(await copyPages(dist, pages)).toBe(true);
    for (const path of pages.paths())
      expect(await readFile(join(dist, `${path}.html`), "utf8")).toBe(
        await framework(pages.title({path}), path.slice("/experiments/".length))
      );
  });
  it("writes nothing if the second page is not what a copy of the first would be", async () => {
    const {dist, pages} = await site();
    const second = join(dist, `${patternsOf(pages)[1]}.html`);
    await writeFile(second, `${await readFile(second, "utf8")}<p>only here</p>`);
    expect(await copyPages(dist, pages)).toBe(false);
    const missing = pages.paths().filter((path) => !patternsOf(pages).includes(path));
    expect(missing.length).toBeGreaterThan(0);
    for (const path of missing) expect(existsSync(join(dist, `${path}.html`))).toBe(false);
  });
});
