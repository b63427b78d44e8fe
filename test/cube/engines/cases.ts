import type {Definitions, Experiment} from "../../../lib/experiment/definition/definition.ts";
import {createRandom} from "../../random.ts";
import {define} from "../define.ts";
import {awkwardLog, csv, stamp} from "../logs.ts";

/** What a column of a test's table is, in words that each engine has a type for. */
export type ColumnType = "text" | "bigint" | "double" | "timestamptz" | "timestamp" | "date" | "uuid" | "boolean";

type Cell = string | number | null;

/** A table as rows, to be put into any engine. */
export interface TestTable {
  readonly columns: readonly (readonly [name: string, type: ColumnType])[];
  readonly rows: readonly (readonly Cell[])[];
}

/** An experiment, and the logs that it is to be computed from. */
export interface Case {
  readonly name: string;
  readonly tables: Readonly<Record<string, TestTable>>;
  /** Whether its timestamps are dates. */
  readonly datesOnly: boolean;
  /** How many of its metrics are quantiles. */
  readonly quantiles: number;
  /** Definitions whose facts are at `place`: a path per table, or a connection. */
  defined(
    place: (table: string) => Record<string, string>,
    connections?: Record<string, unknown>
  ): {
    experiment: Experiment;
    definitions: Definitions;
  };
}

/** Returns the table as CSV text. */
export function tableCsv({columns, rows}: TestTable): string {
  return csv([columns.map(([name]) => name), ...rows]);
}

/** Every kind of metric, on a log of texts with flaws of all sorts. */
function texts(timezone: string, seed: number, calendar: boolean): Case {
  const log = awkwardLog(seed, {units: 90, calendar});
  const metrics = {
    bought: {kind: "proportion", fact: "events", event: "buy", covariate: "2d"},
    soon: {kind: "proportion", fact: "events", event: "buy", window: "2d"},
    revenue: {kind: "mean", fact: "events", event: "buy", value: "amount", covariate: "3d"},
    dear: {kind: "mean", fact: "events", value: "amount", where: "\"event\" = 'buy' AND amount > 3.5"},
    capped: {kind: "mean", fact: "events", event: "buy", value: "amount", window: "3d", mature: false, cap: 25.5},
    top: {kind: "mean", fact: "events", event: "buy", value: "amount", window: "2d", cap: "p90", covariate: "1d"},
    open: {kind: "mean", fact: "events", event: "buy", value: "amount", cap: "p95", negative: "keep"},
    views: {kind: "mean", fact: "events", event: "view", window: "1d", covariate: "1d"},
    per_view: {
      kind: "ratio",
      fact: "events",
      numerator: {event: "buy", value: "amount"},
      denominator: {event: "view"},
      covariate: "2d"
    },
    again: {kind: "retention", fact: "events", event: "view", days: [1, 2]},
    wait: {kind: "time-to-event", fact: "events", event: "buy", window: "4d"},
    p95: {kind: "quantile", quantile: 0.95, fact: "events", event: "buy", value: "amount"},
    median: {kind: "quantile", quantile: 0.5, of: "units", fact: "events", event: "buy", value: "amount"},
    settled: {kind: "quantile", quantile: 0.7, of: "units", fact: "events", value: "amount", window: "2d"}
  };
  const [first = [], ...exposures] = parseCsv(log.exposures);
  const [second = [], ...events] = parseCsv(log.events);
  const text = (names: readonly Cell[]) => names.map((name) => [String(name), "text"] as const);
  return {
    name: `texts in ${timezone}${calendar ? ", dates only" : ""}`,
    datesOnly: calendar,
    quantiles: 3,
    tables: {exposures: {columns: text(first), rows: exposures}, events: {columns: text(second), rows: events}},
    defined: (place, connections = {}) =>
      define({
        experiment: {
          start: "2026-03-25",
          timezone,
          variants: {
            control: {role: "control", weight: 0.4},
            green: {weight: 0.3},
            blue: {weight: 0.3, values: ['it\'s "blue"']}
          },
          dimensions: {platform: {column: 'plat"form', top: 2}},
          metrics: {primary: ["bought", "revenue", "per_view"], secondary: Object.keys(metrics)},
          minimumUnits: 2
        },
        metrics,
        facts: {
          exposures: {
            shape: "exposures",
            ...place("exposures"),
            unit: "user id",
            variant: "variant",
            timestamp: "ts"
          },
          events: {
            shape: "events",
            ...place("events"),
            unit: "user",
            timestamp: "ts",
            event: "event",
            values: ["amount"]
          }
        },
        connections
      })
  };
}

