import {statSync} from "node:fs";
import {readFile} from "node:fs/promises";
import {createRequire} from "node:module";
import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import type {MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {engineBytes} from "../../src/components/explore/engineBytes.ts";
import {builtCubes} from "./builtSite.ts";
import {launchChromium} from "./chromium.ts";
import {cubeFixtures, hostileValues} from "./cubes.ts";
import type {Served} from "./serve.ts";
import {serve} from "./serve.ts";
import type {Visit} from "./visit.ts";
import {seriousFaults, sideways, visit} from "./visit.ts";

let browser: Browser;
let served: Served;
const fixtures = cubeFixtures();

beforeAll(async () => {
  const dist = await builtCubes();
  [browser, served] = await Promise.all([launchChromium(), serve(dist)]);
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

async function explore(query: string, options: Parameters<typeof visit>[3] = {}): Promise<Visit> {
  const visited = await visit(browser, served.origin, `explore${query}`, options);
  await visited.page.waitForSelector("table.results, .explore .notice, .explore:empty");
  return visited;
}

function readoutOf(id: string): Readout {
  const found = fixtures.find(({readout}) => readout.id === id);
  if (!found) throw new Error(`missing fixture: ${id}`);
  return found.readout;
}

function metricOf(readout: Readout, key: string): MetricResult {
  const found = readout.metrics.find((m) => m.key === key);
  if (!found) throw new Error(`missing metric: ${key}`);
  return found;
}

/** The table as the page has it: every digit of the numbers, and the words of the first cells. */
async function rows(page: Page) {
  return page.locator("table.results tbody tr").evaluateAll((all) =>
    all.map((row) => ({
      variant: row.getAttribute("data-variant"),
      words: Array.from(row.querySelectorAll("th, .drill"), (cell) => cell.textContent?.trim() ?? "").filter(
        (text, i, texts) => texts.indexOf(text) === i
      ),
      difference: Number(row.getAttribute("data-difference")),
      lower: Number(row.getAttribute("data-lower")),
      upper: Number(row.getAttribute("data-upper")),
      p: Number(row.getAttribute("data-p")),
      adjusted: Number(row.getAttribute("data-adjusted-p"))
    }))
  );
}

/** The last bit of exp() and log() is each engine's own, so that of p-values is too. */
function expectNear(value: number | undefined, expected: number | null | undefined): void {
  expect(Math.abs((value ?? NaN) / (expected ?? NaN) - 1)).toBeLessThan(1e-13);
}

/** Runs a query and waits for its end. */
async function ask(page: Page, sql: string | null): Promise<void> {
  if (sql !== null) await page.fill(".sql textarea", sql);
  await page.click(".sql [name=run]");
  await page.waitForFunction(() => !document.querySelector(".sql")?.hasAttribute("aria-busy"), null, {timeout: 60_000});
}

/** Drags over the chart of time, from one day to the next; days are counted from the first of fourteen. */
async function drag(page: Page, days: readonly number[]): Promise<void> {
  const timeline = page.locator(".timeline");
  await page.waitForSelector(".timeline svg");
  await timeline.scrollIntoViewIfNeeded();
  // Charts follow the numbers by a frame, and what is above them may have become shorter.
  let box = await timeline.boundingBox();
  for (let still = 0; still < 3;) {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100))));
    const now = await timeline.boundingBox();
    still = now?.y === box?.y && now?.height === box?.height ? still + 1 : 0;
    box = now;
  }
  if (!box) throw new Error("missing chart");
  const {x, y, width} = box;
  const at = (day: number) => x + 46 + (width - 46 - 58) * ((day + 0.5) / 14);
  const [first = 0, ...rest] = days;
  await page.mouse.move(at(first), y + 80);
  await page.mouse.down();
  for (const day of rest) await page.mouse.move(at(day), y + 80, {steps: 4});
  await page.mouse.up();
}

