import {spawn} from "node:child_process";
import {appendFile, cp, mkdir, readFile, readdir, rm, symlink} from "node:fs/promises";
import {join} from "node:path";
import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {buildReadouts} from "../../lib/commands/build.ts";
import {buildSite} from "../../lib/commands/buildSite.ts";
import {projectFolder} from "../../lib/commands/framework.ts";
import {knownSecrets} from "../../lib/commands/secrets.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {smallDefinitions, smallLog} from "../commands/nightly.ts";
import {workplace} from "../commands/realExperiments.ts";
import type {Workplace} from "../commands/realExperiments.ts";
import {launchChromium} from "./chromium.ts";
import type {Asked} from "./strictHost.ts";
import {strictHost} from "./strictHost.ts";
import type {Served} from "./serve.ts";
import {seriousFaults, sideways, visit} from "./visit.ts";

const base = "/teams/growth/";
const account = {user: "reader", password: "open-sesame-71"};
const secret = "postgres://reader:h1dden-w0rd@db.example/logs";
const work = join(".readout", "test-site", `host-${process.pid}`);
const log = smallLog({units: 1200, days: 14});
const plainPages = ["bandit", "health", "methods", "peeking", "plan", "simulate", "try"];

let place: Workplace;
let browser: Browser;
let host: Served & {asked: Asked[]};
let early: Readout;
const dist = join(projectFolder, work, "dist");
const outDir = join(projectFolder, work, "src", "readouts");

beforeAll(async () => {
  process.env.READOUT_HOST_TEST = secret;
  const sources = 'connections: {warehouse: {engine: postgres, url: "${READOUT_HOST_TEST}"}}\n';
  place = await workplace(smallDefinitions(["one"], {sources}));
  const site = join(projectFolder, work, "src");
  await mkdir(site, {recursive: true});
  for (const entry of await readdir(join(projectFolder, "src")))
    if (!["lib", "readouts", ".observablehq"].includes(entry))
      await cp(join(projectFolder, "src", entry), join(site, entry), {recursive: true});
  await symlink(join(projectFolder, "lib"), join(site, "lib"));
  const options = {dataDir: place.dataDir, outDir, historyDir: join(place.folder, "history")};
  await log.write(place.dataDir, 8);
  await buildReadouts(options);
  early = JSON.parse(await readFile(join(outDir, "one", "readout.json"), "utf8"));
  await log.write(place.dataDir, 10);
  await appendFile(join(place.dataDir, "events.csv"), lateEvents());
  await buildReadouts(options);
  await buildSite({site: join(work, "src"), out: dist, base});
  [browser, host] = await Promise.all([launchChromium(), strictHost(dist, {base, ...account})]);
}, 600_000);

afterAll(async () => {
  delete process.env.READOUT_HOST_TEST;
  await browser?.close();
  await host?.close();
  await place?.remove();
  await rm(join(projectFolder, work), {recursive: true, force: true});
});

/** Purchases of the first day that arrive more than a week later. */
function lateEvents(): string {
  return Array.from({length: 20}, (_, i) => `u${2 * i + 1},2026-01-05T20:00:00Z,buy,40\n`).join("");
}

const open = (path: string, options: Parameters<typeof visit>[3] = {}) =>
  visit(browser, host.origin, `${base.slice(1)}${path}`, {
    httpCredentials: {username: account.user, password: account.password},
    ...options
  });

/** The first request of a context is refused once, which is how a browser learns that it must say the password. */
const unexpected = (troubles: readonly string[]) =>
  troubles.filter((text) => !text.startsWith("401: ") && !text.includes("status of 401"));

