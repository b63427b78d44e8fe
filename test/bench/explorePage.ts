import {cp, mkdir, readdir, rm, symlink, writeFile} from "node:fs/promises";
import {join} from "node:path";
import type {Browser, Page} from "playwright-core";
import {buildSite} from "../../lib/commands/buildSite.ts";
import {indexEntryOf} from "../../lib/experiment/indexEntryOf.ts";
import {launchChromium} from "../site/chromium.ts";
import {makeCube, writeCube} from "../site/cubes.ts";
import {serve} from "../site/serve.ts";
import type {Measured} from "./measured.ts";

const work = join(".readout", "bench-explore");
const values = (name: string, count: number) => Array.from({length: count}, (_, i) => `${name} ${i}`);

/** What a reader of Explore waits for in Chromium, on a built site, with a cube of 200,000 rows. */
export async function bench(): Promise<Measured[]> {
  let browser: Browser | null = null;
  let served: Awaited<ReturnType<typeof serve>> | null = null;
  try {
    const {rows, dist} = await build();
    served = await serve(dist);
    browser = await launchChromium();
    const address = `${served.origin}/explore?experiment=large`;
    const filters = await measure(browser, `${address}&by=platform`, filterChanges);
    const crossings = await measure(browser, address, crossingChanges);
    const starts: number[] = [];
    let queries: number[] = [];
    for (let i = 0; i < 3; ++i) {
      const {start, own} = await measure(browser, address, startAndAsk);
      starts.push(start);
      queries = own;
    }
    return [
      {
        name: `Explore: filter to new numbers, ${rows} rows, Chromium`,
        value: median(filters),
        unit: "ms",
        bound: 50
      },
      {
        name: `Explore: crossing to new numbers, ${rows} rows, Chromium`,
        value: median(crossings),
        unit: "ms",
        bound: 50
      },
      {
        name: "Explore: click to the cube in DuckDB, its start included",
        value: median(starts),
        unit: "ms",
        bound: 1500
      },
      {name: "Explore: SQL aggregate over the cube", value: median(queries), unit: "ms", bound: 60}
    ];
  } finally {
    await browser?.close();
    await served?.close();
    await rm(work, {recursive: true, force: true});
  }
}

async function build(): Promise<{rows: number; dist: string}> {
  const site = join(work, "src");
  await rm(work, {recursive: true, force: true});
  await mkdir(site, {recursive: true});
  for (const entry of await readdir("src"))
    if (["components", "explore.md", "404.md", "style.css"].includes(entry))
      await cp(join("src", entry), join(site, entry), {recursive: true});
  await symlink(join(process.cwd(), "lib"), join(site, "lib"));
  const fixture = makeCube({
    id: "large",
    title: "A large cube",
    dimensions: {platform: values("platform", 10), country: values("country", 20), tier: values("tier", 6)},
    days: 28
  });
  // Of the demo, too, entries are about a fifth of the path.
  const publication = {...fixture.publication, entries: fixture.publication.entries.slice(0, 40_000)};
  await writeCube(join(site, "readouts"), {...fixture, publication});
  const index = {schemaVersion: 1, asOf: publication.asOf, experiments: [indexEntryOf(fixture.readout, {schedule: 1})]};
  await writeFile(join(site, "readouts", "index.json"), JSON.stringify(index));
  const dist = join(work, "dist");
  await buildSite({site, out: dist});
  return {rows: publication.path.length, dist};
}

async function measure<Value>(browser: Browser, address: string, take: (page: Page) => Promise<Value>): Promise<Value> {
  const context = await browser.newContext({viewport: {width: 1400, height: 900}});
  try {
    const page = await context.newPage();
    await page.goto(address);
    await page.waitForSelector("table.results", {timeout: 120_000});
    await page.waitForTimeout(1000);
    return await take(page);
  } finally {
    await context.close();
  }
}

/** Milliseconds from a click on a filter to the new numbers in the page. */
function filterChanges(page: Page): Promise<number[]> {
  return changes(page, {
    open: "details.only[data-dimension=country] summary",
    boxes: "details.only[data-dimension=country] input[name=where]"
  });
}

/** Milliseconds from a click on a dimension to the new numbers: each of them, two, and all three crossed; and back. */
function crossingChanges(page: Page): Promise<number[]> {
  return changes(page, {boxes: "input[name=by]", turns: 5});
}

/** Clicks boxes one after another and waits each time until the table is another one. */
function changes(page: Page, options: {open?: string; boxes: string; turns?: number}): Promise<number[]> {
  return page.evaluate(async ({open, boxes, turns = 1}) => {
    if (open !== undefined) document.querySelector<HTMLElement>(open)?.click();
    const cells = document.querySelector(".cells");
    const taken: number[] = [];
    for (let turn = 0; turn < turns; ++turn)
      for (const box of Array.from(document.querySelectorAll<HTMLInputElement>(boxes)).slice(0, 15)) {
        const before = cells?.textContent;
        const start = performance.now();
        box.click();
        while (cells?.textContent === before) await new Promise((done) => setTimeout(done));
        taken.push(performance.now() - start);
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 250)));
      }
    return taken;
  }, options);
}

/** Milliseconds from the first click on Run to the answer, and those of nine aggregates, as the console says. */
async function startAndAsk(page: Page): Promise<{start: number; own: number[]}> {
  await page.fill(".sql textarea", "SELECT count(*) AS n FROM path");
  const start = await page.evaluate(
    () =>
      new Promise<number>((done) => {
        const from = performance.now();
        const section = document.querySelector(".sql");
        const seen = new MutationObserver(() => {
          if (!document.querySelector("table.query")) return;
          seen.disconnect();
          done(performance.now() - from);
        });
        if (section) seen.observe(section, {subtree: true, childList: true});
        document.querySelector<HTMLElement>(".sql [name=run]")?.click();
      })
  );
  const own: number[] = [];
  for (let i = 0; i < 9; ++i) {
    const sql = `SELECT platform, country, variant, sum(n) AS n, sum(y) AS y, sum(yy) AS yy, ${i} AS turn
FROM path WHERE metric = 'purchase' AND platform IS NOT NULL GROUP BY ALL ORDER BY ALL`;
    await page.fill(".sql textarea", sql);
    const from = await page.evaluate(() => performance.now());
    await page.click(".sql [name=run]");
    await page.waitForFunction(
      (turn) => document.querySelector("table.query tbody tr td:last-child")?.textContent === String(turn),
      i
    );
    const said = /([\d.,]+)\u202fms/.exec((await page.textContent(".sql .said")) ?? "")?.[1];
    own.push(
      said === undefined ? (await page.evaluate(() => performance.now())) - from : Number(said.replace(",", ""))
    );
  }
  return {start, own};
}

function median(taken: readonly number[]): number {
  return [...taken].sort((a, b) => a - b)[taken.length >> 1] ?? NaN;
}
