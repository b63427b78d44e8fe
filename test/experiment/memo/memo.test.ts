import MarkdownIt from "markdown-it";
import {describe, expect, it} from "vitest";
import {memoContent} from "../../../lib/experiment/memo/memoContent.ts";
import {csvCell, memoCsv} from "../../../lib/experiment/memo/memoCsv.ts";
import {escapeHtml, memoHtml} from "../../../lib/experiment/memo/memoHtml.ts";
import {escapeMarkdown, memoMarkdown} from "../../../lib/experiment/memo/memoMarkdown.ts";
import {experimentWith, metricOf, metricsWith, readoutWith, share, sumsWith, trafficOf} from "../sums.ts";

const traffic = trafficOf(...Array.from({length: 7}, () => ({control: 500, treatment: 500})));
const arms = {control: share(3500, 350), treatment: share(3500, 420)};

function readout(written: object = {}, metrics: object = {}) {
  return readoutWith({
    experiment: experimentWith({
      hypothesis: "Green sells.",
      owner: "growth@example.com",
      end: "2026-02-01",
      metrics: {primary: ["purchase"], guardrails: [{metric: "errors", margin: "50%"}]},
      minimumEffect: {purchase: "2%"},
      ...written
    }),
    metrics: metricsWith(metrics),
    sums: sumsWith({
      traffic,
      metrics: {purchase: metricOf(arms), errors: metricOf({control: share(3500, 90), treatment: share(3500, 80)})},
      rows: 100,
      excluded: [{reason: "not-numeric", fact: "events", rows: 9, units: null}]
    })
  });
}

const hostile = `</script><img src=x onerror=alert(1)> [click](javascript:alert(1)) \`code\` | **bold** www.evil.example http://evil.example\n# heading\u202egnp`;

describe("memoContent(readout)", () => {
  it("has every part that a reader of a memo asks for", () => {
    const {sections, verdict} = memoContent(readout());
    expect(sections.map(({heading}) => heading)).toEqual([
      "Question",
      "Why",
      "What would change it",
      "Numbers",
      "Guardrails",
      "Health",
      "What changed",
      "Registered design",
      "Limits"
    ]);
    expect(verdict).toMatchObject({key: "keep-running", label: "Keep running"});
    expect(sections[0]!.lines.join(" ")).toContain("Green sells.");
    expect(sections[0]!.lines.join(" ")).toContain("growth@example.com");
    expect(sections[3]!.table!.rows[0]!.slice(0, 5)).toEqual(["purchase", "primary", "treatment", "10%", "12%"]);
  });

  it("says the worst of each guardrail where there are several treatments", () => {
    const variants = {control: {role: "control", weight: 0.4}, a: {weight: 0.3}, b: {weight: 0.3, name: "Blue"}};
    const errors = metricOf({control: share(9000, 90), a: share(9000, 90), b: share(9000, 400)});
    const guardrails = memoContent(
      readoutWith({
        experiment: experimentWith({
          variants,
          metrics: {primary: ["purchase"], guardrails: [{metric: "errors", margin: "50%"}]}
        }),
        sums: sumsWith({metrics: {errors}})
      })
    ).sections.find(({heading}) => heading === "Guardrails")!;
    expect(guardrails.lines).toEqual(["errors, worst of 2 treatments: severe."]);
    expect(guardrails.bullets!.at(-1)).toMatch(/^severe, Blue: errors: worse than the margin of 50%/);
  });

  it("says what is missing instead of leaving it out", () => {
    const {sections} = memoContent(readoutWith());
    const text = JSON.stringify(sections);
    expect(text).toContain("No hypothesis was written down.");
    expect(text).toContain("nobody named");
    expect(text).toContain("Nothing since the last build.");
    expect(text).not.toMatch(/undefined|NaN|null/);
  });

  it("names limits: rows left out, looks without correction, an error rate that does not hold", () => {
    const limits = memoContent(readout({design: {method: "always-valid"}}))
      .sections.at(-1)!
      .lines.join(" ");
    expect(limits).toContain("9 of 100 input rows were left out");
    expect(limits).toContain("without a correction for looks");
    expect(limits).toContain("not guaranteed");
  });
});

