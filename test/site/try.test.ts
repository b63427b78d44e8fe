import {existsSync, readFileSync} from "node:fs";
import {mkdtemp, readFile, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join, resolve} from "node:path";
import {gzipSync} from "node:zlib";
import {DuckDBInstance} from "@duckdb/node-api";
import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {formatPercent} from "../../lib/experiment/format.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {tryEngine} from "../../src/components/try/tryEngine.ts";
import {builtCubes} from "./builtSite.ts";
import {launchChromium} from "./chromium.ts";
import {hostileValues} from "./cubes.ts";
import type {Served} from "./serve.ts";
import {serve} from "./serve.ts";
import type {Visit} from "./visit.ts";
import {seriousFaults, sideways, visit} from "./visit.ts";

const shared = resolve(process.env["READOUT_SHARED_DATA"] ?? "../shared/data");
const present = existsSync(join(shared, "expected.json"));
if (!present) console.log(`skipped: the real logs of ${shared} are absent`);

let browser: Browser;
let served: Served;
let dist: string;

beforeAll(async () => {
  dist = await builtCubes();
  [browser, served] = await Promise.all([launchChromium(), serve(dist)]);
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

type Upload = {name: string; mimeType: string; buffer: Buffer};
const upload = (name: string, content: string | Buffer): Upload => ({
  name,
  mimeType: "",
  buffer: Buffer.from(content)
});

async function open(options: Parameters<typeof visit>[3] = {}): Promise<Visit> {
  const visited = await visit(browser, served.origin, "try", options);
  await visited.page.waitForSelector(".drop input");
  return visited;
}

/** Gives the page a file and waits until it has said something of it. */
async function give(page: Page, file: Upload | string): Promise<void> {
  await page.setInputFiles(".drop input", file);
  await page.waitForFunction(
    () =>
      !document.querySelector(".try[aria-busy], .outcome[aria-busy]") &&
      document.querySelector(".outcome .notice, .outcome .result-heading"),
    null,
    {timeout: 120_000}
  );
}

const small = [
  ["variant", "users", "purchases"],
  ["control", "2000", "200"],
  ["green", "2000", "260"]
];
const lines = (separator: string, end = "\n") => small.map((row) => row.join(separator)).join(end) + end;

describe("Try", () => {
  it("reads a file, guesses its columns and gives a readout and a decision, without a request", async () => {
    const {page, troubles, close} = await open();
    await page.waitForLoadState("networkidle");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await give(page, upload("small.csv", lines(",")));
    expect((await page.textContent(".said"))?.replace(/\s/g, " ")).toBe("small.csv: 2 rows, 3 columns.");
    expect(await page.inputValue("select[name=variant]")).toBe("variant");
    expect(await page.inputValue("select[name=count]")).toBe("users");
    expect(await page.textContent(".outcome")).toMatch(/purchases rose by 30%/);
    expect(await page.locator(".outcome .verdict").count()).toBeGreaterThan(0);
    await page.selectOption("select[name=control]", "green");
    await expect.poll(() => page.textContent(".outcome")).toMatch(/purchases fell by 23%/);
    expect(asked.filter((url) => !/^(data|blob):/.test(url))).toEqual([]);
    expect(troubles).toEqual([]);
    await close();
  }, 90_000);

  it("reads whatever tables come as: tabs, semicolons, a mark of order, CRLF, quotes, gzip", async () => {
    const {page, troubles, close} = await open();
    const files = [
      upload("tabs.tsv", lines("\t")),
      upload("semicolons.csv", `\ufeff${lines(";", "\r\n")}`),
      upload("quoted.csv", small.map((row) => row.map((cell) => `"${cell}"`).join(",")).join("\n")),
      upload("packed.csv.gz", gzipSync(lines(","))),
      upload("old.csv", Buffer.from(`\ufeff${lines(",")}`, "utf16le"))
    ];
    for (const file of files) {
      await give(page, file);
      await expect.poll(() => page.textContent(".said")).toContain(file.name);
      await expect.poll(() => page.textContent(".result-heading").catch(() => "")).toBe(file.name);
      expect(await page.textContent(".outcome"), file.name).toMatch(/purchases rose by 30%/);
    }
    const comma =
      "gruppe;id;umsatz\n" +
      Array.from({length: 60}, (_, i) => `${i % 2 ? "control" : "neu"};u${i};${10 + i},5`).join("\n");
    await give(page, upload("komma.csv", comma));
    await expect.poll(() => page.textContent(".result-heading").catch(() => "")).toBe("komma.csv");
    expect(await page.textContent(".outcome")).toMatch(/umsatz/);
    expect(troubles).toEqual([]);
    await close();
  }, 120_000);

  it.each([
    ["empty.csv", "", /is empty/],
    ["head.csv", "variant,users\n", /no rows below its header/],
    ["book.xlsx", "PK\u0003\u0004...", /spreadsheet or an archive/],
    ["picture.png", "\u0089PNG\0\0\0", /neither CSV nor Parquet/],
    ["cut.parquet", "PAR1 cut short", /damaged/],
    ["cut.csv.gz", gzipSync(lines(",")).subarray(0, 20), /damaged: it is no whole gzip file/],
    ["one.csv", "a,b\n1,2\n3,4\n", /no column that could be the variant|no metric|There is no readout yet/]
  ])(
    "says what is wrong with %s, and takes the next file",
    async (name, content, words) => {
      const {page, troubles, close} = await open();
      await give(page, upload(name, content));
      expect(await page.textContent(".outcome")).toMatch(words);
      await give(page, upload("small.csv", lines(",")));
      await expect.poll(() => page.textContent(".outcome")).toMatch(/purchases rose by 30%/);
      expect(troubles).toEqual([]);
      await close();
    },
    90_000
  );

  it("shows hostile text as text", async () => {
    const {page, troubles, close} = await open();
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const rows = Array.from({length: 240}, (_, i) =>
      [i % 2 ? "control" : hostileValues[0]!, `u${i}`, hostileValues[i % 6]!, String((i * 7) % 11)]
        .map(quoted)
        .join(",")
    );
    await give(page, upload("<img src=x>.csv", `group,user_id,${quoted(hostileValues[1]!)},spent\n${rows.join("\n")}`));
    await expect.poll(() => page.locator(".result-heading").count()).toBe(1);
    expect(await page.locator(".try img, .try script").count()).toBe(0);
    expect(await page.title()).not.toBe("hit");
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    expect(troubles).toEqual([]);
    await close();
  }, 90_000);

  it("stays responsive while very many rows are read", async () => {
    const {page, troubles, close} = await open();
    await page.waitForLoadState("networkidle");
    const rows = Array.from({length: 200_000}, (_, i) => `u${i},${i % 2 ? "a" : "b"},${(i * 31) % 97}`);
    const [longest] = await Promise.all([
      page.evaluate(async () => {
        let [last, most] = [performance.now(), 0];
        while (!document.querySelector(".result-heading")) {
          await new Promise((done) => setTimeout(done, 5));
          most = Math.max(most, performance.now() - last);
          last = performance.now();
        }
        return most;
      }),
      page.setInputFiles(".drop input", upload("many.csv", `user_id,variant,score\n${rows.join("\n")}`))
    ]);
    expect(await page.textContent(".said")).toContain("200,000");
    // The work itself takes seconds; what the page waits for is the drawing of the readout.
    expect(longest).toBeLessThan(3000);
    expect(troubles).toEqual([]);
    await close();
  }, 180_000);

  it("reads a Parquet file of many rows", async () => {
    const folder = await mkdtemp(join(tmpdir(), "readout-try-"));
    const path = join(folder, "units.parquet");
    const engine = await (await DuckDBInstance.create(":memory:")).connect();
    await engine.run(`COPY (
      SELECT 'u' || i AS user_id, CASE WHEN i % 2 = 0 THEN 'control' ELSE 'green' END AS variant,
        i % 4 = 0 OR i % 10 = 1 OR i % 10 = 3 AS bought, (i * 31 % 97)::DOUBLE AS score
      FROM range(150000) t(i)) TO '${path}' (FORMAT PARQUET, COMPRESSION ZSTD)`);
    engine.closeSync();
    const {page, troubles, close} = await open();
    await give(page, path);
    expect((await page.textContent(".said"))?.replace(/\s/g, " ")).toBe("units.parquet: 150,000 rows, 4 columns.");
    expect(await page.inputValue("select[name=unit]")).toBe("user_id");
    // Of the control one in two bought, of green two in five.
    expect(await page.textContent(".outcome")).toMatch(/bought fell by 20%/);
    expect(troubles).toEqual([]);
    await close();
    await rm(folder, {recursive: true});
  }, 120_000);

  it("prints the readout without the form, and all of it", async () => {
    const {page, close} = await open();
    await page.click("[data-sample=units]");
    await page.waitForSelector(".result-heading");
    await page.emulateMedia({media: "print"});
    for (const selector of [".drop", ".columns", ".tour"])
      expect(await page.locator(selector).filter({visible: true}).count(), selector).toBe(0);
    expect(await page.isVisible(".outcome .verdict")).toBe(true);
    expect(await page.isVisible("table.metrics")).toBe(true);
    expect((await page.pdf({format: "A4"})).length).toBeGreaterThan(10_000);
    await close();
  }, 60_000);

  it("works in the page itself where no worker can be had", async () => {
    const {page, close} = await open({
      prepare: async (context) => void (await context.addInitScript("delete globalThis.Worker"))
    });
    await give(page, upload("small.csv", lines(",")));
    expect(await page.textContent(".outcome")).toMatch(/purchases rose by 30%/);
    await close();
  }, 60_000);

  it("shows the tour once, to be skipped by button or key, not in print", async () => {
    const {page, context, troubles, close} = await open();
    expect(await page.textContent(".tour")).toContain("1 of 3");
    await page.click(".tour [name=next]");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("next");
    await page.emulateMedia({media: "print"});
    expect(await page.isVisible(".tour")).toBe(false);
    await page.emulateMedia({media: "screen"});
    await page.keyboard.press("Escape");
    expect(await page.locator(".tour").count()).toBe(0);
    const again = await context.newPage();
    await again.goto(`${served.origin}/try`);
    await again.waitForSelector(".drop input");
    expect(await again.locator(".tour").count()).toBe(0);
    await again.click("button[name=tour]");
    await again.click(".tour [name=skip]");
    expect(await again.locator(".tour, .toured").count()).toBe(0);
    expect(troubles).toEqual([]);
    await close();
  }, 60_000);

  it.each([
    ["wide and light", {viewport: {width: 1400, height: 900}}],
    ["on a phone in the dark", {viewport: {width: 360, height: 740}, colorScheme: "dark" as const}]
  ])(
    "has no serious fault for axe %s, and is no wider than the window",
    async (_, options) => {
      const {page, troubles, close} = await open(options);
      await page.click("[data-sample=units]");
      await page.waitForSelector(".result-heading");
      await page.waitForTimeout(300);
      expect(await seriousFaults(page)).toEqual([]);
      expect(await sideways(page)).toBeLessThanOrEqual(0);
      expect(troubles).toEqual([]);
      await close();
    },
    90_000
  );

  it("says that it needs JavaScript where there is none", async () => {
    const context = await browser.newContext({javaScriptEnabled: false});
    const page = await context.newPage();
    await page.goto(`${served.origin}/try`);
    expect(await page.textContent(".try")).toContain("needs JavaScript");
    await context.close();
  });
});

describe.skipIf(!present)("Try on real experiments", () => {
  const expected = present ? JSON.parse(readFileSync(join(shared, "expected.json"), "utf8")) : null;

  async function readoutFrom(path: string): Promise<Readout> {
    const engine = tryEngine();
    const bytes = await readFile(join(shared, path));
    const {mapping} = await engine.open(Object.assign(new Blob([bytes]), {name: path}));
    if (mapping === null) throw new Error("missing mapping");
    return engine.compute(mapping, {today: "2026-01-01"});
  }
  const comparison = (readout: Readout, key: string, variant: string) =>
    readout.metrics.find((m) => m.key === key)?.comparisons.find((c) => c.variant === variant);

  // z tests and Welch's test of expected.json, which says where its numbers come from.
  it("gives the published numbers with nothing but the guesses", {timeout: 120_000}, async () => {
    const hillstrom = await readoutFrom("hillstrom/hillstrom.csv.gz");
    for (const [variant, metrics] of Object.entries<Record<string, {difference: number; pValue: number}>>(
      expected.hillstrom.versusNoEmail
    ))
      for (const key of ["visit", "conversion", "spend"]) {
        const found = comparison(hillstrom, key, variant);
        expect(found?.difference).toBeCloseTo(metrics[key]?.difference ?? NaN, 10);
        expect((found?.pValue ?? NaN) / (metrics[key]?.pValue ?? NaN)).toBeCloseTo(1, 8);
      }
    const cats = await readoutFrom("cookie_cats/cookie_cats.csv.gz");
    for (const [key, name] of [
      ["retention_1", "retention_1"],
      ["retention_7", "retention_7"],
      ["sum_gamerounds", "gameRounds"]
    ] as const) {
      const found = comparison(cats, key, "gate_40");
      expect(found?.difference).toBeCloseTo(expected.cookie_cats[name].difference, 10);
      expect(found?.pValue).toBeCloseTo(expected.cookie_cats[name].pValue, 8);
    }
    expect(cats.metrics.find((m) => m.key === "sum_gamerounds")?.comparisons[0]?.interval?.[0]).toBeCloseTo(
      expected.cookie_cats.gameRounds.interval95[0],
      6
    );
  });

  it("counts Udacity's users in both groups", {timeout: 120_000}, async () => {
    const udacity = await readoutFrom("udacity/ab_data.csv.gz");
    expect(udacity.input.excluded.find(({units}) => units === expected.udacity.usersInBothGroups)).toBeDefined();
  });

  it("shows them in the page", async () => {
    const {page, troubles, close} = await open();
    await give(page, join(shared, "cookie_cats", "cookie_cats.csv.gz"));
    const {retention_7: retention} = expected.cookie_cats;
    const relative = retention.difference / (retention.control.successes / retention.control.n);
    await page.selectOption('select[name=role][data-column="retention_7"]', "primary");
    await expect
      .poll(() => page.textContent(".outcome"), {timeout: 60_000})
      .toContain(formatPercent(relative, {signed: true, decimals: 1}));
    expect(troubles).toEqual([]);
    await close();
  }, 120_000);
});
