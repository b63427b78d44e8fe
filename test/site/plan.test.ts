import {readFile} from "node:fs/promises";
import {fileURLToPath} from "node:url";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {parseDefinitions} from "../../lib/experiment/definition/parseDefinitions.ts";
import {planSources} from "../../src/components/plan/planSources.ts";
import {planStateFrom, solvePlan} from "../../src/components/plan/planState.ts";
import {fileName, planYaml} from "../../src/components/plan/planYaml.ts";
import type {PlannedExperiment} from "../../src/components/plan/planYaml.ts";
import {formatCount} from "../../lib/experiment/format.ts";
import {fixtureReadouts} from "./fixtures.ts";
import type {OpenSite} from "./openPage.ts";
import {drawLive, openSite, seriousFaults, sideways, slide} from "./openPage.ts";

const data = (file: string) => readFile(fileURLToPath(new URL(`../../data/${file}`, import.meta.url)), "utf8");

/** What `readout validate` says of the definition beside the demo's metrics and sources. */
async function errorsOf(yaml: string): Promise<string[]> {
  const name = /^# data\/(experiments\/\S+)$/m.exec(yaml)?.[1] ?? "missing name";
  const {errors} = parseDefinitions([
    {path: name, text: yaml},
    {path: "metrics.yaml", text: await data("metrics.yaml")},
    {path: "sources.yaml", text: await data("sources.yaml")}
  ]);
  return errors.map(({message}) => message);
}

const plan: PlannedExperiment = {
  title: "New experiment",
  start: "2026-02-02",
  end: "2026-03-01",
  exposures: "exposures",
  timezone: "UTC",
  metric: "purchase",
  effect: 0.0234567,
  alpha: 0.05,
  power: 0.8,
  method: "group-sequential",
  units: 123456,
  share: 1,
  dimensions: {platform: {column: "platform"}, country: {column: "country"}},
  guardrails: [{metric: "latency", margin: "25%"}]
};

describe("planYaml(plan)", () => {
  it.each(["fixed", "group-sequential", "always-valid"] as const)(
    "is a valid definition of a %s design",
    async (method) => {
      const yaml = planYaml({...plan, method});
      expect(await errorsOf(yaml)).toEqual([]);
      expect(yaml).toContain("minimumEffect: {purchase: 2.346%}");
      expect(yaml).toContain("dimensions: [platform, country]");
      expect(yaml).toContain(`method: ${method}`);
    }
  );

  it.each([
    "A title: with a colon",
    "yes",
    "# not a comment",
    'Quotes " and \\ and \u2028',
    "12",
    "\u05d0\u05d1 \ud83d\ude80",
    "- a dash",
    "{brace}"
  ])("keeps the title %j as it is", async (title) => {
    const yaml = planYaml({...plan, title});
    expect(await errorsOf(yaml)).toEqual([]);
    const {definitions} = parseDefinitions([
      {path: "experiments/x.yaml", text: yaml},
      {path: "metrics.yaml", text: await data("metrics.yaml")},
      {path: "sources.yaml", text: await data("sources.yaml")}
    ]);
    expect(definitions.experiments[0]?.title).toBe(title.trim());
  });

  it("takes over dimensions and guardrails of any form, but not the metric itself as its guardrail", async () => {
    const dimensions = {platform: {expression: "upper(platform)", top: 5}, place: {column: "country"}};
    const guardrails = ["sessions", {metric: "purchase", margin: "2%"}, {metric: "latency", margin: 20, limit: 400}];
    const yaml = planYaml({...plan, dimensions, guardrails, timezone: "Europe/Berlin", share: 0.25});
    expect(await errorsOf(yaml)).toEqual([]);
    expect(yaml).toContain("timezone: ");
    expect(yaml).toContain("# 25% of the traffic enters");
    expect(yaml).not.toContain("margin: 2%}");
  });

  it("leaves out what is not there", async () => {
    const yaml = planYaml({...plan, dimensions: null, guardrails: undefined});
    expect(await errorsOf(yaml)).toEqual([]);
    expect(yaml).not.toMatch(/dimensions|guardrails/);
  });

  it("names the file after the title", () => {
    expect(fileName("Grüner Knopf, 2. Versuch!")).toBe("gruner-knopf-2-versuch");
    expect(fileName("\u05d0\u05d1")).toBe("new-experiment");
    expect(fileName("x".repeat(200))).toHaveLength(60);
  });
});

