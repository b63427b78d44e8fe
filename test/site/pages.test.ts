import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {join} from "node:path";
import {gunzipSync, gzipSync} from "node:zlib";
import type {Browser, BrowserContext, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import type {BuiltFixtures} from "./builtSite.ts";
import {builtSite} from "./builtSite.ts";
import {launchChromium} from "./chromium.ts";
import {fixtureIndex} from "./fixtures.ts";
import type {Served} from "./serve.ts";
import {serve} from "./serve.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const others = ["plan", "simulate", "peeking", "bandit", "404"];
const paths = ["", "health", "methods", ...others, ...fixtureIndex().experiments.map((e) => `experiments/${e.id}`)];

let browser: Browser;
let served: Served;
let site: BuiltFixtures;

beforeAll(async () => {
  site = await builtSite();
  [browser, served] = await Promise.all([launchChromium(), serve(site.dist)]);
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

/** Opens a page, gives it to `look`, and returns what went wrong: console errors, failed or foreign requests. */
async function open(
  path: string,
  options: Parameters<Browser["newContext"]>[0],
  look: (page: Page, context: BrowserContext) => Promise<void>
): Promise<string[]> {
  const context = await browser.newContext(options);
  const troubles: string[] = [];
  try {
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && troubles.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => troubles.push(`error: ${String(error)}`));
    page.on("requestfailed", (request) => troubles.push(`failed: ${request.url()}`));
    page.on(
      "response",
      (response) => response.status() >= 400 && troubles.push(`${response.status()}: ${response.url()}`)
    );
    page.on("request", (request) => {
      if (!request.url().startsWith(served.origin) && !/^(data|blob):/.test(request.url()))
        troubles.push(`elsewhere: ${request.url()}`);
    });
    await page.goto(`${served.origin}/${path}`, {waitUntil: "networkidle"});
    await look(page, context);
  } finally {
    await context.close();
  }
  return troubles;
}

/** Scrolls through the page, so that every chart is drawn. */
async function drawAll(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
      scrollTo({top: y, behavior: "instant"});
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)));
    }
    scrollTo({top: 0, behavior: "instant"});
  });
  await expect
    .poll(() => page.evaluate(() => document.querySelectorAll("figure[data-chart] .plot:empty").length))
    .toBe(0);
}

/** Returns what axe calls serious or critical, with the elements. */
async function seriousFaults(page: Page): Promise<unknown> {
  await page.evaluate(axe);
  return page.evaluate(
    `axe.run(document, {resultTypes: ["violations"]}).then((r) => r.violations
      .filter((v) => v.impact === "serious" || v.impact === "critical")
      .map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")))`
  );
}

