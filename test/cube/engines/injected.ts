import {define} from "../define.ts";
import type {Case, TestTable} from "./cases.ts";

/** Texts that would do something, were they pasted into a statement. */
export const nasty = [
  `x'); DROP TABLE kept; --`,
  `x"; DROP TABLE kept; --`,
  "x`; DROP TABLE kept; --",
  `\\'; DROP TABLE kept; --`,
  `\\"; DROP TABLE kept; --`,
  `a\nb`,
  `/* $$ '' "" {x} %s $1 ?`,
  `🙂 <img src=x>`
];

/** An experiment that has a text in every place of its definition that reaches SQL, and logs that have it too. */
export function injected(evil: string): Case {
  const column = (name: string): string => `${evil} ${name}`;
  const table = (names: readonly string[], rows: TestTable["rows"]): TestTable => ({
    columns: names.map((name) => [column(name), "text"] as const),
    rows
  });
  const place = {exposures: column("exposures"), events: column("events"), people: column("people")};
  return {
    name: evil,
    datesOnly: false,
    quantiles: 0,
    tables: {
      [place.exposures]: table(
        ["unit", "variant", "time", "experiment", "dimension"],
        [
          [evil, evil, "2026-01-01 10:00:00", evil, evil],
          [`${evil}b`, `${evil}2`, "2026-01-01 10:00:00", evil, "plain"],
          ["c", evil, "2026-01-01 10:00:00", "another", "plain"]
        ]
      ),
      [place.events]: table(
        ["unit", "time", "event", "value"],
        [
          [evil, "2026-01-01 11:00:00", evil, 7],
          [`${evil}b`, "2026-01-01 11:00:00", evil, 5],
          [evil, "2026-01-01 11:00:00", "else", 1]
        ]
      ),
      [place.people]: table(["unit", "x"], [[evil, 3]])
    },
    defined: (at, connections = {}) =>
      define({
        experiment: {
          experiment: evil,
          variants: {[evil]: {role: "control", weight: 0.5}, other: {weight: 0.5, values: [`${evil}2`]}},
          dimensions: {one: {column: column("dimension")}},
          metrics: {primary: ["m"], secondary: ["r"]},
          activation: {fact: "events", event: evil}
        },
        metrics: {
          m: {kind: "mean", fact: "events", event: evil, value: column("value"), covariate: "3d"},
          r: {
            kind: "mean",
            fact: "events",
            event: evil,
            value: column("value"),
            covariate: {fact: "people", value: column("x")}
          }
        },
        facts: {
          exposures: {
            shape: "exposures",
            ...at(place.exposures),
            unit: column("unit"),
            variant: column("variant"),
            timestamp: column("time"),
            experiment: column("experiment")
          },
          events: {
            shape: "events",
            ...at(place.events),
            unit: column("unit"),
            timestamp: column("time"),
            event: column("event"),
            values: [column("value")]
          },
          people: {shape: "units", ...at(place.people), unit: column("unit")}
        },
        connections
      })
  };
}

/** The rows of `r` that come of it: variant, n, y and x. */
export function injectedRows(evil: string): unknown {
  return [
    [evil, 1, 7, 3],
    ["other", 1, 5, 0]
  ];
}
