import {mkdtemp, mkdir, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {describe, expect, it} from "vitest";
import {concernsOf, watchDefinitions} from "../../lib/commands/dev.ts";
import {finishPage} from "../../lib/commands/finishSite.ts";
import {effectDomain, spread} from "../../src/components/charts/theme.ts";
import {alerts} from "../../src/components/blocks/alerts.ts";
import {effectText, intervalCell, meanText} from "../../src/components/blocks/effect.ts";
import {axisReach, groupOf} from "../../src/components/blocks/home.ts";
import {html, name} from "../../src/components/blocks/html.ts";
import {power} from "../../src/components/blocks/power.ts";
import {shippedSums} from "../../src/components/blocks/shipped.ts";
import {sitePages} from "../../src/components/blocks/pages.ts";
import {yamlCode} from "../../src/components/blocks/code.ts";
import {fixtureIndex, fixtureReadouts, writeFixtures} from "./fixtures.ts";

const evil = `<img src=x onerror="alert(1)"> & 'x' \${1}`;

describe("html", () => {
  it("escapes text from data in text and in attributes, and keeps pieces that it made itself", () => {
    expect(String(html`<p title="${evil}">${name(evil)}</p>`)).not.toMatch(/<img|onerror="/);
    const list = String(
      html`<ul>
        ${["<a>", html`<b>1</b>`, null, false, 2]}
      </ul>`
    );
    expect(list.replace(/\s+/g, "")).toBe("<ul>&#60;a&#62;<b>1</b>2</ul>");
  });
  it("tells keys and comments of YAML apart without changing its text", () => {
    const text = "a: 1 # why\nb: {c: '#x'}\n- d: <e>\n";
    const written = String(yamlCode(text));
    expect(written).toContain("<b>a:</b> 1 <i># why");
    expect(written).not.toContain("<i>#x");
    expect(written.replace(/<[^>]+>/g, "").replace(/&#(\d+);/g, (_, c: string) => String.fromCharCode(Number(c)))).toBe(
      text
    );
  });
});

describe("alerts(index)", () => {
  it("keeps day and state beside the experiment's name, for where a phone leaves their columns out", () => {
    const page = String(alerts(fixtureIndex(fixtureReadouts()), "./"));
    const rows = Array.from(page.matchAll(/<tr>([^]*?)<\/tr>/g), ([, row]) => row ?? "").slice(1);
    expect(rows.length).toBeGreaterThan(1);
    const folded = (/<table class="([^"]*)"/.exec(page)?.[1] ?? "").split(" ");
    for (const row of rows) {
      const cells = Array.from(row.matchAll(/<t[hd][^>]*>([^]*?)<\/t[hd]>/g), ([, text], i) => ({
        folded: folded.includes(`fold-${i + 1}`),
        text: (text ?? "").replace(/<[^>]+>/g, " ").trim()
      }));
      expect(cells.map(({folded}) => folded)).toEqual([true, false, false, true]);
      expect(cells[1]?.text).toContain(`since ${cells[0]?.text}`);
      expect(cells[1]?.text).toContain(cells[3]?.text);
    }
  });
});

describe("effects in words", () => {
  const share = {kind: "proportion", unit: null} as const;
  const effect = {
    difference: 0.0037,
    interval: [0.0017, 0.0057],
    relativeDifference: 0.0314,
    relativeInterval: [0.014, 0.048]
  } as const;
  it("effectText and intervalCell share their decimals", () => {
    expect(effectText(effect, share)).toBe("+3.1%");
    expect(intervalCell(effect, share)).toBe("+1.4 \u2026 +4.8%");
  });
  it("fall back to the absolute difference where there is no relative one", () => {
    const absolute = {...effect, relativeDifference: null, relativeInterval: null};
    expect(effectText(absolute, share)).toBe("+0.37\u00a0points");
    expect(intervalCell(absolute, share)).toBe("+0.17 to +0.57\u00a0points");
  });
  it("meanText shows as many digits as the difference needs", () => {
    expect([meanText(0.12, 0.0037, share), meanText(0.1237, 0.0037, share)]).toEqual(["12.00%", "12.37%"]);
    expect(meanText(null, null, share)).toBe("\u2013");
  });
});

describe("charts", () => {
  it("effectDomain holds zero and what must be seen, and is not stretched by one wild bound", () => {
    const rows = [0.01, 0.02, 0.03].map((value) => ({value, lower: value - 0.01, upper: value + 0.01}));
    const [low, high] = effectDomain(
      [...rows, {value: 5, lower: -9, upper: 9}],
      [{value: 0.2, lower: 0.1, upper: 0.3}]
    );
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0.3);
    expect(high).toBeLessThan(0.5);
    expect(effectDomain([]).every(Number.isFinite)).toBe(true);
  });
  it("spread keeps labels apart, in order and inside", () => {
    const placed = spread([10, 11, 12, 95], 10, 0, 100);
    expect(placed).toEqual([10, 20, 30, 95]);
    expect(spread([99, 100], 10, 0, 100)).toEqual([90, 100]);
  });
});

describe("the portfolio", () => {
  const index = fixtureIndex();
  const entry = (id: string) => {
    const found = index.experiments.find((e) => e.id === id);
    if (!found) throw new Error(`missing fixture: ${id}`);
    return found;
  };
  it("groupOf puts first what only a person can mend", () => {
    expect(groupOf(entry("missing-file"))).toBe("blocked");
    expect(groupOf(entry("broken-split"))).toBe("blocked");
    expect(groupOf(entry("green-checkout"))).toBe("decided");
    expect(groupOf({...entry("green-checkout"), status: "stopped"})).toBe("finished");
    expect(groupOf(entry("nothing-known"))).toBe("running");
  });
  it("axisReach is a plain number that holds nine of ten bounds, also without any", () => {
    expect([0.02, 0.05, 0.1, 0.2]).toContain(axisReach(index.experiments));
    expect(axisReach([])).toBe(0.05);
  });
  it("shippedSums draws shipped effects towards the mean of all before it adds them", () => {
    const primary = (effect: number) => ({
      key: "m",
      name: "M",
      direction: "increase" as const,
      variant: "b",
      relativeDifference: effect,
      relativeInterval: [effect - 0.0195996398, effect + 0.0195996398] as [number, number],
      level: 0.95
    });
    const experiments = [0, 0.01, 0.05].map((effect, i) => ({
      ...entry("green-checkout"),
      verdict: i === 2 ? ("ship" as const) : ("do-not-ship" as const),
      primary: primary(effect)
    }));
    const [sum] = shippedSums({...index, experiments});
    // By hand: Q = 14, tau squared = 12 / 20000, so the noise is 1/7 of the variance and 0.05 goes 1/7 of the way to 0.02.
    expect(sum).toMatchObject({metric: "M", shipped: 1, experiments: 3, plain: 0.05});
    expect(sum?.shrunk).toBeCloseTo(0.05 - 0.03 / 7, 8);
    expect(sum?.interval[0]).toBeLessThan(sum?.shrunk ?? NaN);
    expect(shippedSums({...index, experiments: experiments.slice(1)})).toEqual([]);
    expect(shippedSums({...index, experiments: []})).toEqual([]);
  });
});

describe("power", () => {
  it("does not speak of an effect that nobody named", () => {
    const readout = structuredClone(fixtureReadouts().find((each) => each.metrics.some((metric) => metric.power))!);
    expect(String(power(readout, "."))).toMatch(/What an effect of \S+ on/);
    for (const metric of readout.metrics) if (metric.power) metric.power.minimumEffect = null;
    const text = String(power(readout, "."));
    expect(text).toMatch(/What .* can show, at/);
    expect(text).not.toContain("an effect of \u2013");
  });
});

describe("finishPage", () => {
  const page = `<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1, maximum-scale=1">\n<script type="module">a()</script></head><body></body></html>`;
  it("lets readers zoom, says the language and allows the page's own scripts by hash", () => {
    const finished = finishPage(page);
    expect(finished).toContain('<html lang="en">');
    expect(finished).toContain('content="width=device-width, initial-scale=1">');
    // printf 'a()' | openssl dgst -sha256 -binary | base64
    expect(finished).toContain("script-src 'self' 'sha256-qVpDBgj7bpq5hMAcGp3AOc79J3Y1Z4HvySTwKrWDoy4='");
    expect(finished).not.toContain("unsafe-eval");
  });
  it("allows WebAssembly only where it is asked for", () => {
    expect(finishPage(page, {wasm: true})).toContain("'wasm-unsafe-eval'");
    expect(finishPage(page)).not.toContain("wasm");
  });
  it("refuses a page that asks another host for a file, and accepts links to read", () => {
    expect(() => finishPage(page.replace("<body>", '<body><img src="https://example.com/a.png">'))).toThrow(
      /another host/
    );
    expect(() => finishPage(page.replace("<body>", '<body><a href="https://example.com/">x</a>'))).not.toThrow();
  });
});

describe("sitePages", () => {
  async function withReadouts(look: (root: string) => Promise<void> | void): Promise<void> {
    const root = await mkdtemp(join(tmpdir(), "readout-pages-"));
    try {
      await mkdir(join(root, "experiments"));
      await look(root);
    } finally {
      await rm(root, {recursive: true, force: true});
    }
  }
  const page = {path: "/experiments/green-checkout"};

  it("says in words why a readout cannot be shown: damaged, of a newer schema, missing", async () => {
    await withReadouts(async (root) => {
      const [readout] = fixtureReadouts();
      if (!readout) throw new Error("missing fixture");
      await writeFixtures(join(root, "readouts"), [readout]);
      const file = join(root, "readouts", "green-checkout", "readout.json");
      const shown = async (text: string | null) => {
        if (text === null) await rm(file);
        else await writeFile(file, text);
        const pages = sitePages(root);
        expect(pages.source(page)).toContain("{{failed}}");
        return String(pages.block("failed", page));
      };
      expect(sitePages(root).source(page)).toBeNull();
      expect(await shown('{"schemaVersion": 1')).toContain("not JSON");
      expect(await shown(JSON.stringify({...readout, schemaVersion: 2}))).toContain("unknown schemaVersion");
      expect(await shown(JSON.stringify({...readout, metrics: 3}))).toContain("metrics");
      expect(await shown(null)).toContain("missing file");
    });
  });

  it("lists the definitions' experiments where nothing has been built, and none without pages for them", async () => {
    await withReadouts(async (root) => {
      await mkdir(join(root, "data"));
      await writeFile(join(root, "data", "b.yaml"), "");
      await writeFile(join(root, "data", "a.yml"), "");
      expect(sitePages(root, {definitions: join(root, "data")}).paths()).toEqual(["/experiments/a", "/experiments/b"]);
      await rm(join(root, "experiments"), {recursive: true});
      expect(sitePages(root, {definitions: join(root, "data")}).paths()).toEqual([]);
    });
  });
});

describe("watching definitions", () => {
  it("concernsOf names the experiment of a definition, all for shared ones, nothing for data", () => {
    expect(
      [
        "experiments/green.yaml",
        "experiments/a-b.yml",
        "metrics.yaml",
        "sources.yaml",
        "demo/x/events.csv",
        "experiments/.green.yaml.1.tmp",
        ".x.yaml"
      ].map(concernsOf)
    ).toEqual(["green", "a-b", "all", "all", null, null, null]);
  });

  it("watchDefinitions rebuilds just what changed, once for a burst, and everything for shared files", async () => {
    const folder = await mkdtemp(join(tmpdir(), "readout-watch-"));
    await mkdir(join(folder, "experiments"));
    const calls: (readonly string[] | undefined)[] = [];
    const stop = watchDefinitions(folder, async (only) => void calls.push(only), {quiet: 60});
    try {
      await new Promise((done) => setTimeout(done, 100));
      await writeFile(join(folder, "experiments", "a.yaml"), "1");
      await writeFile(join(folder, "experiments", "a.yaml"), "2");
      await expect.poll(() => calls).toEqual([["a"]]);
      await writeFile(join(folder, "metrics.yaml"), "1");
      await expect.poll(() => calls).toEqual([["a"], undefined]);
    } finally {
      stop();
      await rm(folder, {recursive: true});
    }
  });
});
