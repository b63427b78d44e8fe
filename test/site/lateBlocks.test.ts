import {describe, expect, it} from "vitest";
import {Html, html} from "../../src/components/blocks/html.ts";
import {fillBlocks, lateBlocks} from "../../src/components/blocks/lateBlocks.ts";
import {sitePages} from "../../src/components/blocks/pages.ts";

const pages = {
  ...sitePages("none"),
  paths: () => ["/experiments/a", "/experiments/b"],
  block: (name: string) =>
    new Html(`<p>\n      <b title="x\n  y">${name}</b>\n    </p><pre>\n  SELECT <i>\n    1</i>\n</pre>`),
  head: () => "<meta>",
  header: () => "<nav></nav>",
  mark: () => "run"
};
const built = `<html><head></head><body><main id="observablehq-main"><!--block verdict--></main></body></html>`;

describe("lateBlocks(pages, options)", () => {
  it("leaves a mark for each block, and the head and bar of pages that are no experiment's", () => {
    const late = lateBlocks(pages);
    expect(String(late.block("verdict", {path: "/experiments/a"}))).toBe("<!--block verdict-->");
    expect(String(late.block("home", {path: "/index"}))).toBe("<!--block home-->");
    expect([late.head({path: "/experiments/a"}), late.head({path: "/index"})]).toEqual([null, "<meta>"]);
    expect([late.paths(), lateBlocks(pages, {only: ["/experiments/b"]}).paths()]).toEqual([
      pages.paths(),
      ["/experiments/b"]
    ]);
  });
});

describe("fillBlocks(built, page, pages)", () => {
  it("puts blocks in the place of their marks, and on an experiment's page head, bar and footer", () => {
    const page = fillBlocks(built, {path: "/experiments/a"}, pages);
    expect(page).toContain('<meta>\n<meta name="readout-live" content="run">\n</head>');
    expect(page).toMatch(/<nav><\/nav>\n<\/header>\n<main id="observablehq-main"[^]*verdict<\/b>[^]*<\/main>\n<footer/);
    expect(page).toContain('<a href="../methods.html">');
    const home = fillBlocks(built, {path: "/index"}, pages);
    expect(home).toContain("verdict</b>");
    expect(home).not.toMatch(/<!--block|<meta|<nav|<footer/);
  });
  it("leaves out what only indents tags, and nothing of texts, attributes and code", () => {
    const page = fillBlocks(built, {path: "/experiments/a"}, pages);
    expect(page).toContain('<p><b title="x\n  y">verdict</b></p><pre>\n  SELECT <i>\n    1</i>\n</pre>');
  });
  it("leaves out end tags of cells and rows and quotes around single words, but none that a parser needs", () => {
    const rows = [
      ["a", "1"],
      ["b", `"2" </td>`]
    ];
    const block = html`<table class="numbers two">
        <thead>
          <tr>
            <th scope="col">A</th>
            <th scope="col"></th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([head, cell]) =>
              html`<tr>
                <th scope="row">${head}</th>
                <td title="${cell}">${cell}</td>
              </tr> `
          )}
        </tbody>
      </table>
      <a class="x" href="a/b" data-tip="x=&#34;y&#34; z" hidden="">x</a>`;
    const page = fillBlocks(built, {path: "/index"}, {...pages, block: () => block});
    expect(page).toContain(
      `<table class="numbers two"><thead><tr><th scope=col>A<th scope=col><tbody><tr><th scope=row>a<td title=1>1` +
        `<tr><th scope=row>b<td title="&#34;2&#34; &#60;/td&#62;">&#34;2&#34; &#60;/td&#62;</table>`
    );
    expect(page).toContain(`<a class=x href="a/b" data-tip="x=&#34;y&#34; z" hidden="">x</a>`);
  });
});
