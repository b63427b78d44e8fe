import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import type {Browser, Page} from "playwright-core";
import {expect} from "vitest";
import {builtSite} from "./builtSite.ts";
import type {BuiltFixtures} from "./builtSite.ts";
import {launchChromium} from "./chromium.ts";
import {serve} from "./serve.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The built site in a browser. */
export type OpenSite = {
  site: BuiltFixtures;
  /** Opens a page, hands it to `look`, and returns what went wrong: console errors, failed or foreign requests. */
  open(
    path: string,
    options: Parameters<Browser["newContext"]>[0],
    look: (page: Page) => Promise<void>
  ): Promise<string[]>;
  close(): Promise<void>;
};

/** Returns the site of the invented readouts, served and ready to be opened. */
export async function openSite(): Promise<OpenSite> {
  const site = await builtSite();
  const [browser, served] = await Promise.all([launchChromium(), serve(site.dist)]);
  return {
    site,
    async open(path, options, look) {
      const context = await browser.newContext(options);
      const troubles: string[] = [];
      try {
        const page = await context.newPage();
        page.on("console", (message) => message.type() === "error" && troubles.push(`console: ${message.text()}`));
        page.on("pageerror", (error) => troubles.push(`error: ${String(error)}`));
        page.on("requestfailed", (request) => troubles.push(`failed: ${request.url()}`));
        page.on("response", (r) => r.status() >= 400 && troubles.push(`${r.status()}: ${r.url()}`));
        page.on("request", (request) => {
          if (!request.url().startsWith(served.origin) && !/^(data|blob):/.test(request.url()))
            troubles.push(`elsewhere: ${request.url()}`);
        });
        await page.goto(`${served.origin}/${path}`, {waitUntil: "load"});
        await look(page);
      } finally {
        await context.close();
      }
      return troubles;
    },
    async close() {
      await browser.close();
      await served.close();
    }
  };
}

/** Scrolls through the page until every live chart is drawn and read out. */
export async function drawLive(page: Page): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.evaluate(async () => {
          for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
            scrollTo({top: y, behavior: "instant"});
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)));
          }
          scrollTo({top: 0, behavior: "instant"});
        });
        return page.evaluate(
          () =>
            Array.from(document.querySelectorAll("figure[data-live]")).filter(
              (f) => !f.querySelector(".plot svg") || !f.querySelector(".reading")?.textContent
            ).length
        );
      },
      {timeout: 60_000, interval: 200}
    )
    .toBe(0);
}

/** Returns what axe calls serious or critical, with the elements. */
export async function seriousFaults(page: Page): Promise<unknown> {
  await page.evaluate(axe);
  return page.evaluate(
    `axe.run(document, {resultTypes: ["violations"]}).then((r) => r.violations
      .filter((v) => v.impact === "serious" || v.impact === "critical")
      .map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")))`
  );
}

/** Returns by how many pixels the page is wider than its window. */
export function sideways(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Sets a slider as a reader does who moves it. */
export async function slide(page: Page, name: string, value: number): Promise<void> {
  await page.locator(`input[name=${name}]`).evaluate((input, to) => {
    (input as HTMLInputElement).value = String(to);
    input.dispatchEvent(new Event("input", {bubbles: true}));
  }, value);
}
