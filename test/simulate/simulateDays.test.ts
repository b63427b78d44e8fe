import {describe, expect, it} from "vitest";
import {DAY, planSimulation} from "../../lib/simulate/planSimulation.ts";
import {simulateDay, simulateDays} from "../../lib/simulate/simulateDays.ts";
import {createRoom, simulateUnit} from "../../lib/simulate/simulateUnit.ts";
import type {SimulateBlock} from "../../lib/simulate/simulateSchema.ts";
import {correlation, countsOf, errorsFrom, mean, simulated, unitsOf, variance} from "./simulated.ts";

const session = {kind: "repeated", rate: 0.5} as const;
const flat = {week: [1, 1, 1, 1, 1, 1, 1], hours: {depth: 0}, jitter: 0};
const busy: SimulateBlock = {
  seed: 5,
  units: 2000,
  entries: "4d",
  days: "9d",
  again: "20%",
  dimensions: {platform: {ios: 2, web: 1}},
  events: {
    session: {...session, pre: "3d", spread: 0.8, effect: {b: {lift: "30%", shape: "fading"}}},
    purchase: {kind: "conversion", probability: 0.2, value: {column: "amount", mean: 20}}
  },
  faults: {duplicates: "1%", late: {share: "5%", days: "2d"}}
};
const busyPlan = (changes: Partial<SimulateBlock> = {}) =>
  planSimulation({
    id: "demo",
    start: "2026-01-05",
    variants: {a: {weight: 0.5}, b: {weight: 0.5}},
    simulate: {...busy, ...changes}
  });