describe("the page Plan", () => {
  let pages: OpenSite;
  beforeAll(async () => {
    pages = await openSite();
  }, 300_000);
  afterAll(() => pages?.close());

  const answer = "[data-answer]";
  const patient = {timeout: 20_000};
  const valueOf = (page: Parameters<typeof drawLive>[0], key: string) =>
    page.locator(`output[data-shows=${key}]`).textContent();

  it("opens wide and light, and on a phone in the dark, without an error, a foreign request or a serious fault", async () => {
    for (const options of [
      {viewport: {width: 1400, height: 900}},
      {viewport: {width: 360, height: 740}, colorScheme: "dark" as const}
    ]) {
      const troubles = await pages.open("plan", options, async (page) => {
        await drawLive(page);
        expect(await sideways(page)).toBeLessThanOrEqual(0);
        expect(await seriousFaults(page)).toEqual([]);
        expect(await page.locator("main img, main script[src*=alert]").count()).toBe(0);
      });
      expect(troubles).toEqual([]);
    }
  }, 120_000);

  it("lists without JavaScript what earlier experiments tell", async () => {
    await pages.open("plan", {javaScriptEnabled: false}, async (page) => {
      expect(await page.locator("#known table").textContent()).toContain("Green checkout button");
      expect(await page.locator("main .unscripted").isVisible()).toBe(true);
      expect(await page.locator("main form:visible, main button:visible, figure:visible").count()).toBe(0);
    });
  });

  it("shows the numbers that the library plans", async () => {
    const query = "from=green-checkout&metric=purchase&design=always-valid&effect=4";
    const sources = planSources(fixtureReadouts());
    const state = planStateFrom(query, sources);
    const source = sources.find(({id}) => id === state.source)!;
    expect(source.id).toBe("green-checkout");
    const {designs} = solvePlan(
      state,
      source,
      source.metrics.find(({key}) => key === "purchase")!
    );
    const troubles = await pages.open(`plan?${query}`, {viewport: {width: 1200, height: 900}}, async (page) => {
      await drawLive(page);
      for (const {method, units, days} of designs) {
        const cell = (key: string) => page.locator(`tr[data-design=${method}] [data-cell=${key}]`).textContent();
        expect(await cell("units")).toBe(formatCount(units));
        expect(await cell("days")).toBe(formatCount(days));
      }
      expect(await page.locator(answer).textContent()).toContain(formatCount(designs[2]!.units));
    });
    expect(troubles).toEqual([]);
  }, 60_000);

  it("links its sliders: a smaller effect takes longer, fewer days find less, and the one that is moved stays", async () => {
    const troubles = await pages.open(
      "plan?from=green-checkout&metric=purchase&effect=5",
      {viewport: {width: 1200, height: 900}},
      async (page) => {
        const days = async () => Number.parseInt((await valueOf(page, "days"))!);
        await expect.poll(() => page.locator(answer).textContent(), patient).toMatch(/units in two arms/);
        const before = await days();
        await slide(page, "effect", 45);
        await expect.poll(days, patient).toBeGreaterThan(before);
        expect(await valueOf(page, "effect")).toBe("2.2%");
        await slide(page, "days", 35);
        await expect.poll(() => page.locator("select[name=solve]").inputValue(), patient).toBe("effect");
        expect(await days()).toBe(35);
        const effect = async () => Number.parseFloat((await valueOf(page, "effect"))!);
        const found = await effect();
        await slide(page, "share", 25);
        await expect.poll(effect, patient).toBeGreaterThan(1.8 * found);
        await page.locator("select[name=solve]").selectOption("power");
        const power = async () => Number.parseInt((await valueOf(page, "power"))!);
        expect(await power()).toBe(80);
        await slide(page, "share", 100);
        await expect.poll(power, patient).toBeGreaterThan(95);
        expect(page.url()).toContain("solve=power");
      }
    );
    expect(troubles).toEqual([]);
  }, 60_000);

  it("ends in a definition that validates, whatever is chosen", async () => {
    const troubles = await pages.open(
      "plan?from=green-checkout&metric=purchase",
      {viewport: {width: 1200, height: 900}},
      async (page) => {
        const yaml = () => page.locator("pre.yaml").textContent();
        await expect.poll(yaml, patient).toMatch(/^# data\/experiments\/new-experiment.yaml/);
        for (const method of ["fixed", "always-valid", "group-sequential"]) {
          await page.locator("select[name=method]").selectOption(method);
          await expect.poll(yaml, patient).toContain(`method: ${method}`);
          expect(await errorsOf((await yaml())!)).toEqual([]);
        }
        await page.locator("input[name=title]").fill('Say "yes": #1');
        await expect.poll(yaml, patient).toContain("say-yes-1.yaml");
        expect(await errorsOf((await yaml())!)).toEqual([]);
        await slide(page, "effect", 0);
        await expect
          .poll(() => page.locator(answer).textContent(), patient)
          .toMatch(/no such plan: not within 730 days/);
        expect(await yaml()).toBe("# There is no such plan; see above why.");
      }
    );
    expect(troubles).toEqual([]);
  }, 60_000);
});