const sideways = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe("every page", () => {
  it.each(paths)(
    "/%s opens wide and light without an error or a foreign request, and axe finds nothing serious",
    async (path) => {
      const troubles = await open(path, {viewport: {width: 1400, height: 900}}, async (page) => {
        await drawAll(page);
        expect(await sideways(page)).toBeLessThanOrEqual(0);
        expect(await seriousFaults(page)).toEqual([]);
      });
      expect(troubles).toEqual([]);
    }
  );

  it.each(paths)("/%s fits a phone in the dark, and axe finds nothing serious", async (path) => {
    const troubles = await open(path, {viewport: {width: 360, height: 740}, colorScheme: "dark"}, async (page) => {
      await drawAll(page);
      expect(await sideways(page)).toBeLessThanOrEqual(0);
      expect(await seriousFaults(page)).toEqual([]);
    });
    expect(troubles).toEqual([]);
  });

  it.each(paths)("/%s prints no wider than its sheet, and reads without JavaScript", async (path) => {
    const printed = await open(path, {viewport: {width: 794, height: 1123}}, async (page) => {
      await page.emulateMedia({media: "print"});
      expect(await sideways(page)).toBeLessThanOrEqual(0);
      expect(await page.locator("nav a:not(.home):visible, .filters:visible").count()).toBe(0);
    });
    expect(printed).toEqual([]);
    const plain = await open(path, {javaScriptEnabled: false}, async (page) => {
      expect(await page.locator("h1").count()).toBe(1);
      expect(((await page.locator("main").textContent()) ?? "").length).toBeGreaterThan(60);
      expect(await page.locator("main").textContent()).not.toMatch(/\bundefined\b|\bNaN\b/);
    });
    // A browser without scripts gives up the modules that the page names; nothing else may go wrong.
    expect(plain.filter((trouble) => !/^failed: .*\.js$/.test(trouble))).toEqual([]);
  });

  it.each(["", "experiments/green-checkout"])("/%s asks for at most 250 kB of script and style", async (path) => {
    const files = new Set<string>();
    await open(path, {viewport: {width: 1400, height: 900}}, async (page) => {
      page.on("request", (request) => files.add(new URL(request.url()).pathname));
      await page.reload({waitUntil: "networkidle"});
      await drawAll(page);
    });
    const code = [...files].map(decodeURIComponent).filter((file) => /\.(js|css|wasm)$/.test(file));
    expect(code.filter((file) => file.endsWith(".wasm"))).toEqual([]);
    const bytes = code.map((file) => gzipSync(readFileSync(join(site.dist, file)), {level: 9}).length);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(250_000);
  });

  it("is protected by a policy: inline scripts run only if the build wrote them", async () => {
    const troubles = await open("experiments/green-checkout", {}, async (page) => {
      const policy = await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content");
      expect(policy).toMatch(/script-src 'self' 'sha256-/);
      expect(policy).not.toMatch(/unsafe-eval|https?:/);
      await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "document.title = 'hit'";
        document.body.append(script);
      });
      expect(await page.title()).not.toBe("hit");
    });
    expect(troubles).toEqual([expect.stringContaining("Content Security Policy")]);
  });

  it("lets readers zoom and says its language", async () => {
    await open("", {}, async (page) => {
      expect(await page.locator("meta[name=viewport]").getAttribute("content")).toBe(
        "width=device-width, initial-scale=1"
      );
      expect(await page.locator("html").getAttribute("lang")).toBe("en");
    });
  });

  it("shows a page of its own for an address that does not exist", async () => {
    const troubles = await open("experiments/no-such", {}, async (page) => {
      expect(await page.locator("h1").textContent()).toBe("Not here");
    });
    expect(troubles).toEqual([`404: ${served.origin}/experiments/no-such`, expect.stringContaining("404")]);
  });
});