describe("memoMarkdown(readout)", () => {
  it("is a memo that reads as text", () => {
    const text = memoMarkdown(readout());
    expect(text).toMatch(/^# A test\n\n\*\*Keep running\.\*\* purchase rose by 20%/);
    expect(text).toContain("\n## Guardrails\n\n- passed, treatment: errors");
    expect(
      text
        .split("\n")
        .filter((line) => line.startsWith("|"))
        .map((line) => line.split(/(?<!\\)\|/).length)
    ).toEqual([13, 13, 13, 13]);
  });

  it("lets no text from data start markup, a link or HTML", () => {
    const text = memoMarkdown(
      readout(
        {title: hostile, hypothesis: hostile, owner: "a|b\n- c"},
        {errors: {kind: "proportion", name: hostile, direction: "decrease", fact: "events"}}
      )
    );
    expect(text).not.toMatch(/<[a-z/!]/i);
    expect(text).not.toMatch(/(?<!\\)\]\(/);
    expect(text).not.toMatch(/https?:\/\//);
    expect(text).not.toMatch(/www\.evil/);
    expect(text).not.toContain("\u202e");
    expect(text.split("\n").filter((line) => line.startsWith("# "))).toHaveLength(1);
    expect(text).toContain("a\\|b - c");
  });

  it("renders hostile text as the very text, where HTML is allowed", () => {
    const html = new MarkdownIt({html: true}).render(memoMarkdown(readout({title: hostile, hypothesis: hostile})));
    expect(html).not.toMatch(/<(script|img|a |code>|strong>bold)/);
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).toContain(
      "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; [click](javascript:alert(1)) `code` | **bold**"
    );
  });

  it.each([
    ["- item", "\\- item"],
    ["+ item", "\\+ item"],
    ["1. item", "1\\. item"],
    ["    code", "code"],
    ["===", "\\==="],
    ["---", "\\---"],
    ["# heading", "\\# heading"],
    ["-1.5% (0.25)", "-1.5% (0.25)"],
    ["0.25: fine!", "0.25: fine!"],
    ["[a](https://b)", "\\[a\\](https\\://b)"],
    ["![a][b]", "!\\[a\\]\\[b\\]"],
    ["> quote", "&gt; quote"],
    ["&copy;", "&amp;copy;"],
    ["user@example.com", "user\\@example.com"],
    ["", ""]
  ])("escapes %j", (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected);
  });

  it("fences a definition longer than any run of backticks in it", () => {
    const made = readout();
    const text = memoMarkdown({...made, design: {...made.design, text: "title: |\n  ````\n  # not a heading\n"}});
    expect(text).toContain("`````yaml\ntitle: |\n  ````\n  # not a heading\n`````");
  });
});

describe("memoHtml(readout)", () => {
  it("is one file without a script or a request", () => {
    const text = memoHtml(readout());
    expect(text).toMatch(/^<!doctype html>/);
    expect(text).toContain("default-src 'none'");
    expect(text).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|src=|href=|\son[a-z]+=/i);
    expect(text).toContain("<td>12%</td>");
    for (const tag of ["table", "tr", "ul", "li", "main", "pre"])
      expect(text.split(`<${tag}>`).length, tag).toBe(text.split(`</${tag}>`).length);
  });

  it("escapes text from data wherever it stands", () => {
    const text = memoHtml(
      readout({title: hostile, hypothesis: hostile}, {purchase: {kind: "proportion", name: hostile, fact: "events"}})
    );
    expect(text).not.toMatch(/<script|<img|<\/script/i);
    expect(text).not.toContain("\u202e");
    expect(text.match(/<title>(.*)<\/title>/s)![1]).not.toContain("<");
    expect(escapeHtml(`<a b="c" d='e'>&`)).toBe("&#60;a b=&#34;c&#34; d=&#39;e&#39;&#62;&#38;");
  });
});

describe("memoCsv(readout)", () => {
  it("is RFC 4180: a line per metric and treatment, every line as long as the head", () => {
    const lines = memoCsv(readout()).split("\r\n");
    expect(lines.pop()).toBe("");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^metric,role,kind,unit,variant,baseline,control_n,control_mean/);
    const [head, first] = lines.map((line) => line.split(","));
    expect(first).toHaveLength(head!.length);
    expect(first!.slice(0, 10)).toEqual([
      "purchase",
      "primary",
      "proportion",
      "",
      "treatment",
      "control",
      "3500",
      "0.1",
      "3500",
      "0.12"
    ]);
  });

  it.each([
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    [" =1+1", "' =1+1"],
    ["\t=1", "'\t=1"],
    ["\uff1d1+1", "'\uff1d1+1"],
    ["\r=1", '"\'\r=1"'],
    ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
    ["a,b", '"a,b"'],
    ["a\nb", '"a\nb"'],
    ["plain", "plain"],
    ["", ""]
  ])("writes the text %j so that no spreadsheet runs it", (text, expected) => {
    expect(csvCell(text)).toBe(expected);
  });

  it("writes numbers bare, also negative ones, and nothing for null", () => {
    expect([csvCell(-1.5), csvCell(1e-21), csvCell(null)]).toEqual(["-1.5", "1e-21", ""]);
  });
});
