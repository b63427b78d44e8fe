import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {triangleCells} from "../../lib/experiment/novelty/triangleCells.ts";
import type {ComparisonResult, MetricResult, Readout} from "../../lib/experiment/readout.ts";
import {wilsonInterval} from "../../lib/stats/index.ts";
import {arms, banditAfter, banditRun, BATCHES, evenRegret} from "../../src/components/bandit/banditDemo.ts";
import type {BuiltFixtures} from "./builtSite.ts";
import {builtSite} from "./builtSite.ts";
import {launchChromium} from "./chromium.ts";
import type {Served} from "./serve.ts";
import {serve} from "./serve.ts";

let browser: Browser;
let served: Served;
let site: BuiltFixtures;
let page: Page;
let opened = "";

beforeAll(async () => {
  site = await builtSite();
  [browser, served] = await Promise.all([launchChromium(), serve(site.dist)]);
  page = await browser.newPage({viewport: {width: 1400, height: 900}});
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

/** A place in a chart, taken back through its axes: from pixels to values. */
type Point = {x: number; y: number};

/** What a chart shows, read from its shapes alone. */
type Drawn = {
  /** Middles of the circles. */
  dots: (Point & {r: number})[];
  /** Corners of each line and of each area's outline. */
  lines: Point[][];
  areas: Point[][];
  /** Straight lines: rules and links. */
  rules: {from: Point; to: Point}[];
  /** Corners of rectangles. */
  boxes: {from: Point; to: Point; fill: string}[];
  /** A pixel on both axes, as values; and by what factor a pixel changes y, which is what counts on a log scale. */
  pixel: Point & {factor: number};
  /** Ticks with a number: what it says, and the value where it stands. */
  ticks: {axis: "x" | "y"; text: string; value: number}[];
};

/** Opens a readout and takes a chart back from pixels to values, with the positions and texts of its own ticks. */
async function drawn(readout: Readout, selector: string): Promise<Drawn> {
  if (opened !== readout.id) await page.goto(`${served.origin}/experiments/${readout.id}`, {waitUntil: "load"});
  opened = readout.id;
  return taken(selector);
}

/** Takes a chart of the page that is open back from pixels to values. */
async function taken(selector: string): Promise<Drawn> {
  const place = page.locator(`figure${selector}`).first();
  await place.scrollIntoViewIfNeeded();
  await expect.poll(() => place.locator(".plot svg").count(), {timeout: 30_000}).toBeGreaterThan(0);
  return place.evaluate((figure): Drawn => {
    const svg = figure.querySelector<SVGSVGElement>(".plot svg");
    if (!svg) throw new Error("missing chart");
    const scales = svg as SVGSVGElement & {
      scale: (name: string) => {
        invert?: (pixel: number) => number | Date;
        domain: unknown[];
        apply(value: unknown): number;
        bandwidth?: number;
      };
    };
    const toValue = (name: "x" | "y") => {
      const {invert, domain, apply, bandwidth} = scales.scale(name);
      // A band has no way back: its middle stands for its place in the list.
      return (pixel: number) => {
        if (invert) return Number(invert(pixel));
        const places = domain.map((value) => Math.abs(apply(value) + (bandwidth ?? 0) / 2 - pixel));
        return places.indexOf(Math.min(...places));
      };
    };
    const [toX, toY] = [toValue("x"), toValue("y")];
    const at = (node: SVGGraphicsElement, x: number, y: number): Point => {
      const point = new DOMPoint(x, y)
        .matrixTransform(node.getScreenCTM() ?? undefined)
        .matrixTransform(svg.getScreenCTM()?.inverse());
      return {x: toX(point.x), y: toY(point.y)};
    };
    // What the axes say of themselves: the value under each tick, and the text beside it.
    const ticks = (["x", "y"] as const).flatMap((name) => {
      const marks = Array.from(svg.querySelectorAll<SVGPathElement>(`[aria-label='${name}-axis tick'] path`));
      const texts = Array.from(svg.querySelectorAll(`[aria-label='${name}-axis tick label'] text`));
      return marks.flatMap((mark, i) => {
        const text = texts[i]?.textContent ?? "";
        return /^[+\u2212\d.]+%?$/.test(text) ? [{axis: name, text, value: at(mark, 0, 0)[name]}] : [];
      });
    });
    const all = <Shape extends SVGGraphicsElement>(query: string) => Array.from(svg.querySelectorAll<Shape>(query));
    const attribute = (node: Element, name: string) => Number(node.getAttribute(name) ?? 0);
    const outline = (path: SVGGraphicsElement) =>
      Array.from((path.getAttribute("d") ?? "").matchAll(/[ML]?(-?[\d.e-]+),(-?[\d.e-]+)/g), ([, x, y]) =>
        at(path, Number(x), Number(y))
      );
    return {
      dots: all<SVGCircleElement>("[aria-label=dot] circle").map((c) => ({
        ...at(c, attribute(c, "cx"), attribute(c, "cy")),
        r: attribute(c, "r")
      })),
      lines: all<SVGPathElement>("[aria-label=line] path").map(outline),
      areas: all<SVGPathElement>("[aria-label=area] path").map(outline),
      rules: [
        ...all<SVGLineElement>("[aria-label=rule] line").map((l) => ({
          from: at(l, attribute(l, "x1"), attribute(l, "y1")),
          to: at(l, attribute(l, "x2"), attribute(l, "y2"))
        })),
        ...all<SVGPathElement>("[aria-label=link] path").flatMap((path) => {
          const [from, to] = outline(path);
          return from && to ? [{from, to}] : [];
        })
      ],
      boxes: all<SVGRectElement>("[aria-label=rect] rect, [aria-label=cell] rect").map((r) => ({
        from: at(r, attribute(r, "x"), attribute(r, "y")),
        to: at(r, attribute(r, "x") + attribute(r, "width"), attribute(r, "y") + attribute(r, "height")),
        fill: r.getAttribute("fill") ?? r.style.fill
      })),
      pixel: {
        x: Math.abs(toX(101) - toX(100)),
        y: Math.abs(toY(101) - toY(100)),
        factor: Math.abs(Math.log(toY(101) / toY(100)))
      },
      ticks
    };
  });
}

function fixture(id: string): Readout {
  const found = site.readouts.find((r) => r.id === id);
  if (!found) throw new Error(`missing fixture: ${id}`);
  return found;
}

function primaryOf(readout: Readout): MetricResult {
  const found = readout.metrics.find((m) => m.role === "primary");
  if (!found) throw new Error("missing primary metric");
  return found;
}

/** Expects the values that were drawn to be those, to a pixel. */
function expectDrawn(values: readonly number[], wanted: readonly number[], pixel: number): void {
  expect(values.length).toBe(wanted.length);
  values.forEach((value, i) =>
    expect(Math.abs(value - (wanted[i] ?? NaN)), `${i}: ${value} for ${wanted[i]}`).toBeLessThanOrEqual(1.1 * pixel)
  );
}

/** The number that a tick says. */
function said(text: string): number {
  return Number(text.replace("\u2212", "-").replace("+", "").replace("%", "")) * (text.endsWith("%") ? 0.01 : 1);
}

/** Half a unit of the last digit that a tick shows. */
function halfDigit(text: string): number {
  return 0.5 * 10 ** -(/\.(\d+)/.exec(text)?.[1]?.length ?? 0) * (text.endsWith("%") ? 0.01 : 1);
}

const known = (numbers: readonly (number | null | undefined)[]) => numbers.filter((n) => n != null);
const inside = (values: readonly Point[], key: "x" | "y") => values.map((point) => point[key]);

describe("what charts draw, taken back through their axes", () => {
  it("every number on an axis stands at its value", async () => {
    const readout = fixture("green-checkout");
    for (const chart of ["effectByDay", "boundary", "forest", "segmentForest", "tenure", "distribution"]) {
      const {ticks, pixel} = await drawn(readout, `[data-chart=${chart}]`);
      // The days of a time axis are names, not numbers.
      const numbers = ticks.filter((t) => Math.abs(t.value) < 1e9);
      expect(numbers.length, chart).toBeGreaterThan(2);
      for (const {axis, text, value} of numbers)
        expect(Math.abs(value - said(text)), `${chart} ${text}`).toBeLessThanOrEqual(pixel[axis] + halfDigit(text));
    }
  });

  it.each(["green-checkout", "three-prices"])(
    "%s: effect and interval of every day, each variant a line",
    async (id) => {
      const readout = fixture(id);
      const metric = primaryOf(readout);
      const {lines, areas, dots, pixel} = await drawn(readout, `[data-chart=effectByDay][data-metric=${metric.key}]`);
      const variants = metric.comparisons.map((c) => c.variant);
      expect([lines.length, areas.length, dots.length]).toEqual([variants.length, variants.length, variants.length]);
      variants.forEach((variant, i) => {
        const days = metric.path.flatMap(({date, comparisons}) => {
          const c = comparisons.find((each) => each.variant === variant);
          const held = metric.sequential?.comparisons
            .find((each) => each.variant === variant)
            ?.path.find((each) => each.date === date);
          return c
            ? [
                {
                  ...c,
                  date,
                  bounds: (metric.method === "always-valid" ? held : null)?.relativeInterval ?? c.relativeInterval
                }
              ]
            : [];
        });
        const line = lines[i] ?? [];
        expectDrawn(
          inside(line, "x"),
          days.map((d) => Date.parse(d.date)),
          pixel.x
        );
        expectDrawn(inside(line, "y"), known(days.map((d) => d.relativeDifference)), pixel.y);
        const outline = areas[i] ?? [];
        expectDrawn(
          inside(outline, "y"),
          known([...days.map((d) => d.bounds?.[1]), ...days.map((d) => d.bounds?.[0]).reverse()]),
          pixel.y
        );
      });
      expectDrawn(inside(dots, "y"), known(metric.comparisons.map((c) => c.relativeDifference)), pixel.y);
    }
  );

  it("looks and boundary at their information", async () => {
    const readout = fixture("green-checkout");
    const metric = primaryOf(readout);
    const [comparison] = metric.sequential?.comparisons ?? [];
    const looks = comparison?.looks ?? [];
    const {dots, lines, pixel} = await drawn(readout, "[data-chart=boundary]");
    const taken = dots.slice(0, looks.length);
    expectDrawn(
      inside(taken, "x"),
      looks.map((l) => l.fraction),
      pixel.x
    );
    expectDrawn(
      inside(taken, "y"),
      looks.map((l) => l.z),
      pixel.y
    );
    const bounds = [...looks.map((l) => l.bound), ...(metric.sequential?.future ?? []).map((f) => f.bound)];
    const line = lines.find((each) => each.length === bounds.length) ?? [];
    expectDrawn(inside(line, "y"), known(bounds), pixel.y);
  });

  it.each(["green-checkout", "slow-recommendations"])("%s: a point and an interval for every metric", async (id) => {
    const readout = fixture(id);
    const {dots, rules, pixel} = await drawn(readout, "[data-chart=forest]");
    const shown = readout.metrics
      .map((m) => m.comparisons[0])
      .filter((c): c is ComparisonResult => c?.relativeDifference != null);
    const points = [...dots].sort((a, b) => a.y - b.y);
    const low = Math.min(...rules.map((r) => r.from.x));
    const high = Math.max(...rules.map((r) => r.to.x));
    expectDrawn(inside(points, "x"), known(shown.map((c) => c.relativeDifference)), pixel.x);
    for (const [i, c] of shown.entries()) {
      const own = rules.find(
        (r) => Math.abs(r.from.y - r.to.y) < pixel.y && Math.abs(r.from.y - (points[i]?.y ?? NaN)) < 2 * pixel.y
      );
      const [lower, upper] = c.relativeInterval ?? [NaN, NaN];
      expectDrawn(
        [own?.from.x ?? NaN, own?.to.x ?? NaN],
        [Math.max(low, lower ?? low), Math.min(high, upper ?? high)],
        pixel.x
      );
    }
  });

  it("segments: raw and shrunken effects in the order of the table", async () => {
    const readout = fixture("green-checkout");
    const metric = primaryOf(readout);
    const {dots, pixel} = await drawn(readout, "[data-chart=segmentForest]");
    const segments = readout.dimensions.flatMap(({key}) => (metric.segments ?? []).filter((s) => s.dimension === key));
    const raw = dots.filter((d) => d.r > 4.1);
    const shrunk = dots.filter((d) => d.r <= 4.1);
    expectDrawn(inside(raw, "x"), known(segments.map((s) => s.relativeDifference)), pixel.x);
    expectDrawn(inside(shrunk, "x"), known(segments.map((s) => s.shrunkRelativeDifference)), pixel.x);
  });

  it("days since exposure, and the fitted level", async () => {
    const readout = fixture("new-badge");
    const [result] = primaryOf(readout).novelty ?? [];
    const {dots, rules, pixel} = await drawn(readout, "[data-chart=tenure]");
    const days = (result?.byTenure ?? []).filter((d) => d.relativeDifference !== null);
    expect(days.length).toBeGreaterThan(10);
    const points = [...dots].sort((a, b) => a.x - b.x);
    const lost = days.length - points.length;
    expect(lost).toBeLessThan(3);
    for (const point of points) {
      const own = days.find((d) => Math.abs(d.day - point.x) <= 1.1 * pixel.x);
      expectDrawn([point.y], known([own?.relativeDifference]), pixel.y);
      const upright = rules.find(
        (r) => Math.abs(r.from.x - point.x) <= pixel.x && Math.abs(r.to.x - point.x) <= pixel.x
      );
      const [lower, upper] = own?.relativeInterval ?? [NaN, NaN];
      const ends = [upright?.from.y ?? NaN, upright?.to.y ?? NaN].sort((a, b) => a - b);
      expect(ends[0]).toBeGreaterThanOrEqual((lower ?? NaN) - 1.1 * pixel.y);
      expect(ends[1]).toBeLessThanOrEqual((upper ?? NaN) + 1.1 * pixel.y);
    }
  });

  it("a cell of the triangle for each cohort and day, blue above zero and red below", async () => {
    const readout = fixture("new-badge");
    const [result] = primaryOf(readout).novelty ?? [];
    const cells = result ? triangleCells(result).filter((c) => c.relativeDifference !== null) : [];
    const {boxes} = await drawn(readout, "[data-chart=triangle]");
    expect(boxes.length).toBe(cells.length);
    boxes.forEach(({fill}, i) =>
      expect(fill).toContain((cells[i]?.relativeDifference ?? 0) < 0 ? "--below" : "--above")
    );
  });

  it("new units by day, stacked by variant", async () => {
    const readout = fixture("three-prices");
    const {boxes, pixel} = await drawn(readout, "[data-chart=traffic]");
    const days = new Map<number, number>();
    for (const {from, to} of boxes) {
      const date = Math.round((from.x + to.x) / 2 / 86_400_000) * 86_400_000;
      days.set(date, (days.get(date) ?? 0) + from.y - to.y);
    }
    expectDrawn(
      readout.traffic.map((d) => days.get(Date.parse(d.date)) ?? NaN),
      readout.traffic.map((d) => d.units.reduce((a, b) => a + b, 0)),
      3 * pixel.y
    );
  });

  it("shares of values in their bins, and beliefs with their peak at the mean", async () => {
    const readout = fixture("green-checkout");
    const metric = readout.metrics.find((m) => m.distribution?.some((d) => d.bins.length > 1));
    const {lines, pixel} = await drawn(readout, `[data-chart=distribution][data-metric=${metric?.key}]`);
    metric?.distribution?.forEach((d, i) => {
      expectDrawn(
        inside(lines[i] ?? [], "x"),
        d.bins.flatMap(([from, to]) => [from, to]),
        pixel.x
      );
      expectDrawn(
        inside(lines[i] ?? [], "y"),
        d.bins.flatMap(([, , share]) => [share, share]),
        pixel.y
      );
    });
    const beliefs = await drawn(readout, "[data-chart=posterior]");
    const posteriors = primaryOf(readout).bayesian?.comparisons.flatMap((c) => c.posterior) ?? [];
    const means = new Map(posteriors.map((p) => [p.variant, p.mean]));
    const tops = beliefs.lines.map((line) => line.reduce((a, b) => (b.y > a.y ? b : a)).x);
    const step = (beliefs.lines[0]?.[1]?.x ?? 0) - (beliefs.lines[0]?.[0]?.x ?? 0) || 1;
    expectDrawn(tops, [...means.values()], step);
  });

  it("the always-valid p-value of every day as a step on a log scale, each variant a line", async () => {
    const readout = fixture("three-prices");
    const metric = primaryOf(readout);
    const {lines, dots, rules, ticks, pixel} = await drawn(readout, `[data-chart=pValueByDay]`);
    const shown = metric.sequential?.comparisons ?? [];
    expect(shown.length).toBe(2);
    expect(lines.length).toBe(2);
    const moves = shown.map(({path}) => new Set(path.map((d) => d.pValue)).size);
    expect(Math.max(...moves)).toBeGreaterThan(3);
    const logs = (values: readonly number[]) => values.map(Math.log);
    shown.forEach(({path}, i) => {
      const known = path.flatMap((d) => (d.pValue === null ? [] : [{...d, pValue: d.pValue}]));
      // A step has two corners: the value of the day before, then the day's own.
      const line = lines[i] ?? [];
      const corners = line.filter((_, k) => k % 2 === 0);
      expectDrawn(
        inside(corners, "x"),
        known.map((d) => Date.parse(d.date)),
        pixel.x
      );
      expectDrawn(logs(inside(corners, "y")), logs(known.map((d) => Math.max(1e-6, d.pValue))), pixel.factor);
      line.forEach(({y}, k) => {
        if (k % 2 === 1) expectDrawn(logs([y]), logs([line[k - 1]?.y ?? NaN]), pixel.factor);
      });
      expectDrawn(logs([dots[i]?.y ?? NaN]), logs([Math.max(1e-6, known.at(-1)?.pValue ?? NaN)]), pixel.factor);
    });
    const alpha = metric.sequential?.alpha ?? NaN;
    expect(rules.some((r) => Math.abs(Math.log(r.from.y / alpha)) <= 1.1 * pixel.factor)).toBe(true);
    const said = ticks.filter((t) => t.axis === "y");
    expect(said.length).toBeGreaterThan(1);
    expectDrawn(logs(said.map((t) => t.value)), logs(said.map((t) => Number(t.text))), pixel.factor);
  });

  it("the effect on every day of the week with its interval", async () => {
    const readout = fixture("new-badge");
    const [result] = primaryOf(readout).novelty ?? [];
    const days = result?.weekdays ?? [];
    expect(days.length).toBe(7);
    const {dots, rules, ticks, pixel} = await drawn(readout, "[data-chart=weekdays]");
    const points = [...dots].sort((a, b) => a.x - b.x);
    expect(points.map((p) => p.x)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expectDrawn(inside(points, "y"), known(days.map((d) => d.relativeDifference)), pixel.y);
    for (const [i, {relativeInterval}] of days.entries()) {
      const upright = rules.find((r) => r.from.x === i && r.to.x === i && Math.abs(r.from.y - r.to.y) > 2 * pixel.y);
      expectDrawn(
        [upright?.from.y ?? NaN, upright?.to.y ?? NaN].sort((a, b) => a - b),
        known(relativeInterval ?? []),
        pixel.y
      );
    }
    const numbers = ticks.filter((t) => t.axis === "y");
    expect(numbers.length).toBeGreaterThan(1);
    for (const {text, value} of numbers)
      expect(Math.abs(value - said(text)), text).toBeLessThanOrEqual(pixel.y + halfDigit(text));
  });
});

describe("what the charts of the bandit draw", () => {
  const run = banditRun({seed: 3, policy: "thompson"});
  const readouts = Array.from({length: BATCHES}, (_, i) => banditAfter(run.batches, i + 1, {logged: true}));
  const last = readouts.at(-1);
  const units = readouts.map((r) => r.units);

  beforeAll(async () => {
    opened = "bandit";
    await page.goto(`${served.origin}/bandit?seed=3`, {waitUntil: "load"});
    // Charts follow by a frame.
    await page.waitForFunction(
      (words) =>
        document.querySelector(".status")?.textContent?.includes(words) &&
        document.querySelector("figure[data-live=shares] .reading")?.textContent?.includes("After 30,000 units"),
      `30,000 units in ${BATCHES} batches`,
      {timeout: 150_000}
    );
  }, 180_000);

  it("shares of each batch, stacked from nothing to all", async () => {
    const {areas, pixel} = await taken("[data-live=shares]");
    expect(areas.length).toBe(arms.length);
    readouts.forEach(({arms: known, units: to}, batch) => {
      const from = readouts[batch - 1]?.units ?? 0;
      const middle = (from + to) / 2;
      let below = 0;
      known.forEach((arm, i) => {
        const share = (arm.n - (readouts[batch - 1]?.arms[i]?.n ?? 0)) / (to - from);
        const outline = areas[i] ?? [];
        const edges = outline
          .flatMap((a, k) => {
            const b = outline[k + 1];
            return b && Math.abs(a.y - b.y) < pixel.y / 100 && (a.x - middle) * (b.x - middle) < 0 ? [a.y] : [];
          })
          .sort((a, b) => a - b);
        expectDrawn(edges, [below, below + share], pixel.y);
        below += share;
      });
      expect(below).toBeCloseTo(1, 9);
    });
  });

  it("probabilities of being best, from alike on", async () => {
    const {lines, pixel} = await taken("[data-live=best]");
    expect(lines.length).toBe(arms.length);
    arms.forEach((_, i) => {
      expectDrawn(inside(lines[i] ?? [], "x"), [0, ...units], pixel.x);
      expectDrawn(
        inside(lines[i] ?? [], "y"),
        [1 / arms.length, ...readouts.map((r) => r.arms[i]?.probabilityBest ?? NaN)],
        pixel.y
      );
    });
  });

  it("posterior means in the bands of their intervals", async () => {
    const {lines, areas, pixel} = await taken("[data-live=posterior]");
    expect([lines.length, areas.length]).toEqual([arms.length, arms.length]);
    arms.forEach((_, i) => {
      const own = readouts.flatMap((r) => (r.arms[i] ? [r.arms[i]] : []));
      expectDrawn(inside(lines[i] ?? [], "x"), units, pixel.x);
      expectDrawn(inside(lines[i] ?? [], "y"), known(own.map((a) => a.mean)), pixel.y);
      expectDrawn(
        inside(areas[i] ?? [], "y"),
        known([...own.map((a) => a.upper), ...own.map((a) => a.lower).reverse()]),
        pixel.y
      );
    });
  });

  it("regret beside that of an even split", async () => {
    const {lines, dots, pixel} = await taken("[data-live=regret]");
    const [even, own] = lines;
    expectDrawn(inside(even ?? [], "y"), [0, ...units.map(evenRegret)], pixel.y);
    expectDrawn(inside(own ?? [], "y"), [0, ...run.regret], pixel.y);
    expectDrawn(inside(own ?? [], "x"), [0, ...units], pixel.x);
    expectDrawn(inside(dots, "y"), [run.regret.at(-1) ?? NaN], pixel.y);
  });

  it("honest estimates, plain means and the truth", async () => {
    const {dots, rules, pixel} = await taken("[data-live=estimates]");
    // Rules: the plain intervals, then the honest ones, then the truth.
    const plain = (last?.arms ?? []).map(({plainMean, n}) => ({
      mean: plainMean ?? NaN,
      bounds: wilsonInterval({successes: Math.round((plainMean ?? 0) * n), n})
    }));
    const honest = (last?.estimates ?? []).map(({mean, lower, upper}) => ({mean, bounds: [lower, upper]}));
    expectDrawn(inside(dots, "x"), known([...plain, ...honest].map(({mean}) => mean)), pixel.x);
    const intervals = rules.slice(0, 2 * arms.length).map((r) => [r.from.x, r.to.x]);
    expectDrawn(
      intervals.flat(),
      known([...plain, ...honest].flatMap(({bounds}) => [...(bounds ?? [NaN, NaN])])),
      pixel.x
    );
    expectDrawn(
      rules.slice(2 * arms.length).map((r) => r.from.x),
      arms.map(({mean}) => mean),
      pixel.x
    );
  });
});
