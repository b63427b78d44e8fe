import {describe, expect, it} from "vitest";
import {createCsvEncoder} from "../../lib/simulate/encodeCsv.ts";
import {DAY, planSimulation, unitId} from "../../lib/simulate/planSimulation.ts";
import {simulateDays} from "../../lib/simulate/simulateDays.ts";
import type {EventBatch} from "../../lib/simulate/simulateDays.ts";
import type {SimulateBlock} from "../../lib/simulate/simulateSchema.ts";

const plan = (changes: Partial<SimulateBlock> = {}, variant = "b") =>
  planSimulation({
    id: "demo",
    start: "2026-01-05",
    variants: {a: {weight: 0.5}, [variant]: {weight: 0.5}},
    simulate: {
      seed: 5,
      units: 300,
      entries: "2d",
      dimensions: {platform: {ios: 2, "web, old": 1}},
      events: {
        answer: {kind: "repeated", rate: 3, pre: "1d", value: {column: "ms", median: 90, digits: 1}},
        visit: {kind: "repeated", rate: 1},
        purchase: {kind: "conversion", probability: 0.5, value: {column: "amount", mean: 2000, sigma: 3}}
      },
      ...changes
    }
  });
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** One event of unit 0 on day 0. */
function eventBatch(event: number, time: number, value: number, arrived = time): {events: EventBatch} {
  return {
    events: {
      length: 1,
      unit: Uint32Array.of(0),
      time: Float64Array.of(time),
      event: Uint8Array.of(event),
      value: Float64Array.of(value),
      arrived: Float64Array.of(arrived)
    }
  };
}

describe("createCsvEncoder(plan)", () => {
  it("names the columns: value columns in the order of the events, or as the block says", () => {
    const encoder = createCsvEncoder(plan());
    expect(text(encoder.exposureHeader())).toBe("user_id,ts,experiment,variant,platform\n");
    expect(text(encoder.eventHeader())).toBe("user_id,ts,event,ms,amount\n");
    const late = createCsvEncoder(plan({columns: ["amount", "ms"], faults: {late: {share: "1%", days: "1d"}}}));
    expect(text(late.eventHeader())).toBe("user_id,ts,event,amount,ms,arrived\n");
  });

  it("writes an event with its value in its column, and the time in UTC to the millisecond", () => {
    const encoder = createCsvEncoder(plan());
    const id = unitId(plan(), 0);
    const time = ((13 * 60 + 5) * 60 + 9) * 1000 + 7;
    expect(text(encoder.events(eventBatch(0, time, 90.25)))).toBe(`${id},2026-01-05 13:05:09.007,answer,90.3,\n`);
    expect(text(encoder.events(eventBatch(1, DAY - 1, NaN)))).toBe(`${id},2026-01-05 23:59:59.999,visit,,\n`);
    expect(text(encoder.events(eventBatch(2, -1, 1234.5)))).toBe(`${id},2026-01-04 23:59:59.999,purchase,,1234.50\n`);
  });

  it.each([
    [0, "0.00"],
    [0.004, "0.00"],
    [0.006, "0.01"],
    [9.999, "10.00"],
    [1234567.891, "1234567.89"],
    [1e17, "100000000000000000.00"]
  ])("writes %d as %s", (value, written) => {
    const row = text(createCsvEncoder(plan()).events(eventBatch(2, 0, value)));
    expect(row.split(",").at(-1)).toBe(`${written}\n`);
  });

  it("adds the arrival where events are late", () => {
    const encoder = createCsvEncoder(plan({faults: {late: {share: "1%", days: "1d"}}}));
    const row = text(encoder.events(eventBatch(1, 0, NaN, DAY + 1)));
    expect(row.split(",").slice(1)).toEqual(["2026-01-05 00:00:00.000", "visit", "", "", "2026-01-06 00:00:00.001\n"]);
  });

  it("quotes what has a comma, a quote or a line's end", () => {
    const log = plan({}, 'the "b", new');
    const lines = [...simulateDays(log)].flatMap((day) => text(createCsvEncoder(log).exposures(day)).split("\n"));
    expect(lines.some((line) => line.endsWith(',demo,"the ""b"", new","web, old"'))).toBe(true);
    expect(lines.some((line) => line.endsWith(",demo,a,ios"))).toBe(true);
  });

  it("writes every row of a simulation, more than fit into its first buffer", () => {
    const log = plan({units: 3000});
    const encoder = createCsvEncoder(log);
    for (const day of simulateDays(log)) {
      const lines = text(encoder.events(day)).split("\n").slice(0, -1);
      expect(lines).toHaveLength(day.events.length);
      const wrong = lines.filter((line, i) => {
        const [unit, ts, event, ms, amount] = line.split(",");
        const kind = log.events[day.events.event[i] ?? -1];
        const value = Number(kind?.column === 0 ? ms : amount);
        const close = kind?.value ? Math.abs(value - (day.events.value[i] ?? NaN)) <= 0.0501 : value === 0;
        const time = Date.parse(`${ts?.replace(" ", "T")}Z`) - log.start;
        return !(
          unit === unitId(log, day.events.unit[i] ?? -1) &&
          time === day.events.time[i] &&
          event === kind?.name &&
          close
        );
      });
      expect(wrong).toEqual([]);
    }
  });

  it("writes no bytes for a day without rows", () => {
    const day = [...simulateDays(plan({days: "9d", events: {}}))].at(-1);
    if (!day) throw new Error("no day");
    const encoder = createCsvEncoder(plan());
    expect(encoder.events(day)).toHaveLength(0);
    expect(encoder.exposures(day)).toHaveLength(0);
  });
});