describe("a site under a path, behind a password, with the headers that it asks for", () => {
  it("is opened whole below", async () => {
    const pages = (await readdir(dist)).filter((name) => name.endsWith(".html")).map((name) => name.slice(0, -5));
    expect(pages.sort()).toEqual(["404", "index", ...plainPages, "explore"].sort());
  });

  it.each(["", ...plainPages, "explore?experiment=one", "experiments/one", "experiments/one?asof=2026-01-12", "404"])(
    "opens /%s without an error, in small files, asking nobody else",
    async (path) => {
      const from = host.asked.length;
      const {page, troubles, close} = await open(path);
      await page.waitForLoadState("networkidle");
      const shown = await page.title();
      expect(unexpected(troubles)).toEqual([]);
      expect(shown).toContain("Readout");
      const texts = host.asked
        .slice(from)
        .filter(({path: asked, status}) => status === 200 && /\.(js|css|json|wasm)$/.test(asked))
        .filter(({path: asked, bytes}) => bytes > (asked.includes("/readouts/") ? 12_000 : 300));
      expect(texts.length).toBeGreaterThan(0);
      expect(texts.filter(({encoding}) => encoding !== "gzip")).toEqual([]);
      await close();
    }
  );

  it("starts DuckDB under the headers that it asks for", async () => {
    const {page, troubles, close} = await open("explore?experiment=one");
    await page.waitForSelector("table.results");
    await page.fill(".sql textarea", "SELECT count(*) > 0 AS there FROM path");
    await page.click(".sql [name=run]");
    await page.waitForSelector("table.query, pre.error", {timeout: 60_000});
    expect(await page.locator(".answer").innerText()).toContain("true");
    expect(unexpected(troubles)).toEqual([]);
    await close();
  }, 90_000);

  it("is refused without the password, and lets readers zoom", async () => {
    const response = await fetch(`${host.origin}${base}index.html`);
    expect(response.status).toBe(401);
    for (const name of await readdir(dist, {recursive: true}))
      if (name.endsWith(".html") && !name.startsWith("readouts")) {
        const text = await readFile(join(dist, name), "utf8");
        expect([name, /maximum-scale|user-scalable/.test(text)]).toEqual([name, false]);
        expect([name, text.includes('<meta name="robots" content="noindex">')]).toEqual([name, true]);
        expect([name, /<a [^>]*href="\//.test(text.replaceAll(`href="${base}`, ""))]).toEqual([name, false]);
      }
  });

  it("keeps every secret of sources.yaml to itself", async () => {
    const values = knownSecrets().map(({value}) => value);
    expect(values).toEqual(expect.arrayContaining(["h1dden-w0rd", secret]));
    for (const entry of await readdir(dist, {recursive: true, withFileTypes: true})) {
      if (!entry.isFile()) continue;
      const content = await readFile(join(entry.parentPath, entry.name));
      for (const value of values) expect([entry.name, content.includes(value)]).toEqual([entry.name, false]);
    }
  });

  it("names by a hash only what does not change", async () => {
    const page = await readFile(join(dist, "explore.html"), "utf8");
    expect(page).toMatch(/href="\.\/readouts\/one\/path\.parquet"[^>]*data-file="path\.parquet"/);
    const hashed = await readdir(join(dist, "_file", "readouts"), {recursive: true});
    expect(hashed.filter((name) => name.endsWith(".parquet"))).toEqual([]);
  });
});

const number = (page: Page) => page.locator("#primary div.number .big").innerText();

describe("an experiment's page with ?asof=DATE", () => {
  it("shows what was published on that day, and says what today's data say of it", async () => {
    const {page, troubles, close} = await open("experiments/one");
    await page.waitForLoadState("networkidle");
    const today = await number(page);
    await page.locator("input[name=asof]").fill("2026-01-12");
    await page.waitForSelector(".past-note");
    expect(page.url()).toMatch(/\?asof=2026-01-12$/);
    const note = await page.locator(".past-note").innerText();
    expect(note).toMatch(/As it stood on 12\sJan\s2026/);
    expect(note).toMatch(/data arrived late: .*spent/);
    await page.locator(".past-note summary").click();
    expect(await page.locator(".past-note tbody tr").count()).toBeGreaterThan(0);
    expect(await page.locator("#verdict .label").innerText()).toMatch(new RegExp(early.decision.label, "i"));
    expect((await page.locator(".facts").innerText()).replaceAll("\u00a0", " ")).toContain(
      `${early.input.units} units`
    );
    expect(await page.locator("#segments").isVisible()).toBe(false);
    expect(await seriousFaults(page)).toEqual([]);
    await page.goBack();
    await expect.poll(() => page.locator(".past-note").count(), {timeout: 10_000}).toBe(0);
    expect(await number(page)).toBe(today);
    expect(await page.locator("#segments").isVisible()).toBe(true);
    expect(unexpected(troubles)).toEqual([]);
    await close();
  });

  it("fits a phone in the dark, and says of a day that is none that it is none", async () => {
    const {page, close} = await open("experiments/one?asof=2026-01-12", {
      viewport: {width: 360, height: 740},
      colorScheme: "dark"
    });
    await page.waitForSelector(".past-note");
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    expect(await seriousFaults(page)).toEqual([]);
    await page.goto(`${host.origin}${base}experiments/one?asof=<b>soon`);
    await expect
      .poll(() => page.locator(".past-note").innerText(), {timeout: 10_000})
      .toMatch(/There is no <b>soon in this experiment/);
    await close();
  });
});

describe("a page left open while readout watch runs", () => {
  it("says what moved and shows the new numbers without a reload, and keeps what was unfolded", async () => {
    const {page, troubles, close} = await open("experiments/one");
    await page.waitForLoadState("networkidle");
    await page.evaluate(() => Object.assign(window, {stays: true}));
    await page.locator("#verdict summary").click();
    const before = await number(page);
    const watch = spawn(
      process.execPath,
      [
        join(projectFolder, "lib/commands/readout.mjs"),
        ...["watch", "--every", "1s", "--data", place.dataDir, "--out", outDir, "--site", dist]
      ],
      {stdio: ["ignore", "pipe", "pipe"]}
    );
    let said = "";
    watch.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    watch.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const ended = new Promise((done) => watch.on("close", done));
    try {
      await log.write(place.dataDir, 12);
      await expect.poll(() => said, {timeout: 90_000}).toContain("refreshed one");
      await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      // A build that begins while the logs are being written shows a part of them first.
      await expect
        .poll(() => page.locator(".live-note").innerText(), {timeout: 40_000})
        .toMatch(/New numbers, data to 16\sJan\s2026: bought, b: .* → /);
      await expect.poll(() => number(page), {timeout: 20_000}).not.toBe(before);
      expect(await page.locator(".as-of time").getAttribute("datetime")).toBe("2026-01-16");
      expect(await page.evaluate(() => "stays" in window)).toBe(true);
      expect(await page.locator("#verdict details").getAttribute("open")).not.toBe(null);
      await expect.poll(() => page.locator("#primary .plot svg").count(), {timeout: 20_000}).toBeGreaterThan(0);
      expect(await seriousFaults(page)).toEqual([]);
      await page.locator(".live-note button").click();
      expect(await page.locator(".live-note").count()).toBe(0);
      expect(unexpected(troubles)).toEqual([]);
    } finally {
      watch.kill("SIGTERM");
      await ended;
    }
    expect(watch.exitCode).toBe(0);
    await close();
    // A page opened now was built before: it catches up by itself.
    const again = await open("experiments/one");
    const day = () => again.page.locator(".as-of time").getAttribute("datetime");
    await expect.poll(day, {timeout: 20_000}).toBe("2026-01-16");
    await again.close();
  }, 150_000);
});
