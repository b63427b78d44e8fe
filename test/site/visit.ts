import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import type {Browser, BrowserContext, Page} from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A page that is being looked at, and what went wrong on it so far. */
export type Visit = {
  page: Page;
  context: BrowserContext;
  /** Console errors, failed requests and requests to other hosts. */
  troubles: string[];
  close: () => Promise<void>;
};

/** Opens a page in a context of its own, and watches what goes wrong. */
export async function visit(
  browser: Browser,
  origin: string,
  path: string,
  {
    prepare,
    ...options
  }: Parameters<Browser["newContext"]>[0] & {prepare?: (context: BrowserContext) => Promise<void>} = {}
): Promise<Visit> {
  const context = await browser.newContext({viewport: {width: 1300, height: 900}, ...options});
  const troubles: string[] = [];
  await prepare?.(context);
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && troubles.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => troubles.push(`error: ${String(error)}`));
  page.on("requestfailed", (request) => troubles.push(`failed: ${request.url()}`));
  page.on(
    "response",
    (response) => response.status() >= 400 && troubles.push(`${response.status()}: ${response.url()}`)
  );
  page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !/^(data|blob):/.test(request.url()))
      troubles.push(`elsewhere: ${request.url()}`);
  });
  await page.goto(`${origin}/${path}`);
  return {page, context, troubles, close: () => context.close()};
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

/** Returns by how many pixels a page is wider than its window. */
export async function sideways(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