describe("a readout page", () => {
  it.each(["green-checkout", "three-prices", "nothing-known", "many-of-everything"])(
    "%s reads without JavaScript: verdict, number, tables, design",
    async (id) => {
      const readout = site.readouts.find((r) => r.id === id);
      await open(`experiments/${id}`, {javaScriptEnabled: false}, async (page) => {
        expect(await page.locator(".verdict .sentence").textContent()).toBe(readout?.decision.sentence);
        for (const metric of readout?.metrics ?? [])
          expect(await page.locator("table.metrics").first().textContent()).toContain(metric.name);
        expect(await page.locator(".yaml").textContent()).toBe(readout?.design.text);
        expect(await page.locator(".health").textContent()).toContain(`${readout?.health.checks.length} checks`);
      });
    }
  );

  it("states the verdict where a chat shows a preview", async () => {
    await open("experiments/slow-recommendations", {}, async (page) => {
      expect(await page.locator("meta[property='og:title']").getAttribute("content")).toBe(
        "Roll back: Recommendations from a larger model"
      );
      expect(await page.locator("meta[property='og:description']").getAttribute("content")).toMatch(
        /^Purchases rose by 4\.9% \(95% interval 3\.2% to 6\.6%\)/
      );
      expect(await page.title()).toBe("Recommendations from a larger model | Readout");
    });
  });

  it("shows text from data as text, in the page and in its charts", async () => {
    const title = site.readouts.find((r) => r.id === "hostile-text")?.title ?? "";
    const troubles = await open("experiments/hostile-text", {viewport: {width: 1400, height: 900}}, async (page) => {
      await drawAll(page);
      expect(await page.locator("h1").textContent()).toBe(title);
      expect(await page.locator("main img, main b > b, main script").count()).toBe(0);
      expect(await page.title()).toContain("<img src=x");
      expect(await page.locator(".tag").first().textContent()).toBe("<b>bold</b>");
      expect(await page.locator("main").textContent()).not.toContain("undefined");
    });
    expect(troubles).toEqual([]);
  });

  it("says in words why something is missing instead of drawing an empty chart", async () => {
    await open("experiments/nothing-known", {}, async (page) => {
      expect(await page.locator("figure[data-chart]:not([data-chart=traffic])").count()).toBe(0);
      expect(await page.locator("#primary .absent").first().textContent()).toBe("No unit is mature yet.");
      for (const id of ["duration", "segments", "power", "bayesian"])
        expect(await page.locator(`#${id} .absent`).count()).toBe(1);
    });
  });

  it("of an experiment that could not be built says why and where", async () => {
    await open("experiments/missing-file", {}, async (page) => {
      expect(await page.locator("h1").textContent()).toBe("Shorter sign-up form");
      expect(await page.locator("pre.error").textContent()).toContain("data/experiments/missing-file.yaml:7:12");
    });
  });

  it("has a contents list that points to its sections and follows the reader", async () => {
    await open("experiments/green-checkout", {viewport: {width: 1400, height: 900}}, async (page) => {
      const targets = await page
        .locator(".contents a")
        .evaluateAll((links) => links.map((a) => a.getAttribute("href") ?? ""));
      for (const target of targets) expect(await page.locator(target).count(), target).toBe(1);
      await page.locator(".contents a", {hasText: "Does it last?"}).click();
      await expect.poll(() => page.locator(".contents a[aria-current]").textContent()).toBe("Does it last?");
    });
  });

  it("has a place on the methods page for every term", async () => {
    await open("experiments/green-checkout", {}, async (page) => {
      const links = await page
        .locator("a.term")
        .evaluateAll((all) => all.map((a) => new URL((a as HTMLAnchorElement).href).hash));
      expect(links.length).toBeGreaterThan(8);
      await page.goto(`${served.origin}/methods`);
      for (const hash of new Set(links)) expect(await page.locator(hash).count(), hash).toBe(1);
    });
  });

  it("is explained on a page whose formulas are all typeset", async () => {
    await open("methods", {}, async (page) => {
      const words = await page.locator("main").evaluate((main) => {
        for (const source of main.querySelectorAll("annotation")) source.remove();
        return main.textContent ?? "";
      });
      expect(words).not.toMatch(/\$|\\(?:hat|frac|mathrm)/);
      expect(await page.locator(".katex").count()).toBeGreaterThan(50);
      expect(await page.locator(".katex-error").count()).toBe(0);
    });
  });

  it("prints on two to four pages with its charts", async () => {
    await open("experiments/new-badge", {viewport: {width: 1200, height: 900}}, async (page) => {
      const pdf = (await page.pdf({format: "A4"})).toString("latin1");
      const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
      expect(pages).toBeGreaterThanOrEqual(2);
      expect(pages).toBeLessThanOrEqual(4);
      expect(await page.evaluate(() => document.querySelectorAll("figure[data-chart] .plot:empty").length)).toBe(0);
    });
  });

  it("shows the SQL that reads the logs when it is asked for, and says where it is without JavaScript", async () => {
    const sql = site.readouts.find(({id}) => id === "green-checkout")?.input.sql ?? "";
    await open("experiments/green-checkout", {}, async (page) => {
      expect(await page.locator("#design pre.sql").count()).toBe(0);
      await page.click("#design [data-sql] summary");
      expect(await page.locator("#design pre.sql").innerText()).toBe(sql);
    });
    await open("experiments/green-checkout", {javaScriptEnabled: false}, async (page) => {
      const link = page.locator("#design [data-sql] a");
      const href = await link.evaluate((a) => (a as HTMLAnchorElement).href);
      const packed = await (await page.request.get(href)).body();
      expect(JSON.parse(gunzipSync(packed).toString()).input.sql).toBe(sql);
    });
  });

  it("offers the published files", async () => {
    await open("experiments/green-checkout", {}, async (page) => {
      const links = await page
        .locator(".downloads a")
        .evaluateAll((all) => all.map((a) => [a.textContent, (a as HTMLAnchorElement).href]));
      expect(links.map(([name]) => name)).toEqual([
        "entries.parquet",
        "path.parquet",
        "readout.json.gz",
        "traffic.parquet"
      ]);
      for (const [, href] of links) expect((await page.request.get(String(href))).status()).toBe(200);
    });
  });
});