/** Ids of 64 bits or uuids, native times, phases, activation, joined attributes, an expression, an experiment column. */
function native(id: "bigint" | "uuid", time: "timestamptz" | "timestamp"): Case {
  const random = createRandom(id === "uuid" ? 11 : 12);
  const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)] as T;
  const first = Date.parse("2026-03-25T00:00:00Z");
  const zone = time === "timestamptz" ? "+00" : "";
  const unit = (i: number) =>
    id === "bigint" ? `${9007199254740993n + BigInt(i)}` : `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`;
  // In March the clocks of Berlin skip an hour, 02:00 to 03:00 on the 29th: half of the times are near it.
  const moment = (days: number) =>
    pick([0, 1]) === 0
      ? first + random.integer(days * 86_400) * 1000 + random.integer(1000)
      : first + 4 * 86_400_000 + random.integer(10) * 1_200_000;
  const exposures: Cell[][] = [];
  const events: Cell[][] = [];
  const people: Cell[][] = [];
  for (let i = 0; i < 150; ++i) {
    const at = moment(6);
    exposures.push([unit(i), pick(["a", "b"]), stamp(at) + zone, pick(["x", "y"]), pick(["web", "iOS", "o'brien"]), i]);
    if (i % 4 === 0) exposures.push([unit(i), "a", stamp(at + 1000) + zone, "z", "web", i]);
    for (let k = random.integer(7); k > 0; --k)
      events.push([
        unit(i),
        stamp(pick([at, at + random.integer(86_400_000), moment(8)])) + zone,
        pick(["buy", "open"]),
        pick([null, -1.5, 0.1 * random.integer(100), 1e-8 * random.integer(9), 12345.678]),
        pick(["true", "false"])
      ]);
    if (i % 3 > 0) people.push([unit(i), pick(["de", "fr", "日本", null]), pick([null, 1.25, 3, -7.5])]);
  }
  const metrics = {
    spent: {kind: "mean", fact: "events", event: "buy", value: "amount", covariate: {fact: "people", value: "score"}},
    kept: {kind: "mean", fact: "events", value: "amount", negative: "keep", covariate: "3d", window: "1d"},
    flagged: {kind: "proportion", fact: "events", where: "CAST(flag AS varchar) = 'true'", window: "2d"},
    size: {kind: "mean", fact: "exposures", value: "size", cap: "p90"},
    big: {kind: "quantile", quantile: 0.9, of: "units", fact: "exposures", value: "size"},
    delay: {kind: "quantile", quantile: 0.75, fact: "events", event: "buy", value: "amount", window: "1d"}
  };
  return {
    name: `${id} ids, ${time}`,
    datesOnly: false,
    quantiles: 2,
    tables: {
      exposures: {
        columns: [
          ["who", id],
          ["arm", "text"],
          ["at", time],
          ["plan", "text"],
          ["device", "text"],
          ["size", "bigint"]
        ],
        rows: exposures
      },
      events: {
        columns: [
          ["who", id],
          ["at", time],
          ["what", "text"],
          ["amount", "double"],
          ["flag", "boolean"]
        ],
        rows: events
      },
      people: {
        columns: [
          ["who", id],
          ["country", "text"],
          ["score", "double"]
        ],
        rows: people
      }
    },
    defined: (place, connections = {}) =>
      define({
        experiment: {
          start: "2026-03-25",
          timezone: "Europe/Berlin",
          experiment: "x",
          variants: {a: {role: "control", weight: 0.5}, b: {weight: 0.5}},
          dimensions: {
            device: {expression: "lower(device)"},
            country: {column: "country", fact: "people", top: 2}
          },
          phases: [{start: "2026-03-27", weights: {a: 0.3, b: 0.7}}],
          activation: {fact: "events", event: "open"},
          metrics: {primary: ["spent", "kept"], secondary: Object.keys(metrics)},
          minimumUnits: 2
        },
        metrics,
        facts: {
          exposures: {
            shape: "exposures",
            ...place("exposures"),
            unit: "who",
            variant: "arm",
            timestamp: "at",
            experiment: "plan",
            ...(time === "timestamp" && {timezone: "Europe/Berlin"})
          },
          events: {
            shape: "events",
            ...place("events"),
            unit: "who",
            timestamp: "at",
            event: "what",
            values: ["amount"],
            ...(time === "timestamp" && {timezone: "Europe/Berlin"})
          },
          people: {shape: "units", ...place("people"), unit: "who"}
        },
        connections
      })
  };
}