describe("simulateDays(plan)", () => {
  it("yields the same days for the same seed, others for another", () => {
    const days = [...simulateDays(busyPlan())];
    expect([...simulateDays(busyPlan())]).toEqual(days);
    expect([...simulateDays(busyPlan({seed: 6}))]).not.toEqual(days);
  });

  it("yields each day from the pre-period on, its rows by time of arrival", () => {
    const days = [...simulateDays(busyPlan())];
    expect(days.map(({day}) => day)).toEqual([-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(days.map(({date}) => date).slice(2, 5)).toEqual(["2026-01-04", "2026-01-05", "2026-01-06"]);
    for (const {day, exposures, events} of days) {
      for (const times of [exposures.time, events.arrived]) {
        expect(times).toEqual(times.toSorted());
        expect(times.every((time) => Number.isInteger(time) && Math.floor(time / DAY) === day)).toBe(true);
      }
    }
  });

  it("keeps what was logged until a day when fewer days are logged", () => {
    const events = {session: {...session, effect: {b: {lift: "30%"}}}, purchase: busy.events!.purchase!} as const;
    const days = [...simulateDays(busyPlan({events}))];
    expect([...simulateDays(busyPlan({events, days: "3d"}))]).toEqual(days.slice(0, 3));
  });

  it("leaves every other event as it was when a kind of event is added or an effect changed", () => {
    const {session} = busy.events!;
    const only = [...simulateDays(busyPlan({events: {session: session!}, faults: {}}))];
    const both = [...simulateDays(busyPlan({faults: {}}))];
    const times = (days: typeof both) =>
      days.flatMap(({events}) => [...events.time].filter((_, i) => events.event[i] === 0));
    expect(times(both)).toEqual(times(only));
  });

  it("needs no events, and no more than one unit", () => {
    const {exposures, events} = simulated({units: 1, entries: "2d"});
    expect(exposures).toHaveLength(1);
    expect(events).toHaveLength(0);
  });

  it("lets traffic, entries and events alike, follow the hours of the day", () => {
    const log = simulated({units: 20_000, entries: "7d", hours: {peak: 12, depth: 1}, events: {session}});
    for (const rows of [log.exposures, log.events]) {
      const atNoon = rows.filter(({time}) => Math.abs((time % 1) - 0.5) < 1 / 4).length;
      // The share of 1 + cos between -90 and 90 degrees: 1/2 + 1/pi, a little less for the steps of an hour.
      expect(atNoon / rows.length).toBeCloseTo(0.5 + 1 / Math.PI, 1);
      expect(Math.abs(atNoon / rows.length - (0.5 + 0.3155))).toBeLessThan(0.015);
    }
  });
});

describe("simulateDay(plan, day)", () => {
  it("gives each day as simulateDays does, in any order", () => {
    const plan = busyPlan();
    const days = [...simulateDays(plan)];
    for (const day of days.toReversed()) expect(simulateDay(plan, day.day)).toEqual(day);
  });

  it.each([-4, 9, 0.5, NaN])("refuses day %d, which is not among them", (day) => {
    expect(() => simulateDay(busyPlan(), day)).toThrow(
      new RangeError(`invalid day; not an integer in [-3, 9): ${day}`)
    );
  });
});

describe("simulateUnit(plan, unit, day, room)", () => {
  it("gives a unit's rows whatever was made before it", () => {
    const plan = busyPlan();
    const rows: unknown[] = [];
    const room = createRoom(plan, {
      exposure: (unit, time, variant) => rows.push(["exposure", unit, time, variant]),
      event: (...row) => rows.push(row)
    });
    simulateUnit(plan, 17, 0, room);
    const alone = rows.splice(0);
    for (let unit = 30; unit > 17; --unit) simulateUnit(plan, unit, 0, room);
    rows.length = 0;
    simulateUnit(plan, 17, 0, room);
    expect(alone.length).toBeGreaterThan(0);
    expect(rows).toEqual(alone);
  });
});

describe("what units are like", () => {
  it("splits them by the weights, or as `split` says", () => {
    const share = (block: Partial<SimulateBlock>) =>
      [...simulated({units: 20_000, entries: "2d", ...block}).first.values()].map(({variant}) =>
        Number(variant === "a")
      );
    expect(errorsFrom(share({}), 0.5)).toBeLessThan(4);
    expect(errorsFrom(share({split: {a: 0.2, b: 0.8}}), 0.2)).toBeLessThan(4);
  });

  it("gives dimensions their shares, by name or by rank, the same in both arms", () => {
    const log = simulated({
      units: 20_000,
      entries: "2d",
      dimensions: {platform: {ios: 3, web: 1}, country: {values: ["US", "DE", "FR"], skew: 1}}
    });
    for (const variant of ["a", "b"]) {
      const rows = unitsOf(log, variant).map((unit) => log.first.get(unit)!.dimensions);
      expect(
        errorsFrom(
          rows.map(([platform]) => Number(platform === "ios")),
          0.75
        )
      ).toBeLessThan(4);
      // Zipf: 1, 1/2, 1/3 of their sum 11/6.
      expect(
        errorsFrom(
          rows.map(([, country]) => Number(country === "US")),
          6 / 11
        )
      ).toBeLessThan(4);
      expect(
        errorsFrom(
          rows.map(([, country]) => Number(country === "FR")),
          2 / 11
        )
      ).toBeLessThan(4);
    }
  });

  it("exposes a unit again, in the same arm, with the probability of `again`", () => {
    const log = simulated({units: 10_000, entries: "1d", days: "40d", again: "40%"});
    const times = new Map<number, number>();
    for (const {unit, variant} of log.exposures) {
      expect(variant).toBe(log.first.get(unit)!.variant);
      times.set(unit, (times.get(unit) ?? 0) + 1);
    }
    expect(errorsFrom([...times.values()], 1 / (1 - 0.4))).toBeLessThan(4);
  });
});

describe("conversions", () => {
  const purchase = {kind: "conversion", probability: 0.2, within: "7d", delay: "2d"} as const;

  it("happen to their share of units, once, after the exposure and within the window", () => {
    const log = simulated({units: 20_000, entries: "2d", days: "9d", events: {purchase}});
    const counts = countsOf(log, 0, 7);
    expect(Math.max(...counts)).toBe(1);
    expect(errorsFrom(counts, 0.2)).toBeLessThan(4);
    expect(log.events).toHaveLength(counts.reduce((a, b) => a + b));
    // The mean of an exponential distribution with mean 2 cut at 7: 2 - 7 / (exp(7/2) - 1).
    const delays = log.events.map(({unit, time}) => time - log.first.get(unit)!.time);
    expect(errorsFrom(delays, 2 - 7 / (Math.exp(3.5) - 1))).toBeLessThan(4);
  });

  it("keep their share when units differ in it, and repeat with the probability of `again`", () => {
    const events = {purchase: {...purchase, probability: 0.1, spread: 0.7, again: "50%"}} as const;
    const log = simulated({units: 30_000, entries: "2d", days: "40d", events});
    const counts = countsOf(log, 0, 40);
    expect(
      errorsFrom(
        counts.map((count) => Number(count > 0)),
        0.1
      )
    ).toBeLessThan(4);
    expect(
      errorsFrom(
        counts.filter((count) => count > 0),
        2
      )
    ).toBeLessThan(4);
  });

  it("come in the days before the exposure too, at the same rate", () => {
    const log = simulated({units: 20_000, entries: "2d", days: "9d", events: {purchase: {...purchase, pre: "14d"}}});
    expect(errorsFrom(countsOf(log, -14, 0), (0.2 * 14) / 7)).toBeLessThan(4);
    expect(errorsFrom(countsOf(log, 0, 7), 0.2)).toBeLessThan(4);
    expect(countsOf(log, -99, -14).every((count) => count === 0)).toBe(true);
  });

  it("rise by the lift of an arm", () => {
    const events = {purchase: {...purchase, effect: {b: {lift: "50%"}}}} as const;
    const log = simulated({units: 20_000, entries: "2d", days: "9d", events});
    expect(errorsFrom(countsOf(log, 0, 7, unitsOf(log, "a")), 0.2)).toBeLessThan(4);
    expect(errorsFrom(countsOf(log, 0, 7, unitsOf(log, "b")), 0.3)).toBeLessThan(4);
  });
});

describe("repeated events", () => {
  it("come at their rate per day, before and after the exposure, as Poisson counts", () => {
    const log = simulated({
      ...flat,
      units: 10_000,
      entries: "2d",
      days: "12d",
      events: {session: {...session, pre: "7d"}}
    });
    for (const [from, to] of [
      [-7, 0],
      [0, 10]
    ] as const) {
      const counts = countsOf(log, from, to);
      expect(errorsFrom(counts, 0.5 * (to - from))).toBeLessThan(4);
      expect(variance(counts) / mean(counts)).toBeCloseTo(1, 1);
    }
  });

  it("correlate with the pre-period as a mixed Poisson process does", () => {
    const block = {...flat, units: 20_000, entries: "2d", days: "9d"};
    const expected = (spread: number, latent: number) => {
      // Means 3.5 in 7 days each; lognormal levels with E[L L'] - 1 = exp(latent spread^2) - 1.
      const [mu, between, common] = [3.5, Math.exp(spread ** 2) - 1, Math.exp(latent * spread ** 2) - 1];
      return (mu * mu * common) / (mu + mu * mu * between);
    };
    for (const [spread, latent] of [
      [0.8, 1],
      [0.8, 0.5],
      [0.8, 0],
      [0, 1]
    ] as const) {
      const log = simulated({...block, events: {session: {...session, pre: "7d", spread, correlation: latent}}});
      const rho = correlation(countsOf(log, -7, 0), countsOf(log, 0, 7));
      expect(Math.abs(rho - expected(spread, latent))).toBeLessThan(0.06);
    }
  });

  it("stop after `lasts`, and fall off with `decay`", () => {
    const block = {...flat, units: 10_000, entries: "2d", days: "12d"};
    const short = simulated({...block, events: {session: {...session, lasts: "3d"}}});
    expect(errorsFrom(countsOf(short, 0, 10), 1.5)).toBeLessThan(4);
    expect(countsOf(short, 3, 10).every((count) => count === 0)).toBe(true);
    const falling = simulated({...block, events: {session: {...session, decay: {halfLife: "2d", rest: "20%"}}}});
    const area = 10 * 0.2 + (0.8 * 2 * (1 - 2 ** -5)) / Math.LN2;
    expect(errorsFrom(countsOf(falling, 0, 10), 0.5 * area)).toBeLessThan(4);
  });

  it("show the pull of dimensions", () => {
    const events = {session: {...session, by: {platform: {web: 0.5}}}};
    const log = simulated({
      ...flat,
      units: 10_000,
      entries: "2d",
      days: "9d",
      dimensions: {platform: {ios: 1, web: 1}},
      events
    });
    const all = [...unitsOf(log, "a", "web"), ...unitsOf(log, "b", "web")];
    expect(errorsFrom(countsOf(log, 0, 7, all), 0.25 * 7)).toBeLessThan(4);
    expect(errorsFrom(countsOf(log, 0, 7, unitsOf(log, "a", "ios")), 0.5 * 7)).toBeLessThan(4);
  });
});

describe("effects", () => {
  const block = {...flat, units: 20_000, entries: "2d", days: "12d", dimensions: {platform: {ios: 1, web: 1}}};
  const weekly = (log: ReturnType<typeof simulated>, from: number, to: number, value?: string) =>
    countsOf(log, from, to, unitsOf(log, "b", value));

  it("fade by halves since the exposure, to what rests", () => {
    const effect = {b: {lift: "80%", shape: "fading", halfLife: "2d", rest: "25%"}} as const;
    const log = simulated({...block, events: {session: {...session, effect}}});
    const lift = (from: number, to: number) =>
      0.2 * (to - from) + (0.6 * 2 * (2 ** (-from / 2) - 2 ** (-to / 2))) / Math.LN2;
    expect(errorsFrom(weekly(log, 0, 2), 0.5 * (2 + lift(0, 2)))).toBeLessThan(4);
    expect(errorsFrom(weekly(log, 6, 10), 0.5 * (4 + lift(6, 10)))).toBeLessThan(4);
  });

  it("grow to their full size", () => {
    const effect = {b: {lift: "-60%", shape: "growing", halfLife: "2d"}} as const;
    const log = simulated({...block, events: {session: {...session, effect}}});
    const lift = (from: number, to: number) =>
      -0.6 * (to - from) + (0.6 * 2 * (2 ** (-from / 2) - 2 ** (-to / 2))) / Math.LN2;
    expect(errorsFrom(weekly(log, 0, 2), 0.5 * (2 + lift(0, 2)))).toBeLessThan(4);
    expect(errorsFrom(weekly(log, 6, 10), 0.5 * (4 + lift(6, 10)))).toBeLessThan(4);
  });

  it("differ by segment, down to none at all", () => {
    const effect = {b: {lift: "40%", by: {platform: {web: "-100%"}}}} as const;
    const log = simulated({...block, events: {session: {...session, effect}}});
    expect(errorsFrom(weekly(log, 0, 10, "ios"), 0.5 * 1.4 * 10)).toBeLessThan(4);
    expect(weekly(log, 0, 10, "web").every((count) => count === 0)).toBe(true);
  });

  it("never reach back before the exposure", () => {
    const effect = {b: {lift: "100%"}} as const;
    const value = {column: "ms", median: 100, sigma: 0.1, digits: 1, effect};
    const log = simulated({...block, events: {session: {...session, pre: "5d", effect, value}}});
    expect(errorsFrom(weekly(log, -5, 0), 2.5)).toBeLessThan(4);
    const [before, after] = [false, true].map((late) =>
      log.events.flatMap(({unit, time, value}) => {
        const row = log.first.get(unit)!;
        return row.variant === "b" && time >= row.time === late ? [Math.log(value)] : [];
      })
    );
    expect(errorsFrom(before!, Math.log(100))).toBeLessThan(4);
    expect(errorsFrom(after!, Math.log(200))).toBeLessThan(4);
  });
});

describe("values", () => {
  it("are lognormal with the mean that is asked for, over events of units that differ", () => {
    const value = {column: "amount", mean: 60, sigma: 0.6, spread: 0.4};
    const log = simulated({
      units: 20_000,
      entries: "2d",
      days: "9d",
      events: {buy: {kind: "conversion", probability: 0.9, value}}
    });
    const amounts = log.events.map(({value}) => value);
    expect(errorsFrom(amounts, 60)).toBeLessThan(4);
    expect(variance(amounts.map(Math.log))).toBeCloseTo(0.6 ** 2 + 0.4 ** 2, 1);
  });

  it("have the median that is asked for, and units keep their level", () => {
    const value = {column: "ms", median: 180, sigma: 0.3, spread: 0.6};
    const log = simulated({
      units: 3000,
      entries: "2d",
      days: "9d",
      events: {answer: {kind: "repeated", rate: 2, value}}
    });
    const logs = log.events.map(({value}) => Math.log(value));
    // Events of a unit share its level, so the standard error is that of 3000 units.
    expect(Math.abs(mean(logs) - Math.log(180))).toBeLessThan((4 * 0.7) / Math.sqrt(3000));
    const byUnit = new Map<number, number[]>();
    for (const {unit, value} of log.events) byUnit.set(unit, [...(byUnit.get(unit) ?? []), Math.log(value)]);
    const pairs = [...byUnit.values()].filter((each) => each.length > 1);
    const rho = correlation(
      pairs.map((each) => each[0]!),
      pairs.map((each) => each[1]!)
    );
    expect(rho).toBeCloseTo(0.36 / (0.36 + 0.09), 1);
  });
});
