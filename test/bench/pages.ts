import {existsSync, statSync} from "node:fs";
import {join} from "node:path";
import type {Browser} from "playwright-core";
import {builtPortfolio, builtSite} from "../site/builtSite.ts";
import {launchChromium} from "../site/chromium.ts";
import {serve} from "../site/serve.ts";
import type {Measured} from "./measured.ts";

/** How one page came up in a browser that had never seen the site. */
type Load = {
  /** Milliseconds until the largest piece of text or chart was painted. */
  paint: number;
  /** Cumulative layout shift while it loaded and while it was scrolled to its end. */
  shift: number;
  /** Names of scripts, styles and wasm that it asked for, from the top of the site. */
  files: string[];
};

/**
 * Measures home and a readout page in Chromium: what they weigh, how soon they are painted where the processor is slowed
 * four times, and whether anything jumps; and homes of 200 and of 1,000 experiments.
 *
 * @param options.rounds cold loads of a page, of which the median counts
 */
export async function bench({rounds = 5} = {}): Promise<Measured[]> {
  const browser = await launchChromium();
  try {
    const {dist} = await builtSite();
    return [
      ...(await measure(browser, dist, "experiments/green-checkout", "readout page", rounds)),
      ...(await measure(browser, dist, "", "home", rounds)),
      ...(await measure(browser, await builtPortfolio(200), "", "home of 200 experiments", rounds)),
      ...(await measure(browser, await builtPortfolio(1000), "", "home of 1,000 experiments", rounds))
    ];
  } finally {
    await browser.close();
  }
}

async function measure(
  browser: Browser,
  dist: string,
  path: string,
  name: string,
  rounds: number
): Promise<Measured[]> {
  const served = await serve(dist);
  try {
    const url = `${served.origin}/${path}`;
    const loads: Load[] = [];
    for (let i = 0; i < rounds; ++i) loads.push(await load(browser, url));
    const files = [...new Set(loads.flatMap((l) => l.files))];
    return [
      {
        name: `${name}: scripts and style`,
        value: files.reduce((sum, file) => sum + zippedBytes(join(dist, file)), 0) / 1000,
        unit: "kB gzipped",
        bound: 250
      },
      {name: `${name}: wasm`, value: files.filter((f) => f.endsWith(".wasm")).length, unit: "files", bound: 0},
      {
        name: `${name}: largest paint, processor slowed 4x`,
        value: median(loads.map((l) => l.paint)) / 1000,
        unit: "s",
        bound: name.includes("1,000") ? undefined : name.includes("200") ? 1 : 1.5
      },
      {name: `${name}: layout shift`, value: Math.max(...loads.map((l) => l.shift)), unit: "", bound: 0.05}
    ];
  } finally {
    await served.close();
  }
}

/** Opens a page in a context of its own, so that nothing is cached, and scrolls to its end. */
async function load(browser: Browser, url: string): Promise<Load> {
  const context = await browser.newContext({viewport: {width: 1300, height: 900}});
  try {
    const page = await context.newPage();
    const files: string[] = [];
    page.on("request", (request) => {
      const {pathname} = new URL(request.url());
      if (/\.(js|css|wasm)$/.test(pathname)) files.push(decodeURIComponent(pathname));
    });
    await page.addInitScript(() => {
      const seen = {paint: 0, shift: 0};
      Object.assign(globalThis, {seen});
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) seen.paint = entry.startTime;
      }).observe({type: "largest-contentful-paint", buffered: true});
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) seen.shift += (entry as PerformanceEntry & {value: number}).value;
      }).observe({type: "layout-shift", buffered: true});
    });
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", {rate: 4});
    await page.goto(url, {waitUntil: "networkidle"});
    await page.waitForTimeout(500);
    const paint = await page.evaluate(() => (globalThis as unknown as {seen: {paint: number}}).seen.paint);
    await session.send("Emulation.setCPUThrottlingRate", {rate: 1});
    await page.evaluate(async () => {
      for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
        scrollTo({top: y, behavior: "instant"});
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60)));
      }
    });
    const shift = await page.evaluate(() => (globalThis as unknown as {seen: {shift: number}}).seen.shift);
    return {paint, shift, files};
  } finally {
    await context.close();
  }
}

/** The bytes of a file as a host sends it: gzipped, where that was written beside it. */
function zippedBytes(file: string): number {
  const zipped = `${file}.gz`;
  return statSync(existsSync(zipped) ? zipped : file).size;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
