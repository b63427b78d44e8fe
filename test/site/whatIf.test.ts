import {readFileSync} from "node:fs";
import {join} from "node:path";
import {gunzipSync} from "node:zlib";
import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {exploreDesign} from "../../lib/experiment/exploreDesign.ts";
import type {TriedDesign} from "../../lib/experiment/exploreDesign.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {builtCubes} from "./builtSite.ts";
import {launchChromium} from "./chromium.ts";
import type {Served} from "./serve.ts";
import {serve} from "./serve.ts";
import type {Visit} from "./visit.ts";
import {seriousFaults, sideways, visit} from "./visit.ts";

let browser: Browser;
let served: Served;
let readout: Readout;

beforeAll(async () => {
  const dist = await builtCubes();
  readout = JSON.parse(gunzipSync(readFileSync(join(dist, "readouts", "plain", "readout.json.gz"))).toString());
  [browser, served] = await Promise.all([launchChromium(), serve(dist)]);
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

async function opened(options?: Parameters<typeof visit>[3]): Promise<Visit> {
  const seen = await visit(browser, served.origin, "experiments/plain", options);
  await seen.page.locator(".what-if summary").first().click();
  await expect.poll(() => reading(seen.page), {timeout: 30_000}).toContain("Exploration, not the registered design.");
  return seen;
}

const reading = (page: Page) => page.locator(".what-if .reading").first().textContent();

describe("another design, tried on a readout's page", () => {
  it("says what the library says of the method, the spending and the plan that are chosen", async () => {
    const {page, troubles, close} = await opened();
    const metric = readout.metrics[0]!;
    const variant = metric.comparisons[0]!.variant;
    const tries: TriedDesign[] = [
      {method: "group-sequential", spending: "pocock", planned: 50_000},
      {method: "group-sequential", spending: "kim-demets", planned: 12_000},
      {method: "always-valid", spending: "pocock", planned: 50_000},
      {method: "fixed", spending: "pocock", planned: 3_000}
    ];
    for (const tried of tries) {
      const form = page.locator(".what-if form").first();
      await form.locator("[name=method]").selectOption("group-sequential");
      await form.locator("[name=spending]").selectOption(tried.spending);
      await form.locator("[name=method]").selectOption(tried.method);
      await form.locator("[name=planned]").fill(String(tried.planned));
      const {sentence, points} = exploreDesign(readout, metric, variant, tried);
      await expect.poll(() => reading(page)).toBe(`${sentence} Exploration, not the registered design.`);
      await page
        .locator(".what-if details.data")
        .first()
        .evaluate((data: HTMLDetailsElement) => (data.open = true));
      await expect.poll(() => page.locator(".what-if details.data tbody tr").count()).toBe(points.length);
      expect(await form.locator("[name=spending]").isDisabled()).toBe(tried.method !== "group-sequential");
    }
    expect(await seriousFaults(page)).toEqual([]);
    expect(troubles).toEqual([]);
    await close();
  });

  it("moves the boundary: Pocock's lies lower than O'Brien-Fleming's on the first nights", async () => {
    const {page, close} = await opened();
    const top = async (spending: string): Promise<number> => {
      await page.locator(".what-if [name=method]").first().selectOption("group-sequential");
      await page.locator(".what-if [name=planned]").first().fill("100000");
      await page.locator(".what-if [name=spending]").first().selectOption(spending);
      await expect.poll(() => reading(page)).toContain(spending === "pocock" ? "Pocock" : "Brien");
      const cells = page.locator(".what-if details.data tbody tr").nth(6).locator("td").nth(2);
      await page
        .locator(".what-if details.data")
        .first()
        .evaluate((data: HTMLDetailsElement) => (data.open = true));
      await expect.poll(() => cells.textContent()).toMatch(/\d/);
      return Number(await cells.textContent());
    };
    expect(await top("pocock")).toBeLessThan(await top("obrien-fleming"));
    await close();
  });

  it("fits a phone, and is not there without JavaScript", async () => {
    const phone = await opened({viewport: {width: 360, height: 740}});
    expect(await sideways(phone.page)).toBe(0);
    await phone.close();
    const plain = await visit(browser, served.origin, "experiments/plain", {javaScriptEnabled: false});
    expect(await plain.page.locator(".what-if").first().isVisible()).toBe(false);
    await plain.close();
  });
});
