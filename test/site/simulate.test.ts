import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {planSimulation, sumDays} from "../../lib/simulate/index.ts";
import {settingsFrom} from "../../src/components/simulate/settings.ts";
import {simulationInput, summingOf} from "../../src/components/simulate/simulationInput.ts";
import {watchRun} from "../../src/components/simulate/watch.ts";
import {formatCount, formatNumber} from "../../lib/experiment/format.ts";
import type {OpenSite} from "./openPage.ts";
import {drawLive, openSite, seriousFaults, sideways} from "./openPage.ts";

let pages: OpenSite;
beforeAll(async () => {
  pages = await openSite();
}, 300_000);
afterAll(() => pages?.close());

describe("the pages Simulate and Peeking", () => {
  it.each(["simulate?units=300", "peeking?nights=7"])(
    "/%s opens wide and light, and on a phone in the dark, without an error, a foreign request or a serious fault",
    async (path) => {
      for (const options of [
        {viewport: {width: 1400, height: 900}},
        {viewport: {width: 360, height: 740}, colorScheme: "dark" as const}
      ]) {
        const troubles = await pages.open(path, options, async (page) => {
          await drawLive(page);
          await expect
            .poll(() => page.locator(".status").textContent(), {timeout: 60_000})
            .toMatch(/end of the log|Stopped after 1,000/);
          expect(await sideways(page)).toBeLessThanOrEqual(0);
          expect(await seriousFaults(page)).toEqual([]);
        });
        expect(troubles).toEqual([]);
      }
    },
    120_000
  );

  it.each([
    ["simulate", /likelihood path climbs until it blocks/],
    ["peeking", /one in four experiments/]
  ])("/%s says in words without JavaScript what it would show, and hides what could not work", async (path, words) => {
    await pages.open(path, {javaScriptEnabled: false}, async (page) => {
      expect(await page.locator("main").textContent()).toMatch(words);
      expect(await page.locator("main .unscripted").isVisible()).toBe(true);
      expect(await page.locator("main form:visible, main button:visible, figure:visible").count()).toBe(0);
    });
  });

  it("shows of a run what the library says of it, the same for the same address", async () => {
    const query = "seed=7&units=400&lift=12&faults=split,late";
    const settings = settingsFrom(query);
    const watcher = watchRun(settings);
    let last: {units: readonly number[]} = {units: []};
    for (const sums of sumDays(planSimulation(simulationInput(settings)), summingOf(settings))) {
      watcher.add(sums);
      last = sums;
    }
    const {looks, alerts, mismatch} = watcher.watched();
    const troubles = await pages.open(`simulate?${query}`, {viewport: {width: 1200, height: 900}}, async (page) => {
      await expect.poll(() => page.locator(".status").textContent(), {timeout: 60_000}).toMatch(/end of the log/);
      const fact = (name: string) => page.locator(`[data-fact="${name}"]`).textContent();
      await expect.poll(() => fact("z")).toBe(formatNumber(looks.at(-1)!.z, {decimals: 2}));
      await expect.poll(() => fact("Boundary")).toBe(formatNumber(looks.at(-1)!.bound, {decimals: 2}));
      await drawLive(page);
      const units = last.units.reduce((a, b) => a + b, 0);
      const split = page.locator("figure[data-live=split] .reading");
      await expect.poll(() => split.textContent()).toContain(formatCount(units));
      await expect.poll(() => page.locator("[data-alerts] li").allTextContents()).toHaveLength(alerts.length);
      expect(mismatch.crossed === null).toBe(
        !(await page.locator("[data-alerts]").textContent())?.includes("The split is broken")
      );
      await page.locator("figure[data-live=boundary] summary").click();
      await expect.poll(() => page.locator("figure[data-live=boundary] tbody tr").count()).toBe(looks.length);
      expect(page.url()).toContain("seed=7&units=400&lift=12&faults=split,late");
    });
    expect(troubles).toEqual([]);
  }, 120_000);

  it("starts, stops, goes on and resets, and keeps every choice in the address", async () => {
    const troubles = await pages.open(
      "simulate?units=200&rate=15",
      {viewport: {width: 1200, height: 900}},
      async (page) => {
        const day = async () => Number.parseInt((await page.locator('[data-fact="Day"]').textContent()) ?? "");
        await expect.poll(() => page.locator(".status").textContent(), {timeout: 60_000}).toMatch(/end of the log/);
        await page.locator("button[name=reset]").click();
        expect(await page.locator('[data-fact="Day"]').textContent()).toBe("–");
        await page.locator("button[name=start]").click();
        await expect.poll(day, {timeout: 30_000}).toBeGreaterThan(2);
        await page.locator("button[name=stop]").click();
        const stopped = await day();
        expect(stopped).toBeLessThan(31);
        await page.waitForTimeout(500);
        expect(await day()).toBeLessThanOrEqual(stopped + 1);
        await page.locator("button[name=start]", {hasText: "Go on"}).click();
        await expect.poll(day, {timeout: 30_000}).toBeGreaterThan(stopped + 2);
        await page.locator("input[name=bots]").check();
        await page.locator("input[name=cuped]").uncheck();
        await expect.poll(() => page.url(), {timeout: 20_000}).toMatch(/cuped=off.*faults=bots/);
        expect(await page.locator('[data-fact="CUPED saves"]').textContent()).toBe("off");
      }
    );
    expect(troubles).toEqual([]);
  }, 120_000);

  it("survives an address full of nonsense", async () => {
    const troubles = await pages.open(
      "simulate?seed=%3Cb%3E&units=NaN&faults=x,constructor&metric=1",
      {},
      async (page) => {
        await expect.poll(() => page.url(), {timeout: 30_000}).toMatch(/\?seed=1$/);
      }
    );
    expect(troubles).toEqual([]);
  });

  it("counts false alarms as it goes: many more by the naive rule than against the boundary", async () => {
    const troubles = await pages.open(
      "peeking?nights=28&seed=3",
      {viewport: {width: 1200, height: 900}},
      async (page) => {
        await expect
          .poll(() => page.locator(".status").textContent(), {timeout: 90_000})
          .toMatch(/Stopped after 1,000/);
        const rate = async (rule: string) =>
          Number.parseFloat((await page.locator(`[data-rate="${rule}"]`).textContent()) ?? "");
        // Armitage, McPherson and Rowe (1969): 0.248 after 20 looks, 0.320 after 50
        expect(await rate("naive")).toBeGreaterThan(20);
        expect(await rate("naive")).toBeLessThan(34);
        expect(await rate("group-sequential")).toBeLessThan(8);
        await page.locator("button[name=start]").click();
        await expect.poll(() => rate("runs").then((n) => n), {timeout: 30_000}).toBeGreaterThan(0);
        await page.locator("button[name=stop]").click();
        await page.locator("button[name=reset]").click();
        expect(await page.locator('[data-rate="runs"]').textContent()).toBe("0");
      }
    );
    expect(troubles).toEqual([]);
  }, 150_000);
});
