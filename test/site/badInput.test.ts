import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {builtCubes} from "./builtSite.ts";
import {launchChromium} from "./chromium.ts";
import {hostileValues} from "./cubes.ts";
import type {Served} from "./serve.ts";
import {serve} from "./serve.ts";
import type {Visit} from "./visit.ts";
import {sideways, visit} from "./visit.ts";

let browser: Browser;
let served: Served;

beforeAll(async () => {
  const dist = await builtCubes();
  [browser, served] = await Promise.all([launchChromium(), serve(dist)]);
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

/** Goes down the page, until every chart is drawn. */
async function drawAll(page: Page): Promise<void> {
  await expect
    .poll(
      () =>
        page.evaluate(async () => {
          for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
            scrollTo({top: y, behavior: "instant"});
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)));
          }
          return document.querySelectorAll("figure[data-chart] .plot:empty").length;
        }),
      {timeout: 45_000}
    )
    .toBe(0);
}

/** Opens a page at a width, and closes it after `look`. */
async function at(path: string, width: number, look: (opened: Visit) => Promise<void>): Promise<void> {
  const opened = await visit(browser, served.origin, path, {viewport: {width, height: 800}});
  try {
    await look(opened);
  } finally {
    await opened.close();
  }
}

describe("a readout page with bad input", () => {
  it.each(["hostile", "without", "damaged", "no-entries"])(
    "%s fits a phone and a wide window, runs nothing that the data say, and has no error",
    {timeout: 200_000},
    async (id) => {
      for (const width of [360, 1400])
        await at(`experiments/${id}`, width, async ({page, troubles}) => {
          await drawAll(page);
          expect(await sideways(page)).toBeLessThanOrEqual(0);
          expect(await page.title()).not.toBe("hit");
          expect(await page.locator("main img, main script").count()).toBe(0);
          expect(await page.locator("main").textContent()).not.toMatch(/\bundefined\b|\bNaN\b|\[object/);
          expect(troubles).toEqual([]);
        });
    }
  );

  it("shows values with quotes, of right-to-left text, with emoji and of 200 characters as they are", async () => {
    await at("experiments/hostile", 1400, async ({page}) => {
      const text = (await page.locator("#segments").textContent()) ?? "";
      const kept = hostileValues.filter((value) => text.includes(value));
      expect(kept.length).toBeGreaterThan(3);
      // A name that reads from the right stands in a place of its own, so that it turns nothing around it.
      const isolated = await page.locator("#segments bdi", {hasText: "\u05e9\u05dc\u05d5\u05dd"}).first().count();
      expect(isolated).toBe(1);
    });
  });

  it("of a newer schema says so in words, and keeps its title and the way home", async () => {
    await at("experiments/newer", 360, async ({page}) => {
      expect(await page.locator("h1").textContent()).toBe("Of a newer version");
      expect(await page.locator("main").textContent()).toMatch(/schemaVersion; this site reads up to 1: 2/);
      expect(await page.locator("a.home").count()).toBe(1);
    });
  });

  it("says why a past day cannot be shown, and stays readable: a damaged file, a missing one", async () => {
    for (const id of ["damaged", "no-entries"])
      await at(`experiments/${id}?asof=2026-01-06`, 360, async ({page}) => {
        await expect.poll(() => page.locator(".past-note").count(), {timeout: 30_000}).toBe(1);
        expect(((await page.locator(".past-note").textContent()) ?? "").length).toBeGreaterThan(20);
        expect(await page.locator(".verdict .sentence").isVisible()).toBe(true);
        expect(await sideways(page)).toBeLessThanOrEqual(0);
      });
  });

  it.each([
    "?asof=%3Cimg%20src%3Dx%20onerror%3Ddocument.title%3D%27hit%27%3E",
    "?asof=2026-13-45",
    "?asof=1999-01-01",
    "?asof=",
    "?asof=2026-01-08&asof=x&%00=%ff#%E0%A4%A",
    "#<script>document.title='hit'</script>"
  ])("bears %s in its address", async (nonsense) => {
    await at(`experiments/plain${nonsense}`, 1400, async ({page, troubles}) => {
      await expect.poll(() => page.locator("#primary figure svg").count(), {timeout: 30_000}).toBeGreaterThan(0);
      expect(await page.title()).toContain("One treatment");
      expect(await page.locator("main img").count()).toBe(0);
      expect(await page.locator(".verdict .sentence").isVisible()).toBe(true);
      expect(troubles).toEqual([]);
    });
  });
});