/** Local times without a zone around a change of clocks, in the zone of the log; days begin in another. */
function clocks(zone: string, timezone: string, near: string): Case {
  const random = createRandom(zone.length + near.length);
  const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)] as T;
  const change = Date.parse(near);
  const first = change - 3 * 86_400_000;
  // Every half hour of the night, those that exist twice or not at all among them; midnight itself; and any other time.
  const local = (days: number) =>
    stamp(
      pick([
        change + random.integer(12) * 1_800_000,
        first + random.integer(days) * 86_400_000,
        first + random.integer(days * 86_400) * 1000
      ])
    );
  const exposures: Cell[][] = [];
  const events: Cell[][] = [];
  for (let i = 0; i < 120; ++i) {
    const at = local(5);
    exposures.push([`ü${i}"'`, pick(["a", "b"]), at, pick(["Zürich", "東京", 'o"k', "o'k", null, " "])]);
    if (i % 5 === 0) exposures.push([`ü${i}"'`, "a", at, "tie"]);
    for (let k = random.integer(6); k > 0; --k)
      events.push([
        `ü${i}"'`,
        pick([at, local(7), pick([null, `${local(7).slice(0, 19)}+05:30`, "2026-02-30 00:00:00"])]),
        pick(["größe", 'say "hi"', null]),
        pick(["-3.5", "0", "7", "7", "1e3", " 2 ", "", "NaN", "x"])
      ]);
  }
  const metrics = {
    size: {kind: "mean", fact: "events", event: "größe", value: "amount", window: "1d", negative: "keep"},
    said: {kind: "proportion", fact: "events", where: '"what" = \'say "hi"\' OR "what" = \'größe\'', covariate: "2d"},
    cut: {kind: "mean", fact: "events", value: "amount", cap: "p75"},
    cut_soon: {kind: "mean", fact: "events", value: "amount", window: "2d", mature: false, cap: "p60"},
    stayed: {kind: "retention", fact: "events", days: [1, 1]},
    until: {kind: "time-to-event", fact: "events", event: "größe", window: "3d", covariate: "1d"},
    share: {kind: "ratio", fact: "events", numerator: {event: "größe"}, denominator: {value: "amount"}, window: "2d"},
    low: {kind: "quantile", quantile: 0.25, fact: "events", value: "amount", negative: "keep"},
    each: {
      kind: "quantile",
      quantile: 0.9,
      of: "units",
      fact: "events",
      value: "amount",
      window: "1d",
      negative: "keep"
    }
  };
  const text = (...names: string[]) => names.map((name) => [name, "text"] as const);
  return {
    name: `clocks of ${zone} on ${near.slice(0, 10)}, days of ${timezone}`,
    datesOnly: false,
    quantiles: 2,
    tables: {
      exposures: {columns: text("who", "arm", "at", "city"), rows: exposures},
      events: {columns: text("who", "at", "what", "amount"), rows: events}
    },
    defined: (place, connections = {}) =>
      define({
        experiment: {
          start: new Date(first).toISOString().slice(0, 10),
          timezone,
          variants: {a: {role: "control", weight: 0.5}, b: {weight: 0.5}},
          dimensions: {city: {column: "city", top: 3}},
          metrics: {primary: ["size"], secondary: Object.keys(metrics).slice(1)},
          minimumUnits: 2
        },
        metrics,
        facts: {
          exposures: {
            shape: "exposures",
            ...place("exposures"),
            unit: "who",
            variant: "arm",
            timestamp: "at",
            timezone: zone
          },
          events: {
            shape: "events",
            ...place("events"),
            unit: "who",
            timestamp: "at",
            timezone: zone,
            event: "what",
            values: ["amount"]
          }
        },
        connections
      })
  };
}

/** The experiments that every engine is to compute alike. */
export const cases: readonly Case[] = [
  texts("Europe/Berlin", 2, false),
  texts("UTC", 4, true),
  native("bigint", "timestamptz"),
  native("uuid", "timestamp"),
  clocks("America/New_York", "Europe/Berlin", "2025-11-02T00:00:00Z"),
  clocks("Africa/Cairo", "Africa/Cairo", "2026-04-24T00:00:00Z"),
  clocks("Australia/Lord_Howe", "Asia/Kathmandu", "2026-04-05T00:00:00Z")
];

/** Fields of CSV text; blank ones without quotes are null. */
function parseCsv(text: string): Cell[][] {
  const rows: Cell[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n)/gy;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [, quoted, plain = "", end] = match;
    rows.at(-1)?.push(quoted === undefined ? (plain === "" ? null : plain) : quoted.replaceAll('""', '"'));
    if (end === "\n") rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}