describe("Explore", () => {
  it("shows the digits of readout.json where the question is the same, and marks itself as exploration", async () => {
    const {page, troubles, close} = await explore("?experiment=three&metric=revenue");
    const metric = metricOf(readoutOf("three"), "revenue");
    const compare = async () => {
      const shown = await rows(page);
      expect(shown.map((r) => r.variant)).toEqual(metric.comparisons.map((c) => c.variant));
      metric.comparisons.forEach((c, i) => {
        expect(shown[i]?.difference).toBe(c.difference);
        expect([shown[i]?.lower, shown[i]?.upper]).toEqual(c.interval);
        expectNear(shown[i]?.p, c.pValue);
      });
    };
    await compare();
    expect(await page.textContent(".explored")).toContain("exploration");
    expect(await page.textContent(".registered")).toContain("as of 18\u00a0Jan\u00a02026");
    await page.check("input[name=by][value=country]");
    const shown = await rows(page);
    expect(shown.length).toBe(6);
    for (const row of shown) {
      const segment = metric.segments.find(
        (s) => s.dimension === "country" && s.value === row.words[0] && s.variant === row.variant
      );
      expect(row.difference).toBe(segment?.difference);
      expectNear(row.p, segment?.pValue);
    }
    expect(troubles).toEqual([]);
    await close();
  });

  it("is a session: filter, cross, drill, go back, brush, copy the link and open it", async () => {
    const readout = readoutOf("plain");
    const metric = metricOf(readout, "purchase");
    const {page, context, troubles, close} = await explore("?experiment=plain", {
      permissions: ["clipboard-read", "clipboard-write"]
    });
    const segment = (value: string) => metric.segments.find((s) => s.dimension === "platform" && s.value === value);

    // Filter.
    await page.click("details.only[data-dimension=platform] summary");
    await page.check("input[name=where][value=android]");
    expect((await rows(page))[0]?.difference).toBe(segment("android")?.difference);
    expect(new URL(page.url()).searchParams.getAll("where.platform")).toEqual(["android"]);
    await page.uncheck("input[name=where][value=android]");

    // Cross.
    await page.check("input[name=by][value=platform]");
    await page.check("input[name=by][value=country]");
    expect((await rows(page)).length).toBe(12);
    await page.selectOption("select[name=correction]", "bonferroni");
    const crossed = await rows(page);
    for (const {p, adjusted} of crossed) expect(adjusted).toBeCloseTo(Math.min(1, 12 * p), 12);

    // Drill and go back, by the trail and by the browser.
    await page.uncheck("input[name=by][value=country]");
    await page.click("table.results .drill >> text=web");
    expect(await page.locator(".crumbs li").allInnerTexts()).toEqual(["All units", expect.stringContaining("web")]);
    expect(await page.locator("table.results thead th").first().textContent()).toBe("country");
    await page.click(".crumbs a");
    expect((await rows(page)).map((r) => r.words[0])).toEqual(["ios", "android", "web"]);
    await page.goBack();
    await expect.poll(async () => (await rows(page))[0]?.words[0]).toBe("US");
    await page.click("button[name=reset]");

    // Brush: as of a day.
    await drag(page, [13, 9, 6]);
    const day = "2026-01-11";
    await expect.poll(() => new URL(page.url()).searchParams.get("as-of")).toBe(day);
    expect((await rows(page))[0]?.difference).toBe(metric.path.find((d) => d.date === day)?.comparisons[0]?.difference);
    await page.locator(".timeline").focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.inputValue("input[name=as-of]")).toBe("2026-01-12");
    expect(await page.locator(".timeline").getAttribute("aria-valuetext")).toBe("as of 2026-01-12");

    // Brush: entry dates.
    await page.check("input[name=time][value=entered]");
    await drag(page, [9, 4]);
    await expect.poll(() => new URL(page.url()).searchParams.get("entered")).toBe("2026-01-09..2026-01-14");
    expect(new URL(page.url()).searchParams.get("as-of")).toBeNull();

    // Copy the view, open the copy.
    await page.check("input[name=by][value=platform]");
    await page.selectOption("select[name=correction]", "holm");
    const before = await rows(page);
    await page.click("button[name=copy]");
    await expect.poll(() => page.textContent(".status")).toContain("Copied");
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain("entered 9\u00a0Jan\u00a02026 to 14\u00a0Jan\u00a02026");
    expect(copied).toContain("Holm over 3");
    expect(copied).toContain("Exploration, not the registered result");
    const link = copied.split("\n").at(-1) ?? "";
    const other = await context.newPage();
    await other.goto(link);
    await other.waitForSelector("table.results");
    expect(await rows(other)).toEqual(before);
    expect(troubles).toEqual([]);
    await close();
  });

  it("names the as-of date in a copied view, and the covariate can be switched off", async () => {
    const {page, close} = await explore("?experiment=plain", {permissions: ["clipboard-read", "clipboard-write"]});
    const metric = metricOf(readoutOf("plain"), "purchase");
    await page.uncheck("input[name=adjust]");
    const [control, treatment] = metric.arms;
    expect((await rows(page))[0]?.difference).toBeCloseTo((treatment?.mean ?? NaN) - (control?.mean ?? NaN), 12);
    await page.click("button[name=copy]");
    await expect.poll(() => page.textContent(".status")).toContain("as of 18\u00a0Jan\u00a02026");
    expect(await page.textContent(".status")).toContain("covariate=off");
    await close();
  });

  it("draws what the table says", async () => {
    const {page, close} = await explore("?experiment=plain&by=platform&by=country");
    await page.waitForSelector(".forest .plot svg");
    const drawn = await page.evaluate(() => {
      const ticks = Array.from(
        document.querySelectorAll<SVGTextElement>('.forest [aria-label="x-axis tick label"] text'),
        (text) => ({
          value: Number((text.textContent ?? "").replace("\u2212", "-").replace("%", "")) / 100,
          x: Number(/translate\(([-\d.]+)/.exec(text.getAttribute("transform") ?? "")?.[1])
        })
      );
      const points = Array.from(document.querySelectorAll(".forest [aria-label=dot] circle"), (circle) => ({
        x: Number(circle.getAttribute("cx")),
        y: Number(circle.getAttribute("cy"))
      }));
      return {ticks, points: points.filter(({x}) => x > 0).sort((a, b) => a.y - b.y)};
    });
    const [first, last] = [drawn.ticks[0], drawn.ticks.at(-1)];
    if (!first || !last) throw new Error("missing axis");
    const valueAt = (x: number) => first.value + ((x - first.x) / (last.x - first.x)) * (last.value - first.value);
    const shown = await page
      .locator("table.results tbody tr")
      .evaluateAll((all) => all.map((row) => row.querySelectorAll(".number")[3]?.textContent ?? ""));
    expect(drawn.points.length).toBe(shown.length);
    drawn.points.forEach(({x}, i) => {
      const text = shown[i]?.replace("\u2212", "-") ?? "";
      const half = text.includes(".") ? 0.0006 : 0.0056;
      expect(Math.abs(valueAt(x) - Number(text.replace("%", "")) / 100), text).toBeLessThan(half);
    });
    await close();
  });

  it("bears nonsense in its address, and says what it could not follow", async () => {
    const {page, troubles, close} = await explore(
      "?experiment=plain&metric=%3Cimg+src%3Dx%3E&by=nope&by=platform&where.platform=tv&as-of=2031-13-77&entered=a..b&frob=1&correction=magic"
    );
    expect((await rows(page)).map((r) => r.words[0])).toEqual(["ios", "android", "web"]);
    const notes = await page.textContent(".notes");
    for (const word of ["<img src=x>", "nope", "tv", "2031-13-77", "a..b", "frob", "magic"])
      expect(notes).toContain(word);
    expect(await page.locator(".explore img").count()).toBe(0);
    expect(troubles).toEqual([]);
    await close();
  });

  it("shows hostile text as text, in the table, the charts and the console", async () => {
    const {page, troubles, close} = await explore("?experiment=hostile&by=select+%3Cfrom%3E");
    expect((await rows(page)).map((r) => r.words[0])).toEqual(hostileValues);
    await page.click("table.results .drill >> nth=1");
    expect(await page.textContent(".crumbs [aria-current]")).toContain(hostileValues[1]);
    await ask(
      page,
      `SELECT "select <from>" AS "<b>x</b>", sum(n) AS n FROM path WHERE bin_ = 'a' GROUP BY 1 ORDER BY 2`
    );
    const cells = await page.locator("table.query tbody td:first-child").allTextContents();
    expect(cells.toSorted()).toEqual(hostileValues.toSorted());
    expect(await page.locator("table.query th").first().textContent()).toContain("<b>x</b>");
    expect(await page.locator(".explore img, .explore script").count()).toBe(0);
    expect(await page.title()).not.toBe("hit");
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("button[name=csv]")]);
    const csv = await readFile(await download.path(), "utf8");
    expect(csv).toContain("'=1+1,");
    expect(csv).toContain(`"it's ""quoted"" \\ ; DROP TABLE path; --",`);
    expect(troubles).toEqual([]);
    await close();
  });

  it.each([
    ["damaged", "path.parquet: the file is damaged", true],
    ["no-entries", "entries.parquet: the file was not published", true],
    ["newer", "newer version (2)", false],
    ["nope", "there is no experiment of this name", false]
  ])("says what is wrong with %s, and the rest stays usable", async (id, words, console) => {
    const {page, troubles, close} = await explore(`?experiment=${id}`);
    expect(await page.textContent(".notice.harm")).toContain(words);
    if (id === "no-entries") {
      expect((await rows(page)).length).toBe(1);
      expect(await page.isDisabled("input[name=time][value=entered]")).toBe(true);
    }
    if (console) {
      await ask(page, "SELECT count(*) AS n FROM traffic");
      expect(await page.textContent("table.query tbody td")).toBe("6");
    }
    await page.selectOption(".pick select", "plain");
    await page.waitForSelector("table.results");
    expect(troubles).toEqual([]);
    await close();
  });

  it("bears twelve variants in hundreds of segments, and says how many it leaves out", async () => {
    const {page, troubles, close} = await explore("?experiment=many&by=store", {viewport: {width: 360, height: 740}});
    await expect.poll(async () => (await rows(page)).length, {timeout: 30_000}).toBe(300 * 11);
    expect((await page.textContent(".cells .below"))?.replace(/\s/g, " ")).toContain("20 more cells");
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    await page.click("table.results .drill >> nth=0");
    await expect.poll(async () => (await rows(page)).length).toBe(11);
    expect(new Set((await rows(page)).map(({variant}) => variant)).size).toBe(11);
    expect(await seriousFaults(page)).toEqual([]);
    expect(troubles).toEqual([]);
    await close();
  }, 120_000);

  it("prints the view with its question in words, without what can only be clicked", async () => {
    const {page, troubles, close} = await explore("?experiment=three&by=platform&where.country=US");
    await page.waitForSelector(".forest .plot svg");
    expect(await page.isVisible(".printed")).toBe(false);
    await page.emulateMedia({media: "print"});
    for (const selector of [".controls", ".sql", ".pick", ".files"])
      expect(await page.isVisible(selector), selector).toBe(false);
    const said = (await page.innerText(".printed")).replace(/\s/g, " ");
    expect(said).toMatch(/^Two treatments: purchase by platform, country US; as of 18 Jan 2026; .*Exploration/);
    for (const selector of ["table.results", ".timeline svg", ".forest .plot svg"])
      expect(await page.isVisible(selector), selector).toBe(true);
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    expect((await page.pdf({format: "A4"})).length).toBeGreaterThan(10_000);
    expect(troubles).toEqual([]);
    await close();
  });

  it("says that it needs JavaScript where there is none, and leads to the files", async () => {
    const {page, close} = await visit(browser, served.origin, "explore", {javaScriptEnabled: false});
    expect(await page.textContent("main")).toContain("Exploring needs JavaScript");
    await page.click("details.files summary");
    expect(await page.isVisible("a[data-experiment=plain][data-file='path.parquet']")).toBe(true);
    await close();
  });

  it("leads there from the readout page, and works for an experiment without dimensions", async () => {
    const {page, troubles, close} = await visit(browser, served.origin, "experiments/plain");
    await page.waitForLoadState("networkidle");
    await page.click("text=Open this in Explore");
    await page.waitForSelector("table.results");
    expect(new URL(page.url()).searchParams.get("experiment")).toBe("plain");
    await page.selectOption(".pick select", "without");
    await expect.poll(() => page.textContent(".controls .absent").catch(() => "")).toContain("no dimensions");
    expect((await rows(page)).length).toBe(1);
    expect(troubles).toEqual([]);
    await close();
  });

  it.each([
    ["wide and light", {viewport: {width: 1400, height: 900}}],
    ["on a phone in the dark", {viewport: {width: 360, height: 740}, colorScheme: "dark" as const}]
  ])("has no serious fault for axe %s, and is no wider than the window", async (_, options) => {
    const {page, troubles, close} = await explore("?experiment=three&by=platform&by=customer", options);
    await page.click("details.only summary >> nth=0");
    await page.waitForSelector(".forest svg");
    await ask(page, null);
    await page.waitForSelector("table.query");
    expect(await seriousFaults(page)).toEqual([]);
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    expect(troubles).toEqual([]);
    await close();
  });
});

