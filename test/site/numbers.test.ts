import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import type {Readout} from "../../lib/experiment/readout.ts";
import type {BuiltFixtures} from "./builtSite.ts";
import {builtSite} from "./builtSite.ts";
import {launchChromium} from "./chromium.ts";
import type {Served} from "./serve.ts";
import {serve} from "./serve.ts";

let browser: Browser;
let served: Served;
let site: BuiltFixtures;
let page: Page;

beforeAll(async () => {
  site = await builtSite();
  [browser, served] = await Promise.all([launchChromium(), serve(site.dist)]);
  page = await browser.newPage({viewport: {width: 1400, height: 900}});
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

/** Reads a number as the page writes it: a true minus, grouped thousands, a percent sign. */
function read(text: string | undefined): number {
  const plain = (text ?? "").replace("\u2212", "-").replace(/[,\s$]/g, "");
  return plain.endsWith("%") ? Number(plain.slice(0, -1)) / 100 : Number(plain.replace(/[^\d.eE+-]/g, ""));
}

/** Half a unit of the last digit that the text shows. */
function halfDigit(text: string): number {
  const decimals = /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
  return 0.500001 * 10 ** -decimals * (text.includes("%") ? 0.01 : 1);
}

async function openPage(readout: Readout): Promise<void> {
  await page.goto(`${served.origin}/experiments/${readout.id}`, {waitUntil: "networkidle"});
}

describe("numbers on the page", () => {
  it.each(["green-checkout", "three-prices", "slow-recommendations", "new-badge"])(
    "%s: the table of all metrics says what readout.json says",
    async (id) => {
      const readout = site.readouts.find((r) => r.id === id);
      if (!readout) throw new Error(`missing fixture: ${id}`);
      await openPage(readout);
      const rows = await page.locator("table.metrics tr[data-metric]").evaluateAll((all) =>
        all.map((row) => ({
          metric: row.getAttribute("data-metric"),
          variant: row.getAttribute("data-variant"),
          cells: Array.from(row.querySelectorAll("td.number"), (cell) => cell.firstChild?.textContent?.trim() ?? "")
        }))
      );
      expect(rows.length).toBe(readout.metrics.reduce((sum, m) => sum + m.comparisons.length, 0));
      for (const {metric, variant, cells} of rows) {
        const m = readout.metrics.find((each) => each.key === metric);
        const c = m?.comparisons.find((each) => each.variant === variant);
        const [control = "", treatment = "", difference = "", interval = "", p = ""] = cells;
        const mean = (key: string | undefined) => m?.arms.find((a) => a.variant === key)?.mean ?? NaN;
        expect(Math.abs(read(control) - mean(c?.baseline)), control).toBeLessThanOrEqual(halfDigit(control));
        expect(Math.abs(read(treatment) - mean(c?.variant)), treatment).toBeLessThanOrEqual(halfDigit(treatment));
        expect(Math.abs(read(difference) - (c?.relativeDifference ?? NaN)), difference).toBeLessThanOrEqual(
          halfDigit(difference)
        );
        const [lower = "", upper = ""] = interval
          .split("\u2026")
          .map((part) => (part.includes("%") ? part.trim() : `${part.trim()}%`));
        expect(Math.abs(read(lower) - (c?.relativeInterval?.[0] ?? NaN)), interval).toBeLessThanOrEqual(
          halfDigit(lower)
        );
        expect(Math.abs(read(upper) - (c?.relativeInterval?.[1] ?? NaN)), interval).toBeLessThanOrEqual(
          halfDigit(upper)
        );
        if (!p.startsWith("<")) expect(Math.abs(read(p) - (c?.pValue ?? NaN)), p).toBeLessThanOrEqual(halfDigit(p));
      }
    }
  );

  it("the big number is the leading comparison of the primary metric", async () => {
    for (const readout of site.readouts.filter((r) => r.metrics[0]?.comparisons[0]?.relativeDifference != null)) {
      await openPage(readout);
      const text = (await page.locator("#primary .big").textContent()) ?? "";
      const comparison = readout.metrics[0]?.comparisons.find((c) => c.variant === readout.decision.variant);
      expect(Math.abs(read(text) - (comparison?.relativeDifference ?? NaN)), text).toBeLessThanOrEqual(halfDigit(text));
    }
  });
});

describe("values that charts draw", () => {
  it("the last point of the effect by day lies where its axis says the effect is", async () => {
    const readout = site.readouts.find((r) => r.id === "green-checkout");
    if (!readout) throw new Error("missing fixture");
    await openPage(readout);
    const drawn = await page.evaluate(() => {
      const svg = document.querySelector("[data-chart=effectByDay] svg");
      const place = (node: Element | null | undefined) => {
        const box = node?.getBoundingClientRect();
        return box ? box.top + box.height / 2 : NaN;
      };
      const ticks = Array.from(svg?.querySelectorAll("[aria-label='y-axis tick'] path") ?? [], place);
      const labels = Array.from(
        svg?.querySelectorAll("[aria-label='y-axis tick label'] text") ?? [],
        (t) => t.textContent ?? ""
      );
      return {ticks, labels, point: place(svg?.querySelector("[aria-label='dot'] circle"))};
    });
    const values = drawn.labels.map(read);
    const [first = NaN, last = NaN] = [drawn.ticks[0], drawn.ticks.at(-1)];
    const [from = NaN, to = NaN] = [values[0], values.at(-1)];
    const value = from + ((drawn.point - first) / (last - first)) * (to - from);
    expect(value).toBeCloseTo(readout.metrics[0]?.comparisons[0]?.relativeDifference ?? NaN, 3);
  });

  it("the forest has a point for each comparison and the traffic a bar for each day and variant", async () => {
    const readout = site.readouts.find((r) => r.id === "three-prices");
    if (!readout) throw new Error("missing fixture");
    await openPage(readout);
    await page.locator("[data-chart=forest]").scrollIntoViewIfNeeded();
    await expect.poll(() => page.locator("[data-chart=forest] svg [aria-label=dot] circle").count()).toBe(6);
    await page.locator("[data-chart=traffic]").scrollIntoViewIfNeeded();
    await expect.poll(() => page.locator("[data-chart=traffic] svg rect").count()).toBe(21 * 3);
  });

  it("a variant has one colour in every chart and table", async () => {
    const readout = site.readouts.find((r) => r.id === "three-prices");
    if (!readout) throw new Error("missing fixture");
    await openPage(readout);
    const label = page.locator("[data-chart=effectByDay] text", {hasText: "Per day"}).first();
    const swatch = page.locator("#primary tr", {hasText: "Per day"}).locator(".swatch");
    expect(await label.evaluate((node) => getComputedStyle(node).fill)).toBe(
      await swatch.evaluate((node) => getComputedStyle(node).backgroundColor)
    );
  });
});
