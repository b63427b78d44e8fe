import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {
  arms,
  banditAfter,
  banditRun,
  BATCHES,
  evenRegret,
  policyNames
} from "../../src/components/bandit/banditDemo.ts";
import {formatCount, formatPercent} from "../../lib/experiment/format.ts";
import type {OpenSite} from "./openPage.ts";
import {drawLive, openSite, seriousFaults, sideways} from "./openPage.ts";

describe("the demo of a bandit", () => {
  it("converges on the best of five arms and loses less than half of what an even split loses", () => {
    const {batches, regret} = banditRun({seed: 1, policy: "thompson"});
    const {best, arms: known, units} = banditAfter(batches, BATCHES, {logged: true});
    expect(best).toBe("One click");
    expect(known.at(-1)?.probabilityBest).toBeGreaterThan(0.9);
    expect(regret.at(-1)).toBeLessThan(evenRegret(units) / 2);
    expect(banditRun({seed: 1, policy: "thompson"})).toEqual({batches, regret});
  });

  it("loses by an even split what the arms' true means say", () => {
    const {regret, batches} = banditRun({seed: 2, policy: "even"});
    const {units} = banditAfter(batches, BATCHES, {logged: true});
    // best 0.128, mean of all 0.111
    expect(evenRegret(units)).toBeCloseTo(units * 0.017, 6);
    expect(Math.abs(regret.at(-1)! / evenRegret(units) - 1)).toBeLessThan(0.05);
  });

  it("has honest intervals that hold, and none without the probabilities", () => {
    let [held, all] = [0, 0];
    for (let seed = 1; seed <= 40; ++seed) {
      const {estimates} = banditAfter(banditRun({seed, policy: "thompson"}).batches, BATCHES, {logged: true});
      estimates?.forEach(({lower, upper}, i) => {
        ++all;
        if (lower! <= arms[i]!.mean && arms[i]!.mean <= upper!) ++held;
      });
    }
    // 95% of 200 intervals, four standard errors
    expect(held / all).toBeGreaterThan(0.95 - 4 * Math.sqrt((0.95 * 0.05) / all));
    const blind = banditAfter(banditRun({seed: 1, policy: "thompson"}).batches, BATCHES, {logged: false});
    expect(blind.estimates).toBe(null);
    expect(blind.warnings[0]?.code).toBe("no-propensities");
  });

  it.each(policyNames)("gives every arm some traffic in each batch by %s", (policy) => {
    for (const {probabilities} of banditRun({seed: 3, policy}).batches)
      expect(Math.min(...probabilities!)).toBeGreaterThanOrEqual(0.02 - 1e-12);
  });
});

describe("the page Bandit", () => {
  let pages: OpenSite;
  beforeAll(async () => {
    pages = await openSite();
  }, 300_000);
  afterAll(() => pages?.close());

  const whole = /30,000 units in 40 batches/;

  it("opens wide and light, and on a phone in the dark, without an error, a foreign request or a serious fault", async () => {
    for (const options of [
      {viewport: {width: 1400, height: 900}},
      {viewport: {width: 360, height: 740}, colorScheme: "dark" as const}
    ]) {
      const troubles = await pages.open("bandit", options, async (page) => {
        await expect.poll(() => page.locator(".status").textContent(), {timeout: 60_000}).toMatch(whole);
        await drawLive(page);
        expect(await sideways(page)).toBeLessThanOrEqual(0);
        expect(await seriousFaults(page)).toEqual([]);
      });
      expect(troubles).toEqual([]);
    }
  }, 150_000);

  it("shows without JavaScript how its first run ends, with the same numbers as with it", async () => {
    const {estimates, arms: known} = banditAfter(banditRun({seed: 1, policy: "thompson"}).batches, BATCHES, {
      logged: true
    });
    const expected = arms.map(({key}, i) => [
      key,
      formatCount(known[i]!.n),
      formatPercent(estimates![i]!.mean, {decimals: 2})
    ]);
    for (const javaScriptEnabled of [false, true])
      await pages.open("bandit", {javaScriptEnabled}, async (page) => {
        if (javaScriptEnabled)
          await expect.poll(() => page.locator(".status").textContent(), {timeout: 60_000}).toMatch(whole);
        const rows = await page
          .locator("[data-estimates] tbody tr")
          .evaluateAll((all) => all.map((row) => [...row.children].map((c) => c.textContent)));
        expect(rows.map((cells) => [cells[0], cells[1], cells[4]])).toEqual(expected);
        expect(await page.locator("main .unscripted").isVisible()).toBe(!javaScriptEnabled);
      });
  }, 90_000);

  it("plays batch by batch, stops and resets", async () => {
    const troubles = await pages.open("bandit?seed=5", {viewport: {width: 1200, height: 900}}, async (page) => {
      await expect.poll(() => page.locator(".status").textContent(), {timeout: 60_000}).toMatch(whole);
      await page.locator("button[name=reset]").click();
      expect(await page.locator(".status").textContent()).toBe("Ready.");
      await page.locator("button[name=start]").click();
      await expect
        .poll(() => page.locator("figure[data-live=shares] .reading").textContent(), {timeout: 30_000})
        .toMatch(/After [1-9],\d{3} units/);
      await page.locator("button[name=stop]").click();
      const batches = Number(/in (\d+) batches/.exec((await page.locator(".status").textContent()) ?? "")?.[1]);
      expect(batches).toBeGreaterThan(0);
      expect(batches).toBeLessThan(BATCHES);
      expect(await page.locator("button[name=start]").textContent()).toBe("Go on");
    });
    expect(troubles).toEqual([]);
  }, 120_000);

  it("warns plainly when the probabilities were not logged, and says by how much plain means are off", async () => {
    const troubles = await pages.open("bandit", {viewport: {width: 1200, height: 900}}, async (page) => {
      await expect.poll(() => page.locator(".status").textContent(), {timeout: 60_000}).toMatch(whole);
      await page.locator("input[name=logged]").uncheck();
      await expect
        .poll(() => page.locator("[data-warnings]").textContent(), {timeout: 90_000})
        .toMatch(/were not logged: plain means .* are biased.*In 200 simulated bandits like this one/s);
      expect(page.url()).toContain("log=off");
      expect(await page.locator("[data-estimates] tbody tr:first-child td:nth-child(5)").textContent()).toBe("none");
    });
    expect(troubles).toEqual([]);
  }, 150_000);
});