describe("the SQL console", () => {
  it("knows the size of the engine that is installed", () => {
    const file = createRequire(import.meta.url).resolve("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm");
    expect(engineBytes).toBe(statSync(file).size);
  });

  it("loads the engine with the first query, forgives a mistake, sorts, charts and exports", async () => {
    const {page, troubles, close} = await explore("?experiment=plain&sql=SELECT+1");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    expect(await page.inputValue(".sql textarea")).toBe("SELECT 1");
    expect(await page.textContent(".schema")).toContain("platform");
    expect(await page.locator("table.query").count()).toBe(0);

    await ask(page, "SELEC platform FROM path");
    expect(asked.some((url) => url.includes(".wasm"))).toBe(true);
    expect(await page.textContent("pre.error")).toMatch(/^Parser error: syntax error at or near "SELEC"/);
    await ask(page, "SELECT nothing FROM path");
    expect(await page.textContent("pre.error")).toMatch(/nothing/);

    await page.selectOption("select[name=example]", "1");
    await ask(page, null);
    const means = await page
      .locator("table.query tbody tr")
      .evaluateAll((all) => all.map((row) => Array.from(row.children, (cell) => cell.textContent ?? "")));
    const metric = metricOf(readoutOf("plain"), "purchase");
    for (const [platform, variant, units, mean] of means) {
      const segment = metric.segments.find((s) => s.dimension === "platform" && s.value === platform);
      const at = variant === "control" ? 0 : 1;
      expect(Number(units?.replaceAll(",", ""))).toBe(segment?.n[at]);
      expect(Number(mean)).toBeCloseTo(segment?.means[at] ?? NaN, 12);
    }
    expect(means.length).toBe(6);
    expect(await page.locator(".quick svg circle").count()).toBeGreaterThanOrEqual(6);
    // The control is grey here too, wherever it stands.
    const colors = await page
      .locator(".quick svg circle")
      .evaluateAll((all) => all.map((circle) => circle.getAttribute("fill") ?? ""));
    expect([...new Set(colors)].sort()).toEqual(["var(--v0)", "var(--v1)"]);
    // In the long form, reshaped by Arquero: every number, a colour for each.
    await page.selectOption("select[name=y]", "every");
    await expect.poll(() => page.locator(".quick svg").textContent()).toMatch(/units.*mean/);
    expect(await page.isDisabled("select[name=z]")).toBe(true);

    await page.click("table.query th button >> text=units");
    const units = async () =>
      (await page.locator("table.query tbody tr td:nth-child(3)").allTextContents()).map((t) =>
        Number(t.replaceAll(",", ""))
      );
    const down = await units();
    expect(down).toEqual(down.toSorted((a, b) => b - a));
    await page.keyboard.press("Enter");
    const up = await units();
    expect(up).toEqual(up.toSorted((a, b) => a - b));
    expect(await page.locator("table.query th >> nth=2").getAttribute("aria-sort")).toBe("ascending");

    const [download] = await Promise.all([page.waitForEvent("download"), page.click("button[name=csv]")]);
    const csv = await readFile(await download.path(), "utf8");
    expect(csv.split("\r\n")[0]).toBe("platform,variant,units,mean");
    expect(csv.trim().split("\r\n").length).toBe(7);

    await page.focus(".sql textarea");
    await page.fill(
      ".sql textarea",
      "SELECT DATE '2026-01-02' AS d, 12::HUGEINT AS h, 1.5::DECIMAL(9, 2) AS x, NULL AS n"
    );
    await page.keyboard.press("Control+Enter");
    await expect
      .poll(() => page.locator("table.query tbody td").allTextContents())
      .toEqual(["2026-01-02", "12", "1.5", "null"]);
    expect(new URL(page.url()).searchParams.get("sql")).toContain("HUGEINT");
    expect(troubles).toEqual([]);
    await close();
  });

  it("has every table, whichever the first query names, with days as dates", async () => {
    const {page, troubles, close} = await explore("?experiment=plain");
    const answer = () => page.locator("table.query tbody td").allTextContents();
    await ask(page, "SELECT count(*) AS n FROM Traffic");
    expect(await answer()).toEqual(["28"]);
    await ask(page, "SELECT strftime(date_trunc('week', max(date)), '%a %d') AS w FROM path WHERE date < '2026-01-15'");
    expect(await answer()).toEqual(["Mon 12"]);
    await ask(page, "SELECT date FROM entries UNION SELECT max(date) FROM path ORDER BY 1 LIMIT 1");
    expect(await answer()).toEqual(["2026-01-05"]);
    await ask(page, "SHOW TABLES");
    expect(await answer()).toEqual(["entries", "metrics", "path", "traffic"]);
    expect(troubles).toEqual([]);
    await close();
    const other = await explore("?experiment=plain");
    await ask(other.page, "SHOW TABLES");
    expect(await other.page.locator("table.query tbody td").allTextContents()).toEqual([
      "entries",
      "metrics",
      "path",
      "traffic"
    ]);
    await other.close();
  });

  it("reaches no file and no host, whatever the query says, and shows the first of very many rows", async () => {
    const {page, troubles, close} = await explore("?experiment=plain");
    for (const sql of [
      "SELECT * FROM 'https://example.org/x.csv'",
      "SELECT * FROM read_parquet('http://127.0.0.1:1/x.parquet')",
      "SET enable_external_access = true",
      "COPY path TO 'out.csv'",
      "ATTACH 'https://example.org/x.db'"
    ]) {
      await ask(page, sql);
      expect(await page.locator("pre.error").count(), sql).toBe(1);
    }
    await ask(page, "SELECT range AS i FROM range(50000000)");
    expect(await page.textContent(".said")).toContain("10,000\u00a0rows, the first of more");
    expect(await page.locator("table.query tbody tr").count()).toBe(500);
    expect(troubles).toEqual([]);
    await close();
  });

  it("can be stopped in the middle of a query, and starts anew", async () => {
    const {page, close} = await explore("?experiment=plain");
    await ask(page, "SELECT 1 AS one");
    await page.fill(".sql textarea", "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b");
    await page.click(".sql [name=run]");
    await page.waitForTimeout(300);
    await page.click(".sql [name=stop]");
    expect(await page.textContent(".said")).toContain("Stopped");
    await ask(page, "SELECT count(*) > 0 AS ok FROM path");
    expect(await page.textContent("table.query tbody td")).toBe("true");
    await close();
  });

  it("says so where WebAssembly is missing or the engine cannot be loaded; everything else works", async () => {
    const without = await explore("?experiment=plain&by=platform", {
      prepare: async (context) => void (await context.addInitScript("delete globalThis.WebAssembly"))
    });
    expect((await rows(without.page)).length).toBe(3);
    await ask(without.page, "SELECT 1");
    expect(await without.page.textContent("pre.error")).toContain("does not run WebAssembly");
    await without.page.uncheck("input[name=by][value=platform]");
    expect((await rows(without.page)).length).toBe(1);
    expect(without.troubles).toEqual([]);
    await without.close();

    const {page, context, close} = await explore("?experiment=plain");
    await context.route("**/*.wasm", (route) => route.fulfill({status: 404, body: "gone"}));
    await ask(page, "SELECT 1 AS one");
    expect(await page.textContent(".said")).toBe("The engine could not be started.");
    expect(await page.textContent("pre.error")).toContain("404");
    await context.unroute("**/*.wasm");
    await context.route("**/*.wasm", (route) => route.fulfill({body: "\0asm cut short"}));
    await ask(page, "SELECT 1 AS one");
    expect(await page.textContent("pre.error")).toContain("damaged");
    await context.unroute("**/*.wasm");
    await ask(page, "SELECT 1 AS one");
    expect(await page.textContent("table.query tbody td")).toBe("1");
    await close();
  });
});
