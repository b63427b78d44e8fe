import type {Browser} from "playwright-core";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import type {BuiltFixtures} from "./builtSite.ts";
import {builtPortfolio, builtSite} from "./builtSite.ts";
import {launchChromium} from "./chromium.ts";
import type {Served} from "./serve.ts";
import {serve} from "./serve.ts";

let browser: Browser;
let served: Served;
let many: Served;
let site: BuiltFixtures;

beforeAll(async () => {
  site = await builtSite();
  const portfolio = await builtPortfolio(1000);
  [browser, served, many] = await Promise.all([launchChromium(), serve(site.dist), serve(portfolio)]);
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
  await many?.close();
});

describe("home", () => {
  it("lists every experiment once, in the group that says what it needs today", async () => {
    const page = await browser.newPage({javaScriptEnabled: false});
    await page.goto(served.origin);
    expect(await page.locator(".row").count()).toBe(site.index.experiments.length);
    const group = (title: string) =>
      page
        .locator(".group", {has: page.locator("h2", {hasText: title})})
        .locator(".what a")
        .allTextContents();
    expect(await group("Blocked")).toEqual(["Shorter sign-up form", "Faster product page"]);
    expect(await group("Finished")).toEqual(
      expect.arrayContaining(["The same page twice", "Recommendations from a larger model"])
    );
    expect(await group("Running")).toContain("Three ways to show the price");
    expect(await group("Decided")).toContain("Green checkout button");
    await page.close();
  });

  it("draws each interval where the common axis says it lies", async () => {
    const page = await browser.newPage();
    await page.goto(served.origin);
    const reach = Number(await page.locator(".portfolio").getAttribute("data-reach"));
    const entry = site.index.experiments.find((e) => e.id === "green-checkout")?.primary;
    const range = page.locator(".row", {hasText: "Green checkout button"}).locator(".range");
    const at = async (name: string) => ((parseFloat((await range.getAttribute(name)) ?? "") - 50) / 50) * reach;
    expect(await at("x1")).toBeCloseTo(entry?.relativeInterval?.[0] ?? NaN, 3);
    expect(await at("x2")).toBeCloseTo(entry?.relativeInterval?.[1] ?? NaN, 3);
    await page.close();
  });

  it("filters, searches and sorts, and keeps it in the address", async () => {
    const page = await browser.newPage();
    await page.goto(served.origin, {waitUntil: "networkidle"});
    const shown = () => page.locator(".row:visible .what a").allTextContents();
    await page.locator("select[name=verdict]").selectOption("roll-back");
    expect(await shown()).toEqual(["Recommendations from a larger model"]);
    await page.locator("select[name=verdict]").selectOption("");
    await page.locator("input[name=q]").fill("pricing three");
    expect(await shown()).toEqual(["Three ways to show the price"]);
    expect(page.url()).toContain("q=pricing+three");
    await page.reload({waitUntil: "networkidle"});
    expect(await shown()).toEqual(["Three ways to show the price"]);
    await page.locator("input[name=q]").fill("nothing like it");
    expect(await page.locator(".portfolio .none").isVisible()).toBe(true);
    await page.locator("input[name=q]").fill("");
    await page.locator("select[name=sort]").selectOption("title");
    const decided = await page.locator("#decided .what a").allTextContents();
    expect(decided).toEqual([...decided].sort((a, b) => a.localeCompare(b)));
    await page.close();
  });

  it("bears nonsense in its address", async () => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(`${served.origin}/?verdict=%3Cscript%3E&q=%25%25&sort=nope&status=`, {waitUntil: "networkidle"});
    expect(await page.locator("select[name=verdict]").inputValue()).toBe("");
    expect(errors).toEqual([]);
    await page.close();
  });

  it("leads to the readout", async () => {
    const page = await browser.newPage();
    await page.goto(served.origin);
    await page.locator(".row a", {hasText: "Three ways"}).click();
    await page.waitForURL("**/experiments/three-prices*");
    expect(await page.locator("h1").textContent()).toBe("Three ways to show the price");
    await page.close();
  });

  it("shows 1,000 experiments and filters them", async () => {
    const page = await browser.newPage({viewport: {width: 1400, height: 900}});
    await page.goto(many.origin, {waitUntil: "networkidle"});
    expect(await page.locator(".row").count()).toBe(1000);
    await page.locator("input[name=q]").fill("green-checkout-7");
    expect(await page.locator(".row:visible").count()).toBeGreaterThan(0);
    expect(await page.locator(".row:visible").count()).toBeLessThan(200);
    await page.close();
  });
});

describe("health", () => {
  it("lists the alerts of all experiments, newest first, with what to do", async () => {
    const page = await browser.newPage({javaScriptEnabled: false});
    await page.goto(`${served.origin}/health`);
    const alerts = site.index.experiments.flatMap((e) => e.alerts);
    expect(await page.locator("main tbody tr").count()).toBe(alerts.length);
    const dates = (await page.locator("main tbody th").allTextContents())
      .filter((d) => /\d/.test(d))
      .map((d) => Date.parse(d.replaceAll("\u00a0", " ")));
    expect(dates).toEqual([...dates].sort((a, b) => b - a));
    expect(await page.locator("main").textContent()).toContain("Do not read the results.");
    await page.close();
  });
});
