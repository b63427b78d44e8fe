import {describe, expect, it} from "vitest";
import {buildCube} from "../../lib/cube/buildCube.ts";
import {define} from "./define.ts";
import {csv, withFiles} from "./logs.ts";

describe("what a cube says of who logs", () => {
  const {experiment, definitions} = define({
    experiment: {
      start: "2026-01-05",
      minimumUnits: 2,
      variants: {control: {role: "control", weight: 0.5}, green: {weight: 0.5}},
      metrics: {primary: ["spent"], secondary: ["bought"]}
    },
    metrics: {
      spent: {kind: "mean", fact: "events", event: "buy", value: "amount"},
      bought: {kind: "proportion", fact: "events", event: "buy"}
    },
    facts: {
      exposures: {shape: "exposures", path: "exposures.csv", unit: "unit", variant: "variant", timestamp: "ts"},
      events: {shape: "events", path: "events.csv", unit: "unit", timestamp: "ts", event: "event", values: ["amount"]}
    }
  });
  const units = Array.from({length: 40}, (_, i) => [`u${i}`, i % 2 ? "green" : "control", "2026-01-05 10:00:00"]);
  const build = (events: (string | number)[][]) =>
    withFiles(
      {
        "exposures.csv": csv([["unit", "variant", "ts"], ...units]),
        "events.csv": csv([["unit", "ts", "event", "amount"], ...events])
      },
      (dataDir) => buildCube(experiment, definitions, {dataDir})
    );

  it("counts units with any event since their exposure, by variant", async () => {
    const {activeUnits} = await build([
      ["u0", "2026-01-05 11:00:00", "buy", 1],
      ["u0", "2026-01-05 12:00:00", "buy", 2],
      ["u1", "2026-01-05 11:00:00", "buy", 3],
      ["u3", "2026-01-05 11:00:00", "buy", 3],
      ["u5", "2026-01-05 09:00:00", "buy", 3]
    ]);
    expect(activeUnits).toEqual({control: 1, green: 2});
  });

  it("tells the largest share of a total in coarse steps only", async () => {
    const events = Array.from({length: 20}, (_, i) => [`u${i}`, "2026-01-05 11:00:00", "buy", i === 0 ? 7 : 1]);
    // 7 of 26 is 27%: told as 20%.
    expect((await build(events)).largestShare).toEqual({spent: 0.2});
  });
});
