/** What can go wrong, in the order of the page: what it is called, and what is done to the log. */
export const faults = {
  split: {name: "Wrong split, by a little", text: "52 of 100 units get the control, 50 were planned."},
  lopsided: {name: "Wrong split, 70 to 30", text: "70 of 100 units get the control, 50 were planned."},
  dropout: {name: "Traffic dropout", text: "Of days 9 and 10, 70% of all rows never reach the log."},
  duplicates: {name: "Duplicates", text: "8% of the events are written twice."},
  late: {name: "Late events", text: "A quarter of the events arrives up to four days late."},
  crossovers: {name: "Units in two arms", text: "2% of the units see the other variant later on."},
  bots: {name: "Bots", text: "Of 1,000 units, three do it sixty times a day for two days."}
} as const;
export type Fault = keyof typeof faults;
export const faultKeys = Object.keys(faults).filter(isFault);

/** What can be measured: what it is called, as a share of units or a mean over them, and the event behind it. */
export const outcomes = {
  purchase: {name: "Purchases", text: "share of units that buy", kind: "proportion", unit: null},
  revenue: {name: "Revenue", text: "mean per unit, USD", kind: "mean", unit: "USD"},
  session: {name: "Sessions", text: "mean number per unit", kind: "mean", unit: null}
} as const;
export type Outcome = keyof typeof outcomes;
export const outcomeKeys = Object.keys(outcomes).filter(isOutcome);

/** What a reader chooses; all of it stands in the page's address. */
export interface Settings {
  /** From 0 to 2^32 - 1. */
  readonly seed: number;
  /** Units that enter on a day, both arms together. */
  readonly units: number;
  /** The true effect, a fraction. */
  readonly lift: number;
  readonly outcome: Outcome;
  readonly cuped: boolean;
  /** Days of the simulation in one second. */
  readonly rate: number;
  readonly faults: readonly Fault[];
}

export const defaults: Settings = {
  seed: 1,
  units: 2000,
  lift: 0.08,
  outcome: "purchase",
  cuped: true,
  rate: 3,
  faults: []
};

/** Least, most and step of what has a slider, as the address and the slider write it. */
export const ranges = {
  units: {min: 200, max: 10_000, step: 100},
  lift: {min: -10, max: 20, step: 1},
  rate: {min: 0.5, max: 15, step: 0.5}
} as const;

/** Days on which units enter, and days that each is watched; the log ends when all have been. */
export const ENTRY_DAYS = 28;
export const WINDOW = 3;
export const START = "2026-01-05";

/** Returns the settings that an address asks for; what is missing, unknown or out of range is as by default. */
export function settingsFrom(query: string): Settings {
  const asked = new URLSearchParams(query);
  const outcome = asked.get("metric") ?? "";
  return {
    seed: numberFrom(asked.get("seed"), {min: 0, max: 0xffffffff, step: 1}) ?? defaults.seed,
    units: numberFrom(asked.get("units"), ranges.units) ?? defaults.units,
    lift: (numberFrom(asked.get("lift"), ranges.lift) ?? defaults.lift * 100) / 100,
    outcome: isOutcome(outcome) ? outcome : defaults.outcome,
    cuped: asked.get("cuped") !== "off",
    rate: numberFrom(asked.get("rate"), ranges.rate) ?? defaults.rate,
    faults: [...new Set((asked.get("faults") ?? "").split(","))].filter(isFault)
  };
}

/** Returns the part of an address after `?` that leads to these settings: the seed, and what is not as by default. */
export function queryOf({seed, units, lift, outcome, cuped, rate, faults}: Settings): string {
  const query = new URLSearchParams({seed: String(seed)});
  if (units !== defaults.units) query.set("units", String(units));
  if (lift !== defaults.lift) query.set("lift", String(Math.round(lift * 100)));
  if (outcome !== defaults.outcome) query.set("metric", outcome);
  if (!cuped) query.set("cuped", "off");
  if (rate !== defaults.rate) query.set("rate", String(rate));
  if (faults.length > 0) query.set("faults", faults.join(","));
  return String(query).replaceAll("%2C", ",");
}

/** Returns the number nearest to what a text asks for that the range allows; null for what is no number. */
export function numberFrom(
  text: string | null,
  {min, max, step}: {readonly min: number; readonly max: number; readonly step: number}
): number | null {
  if (text === null || !/^-?\d{1,12}(\.\d{1,6})?$/.test(text)) return null;
  const steps = Math.round((Math.min(max, Math.max(min, Number(text))) - min) / step);
  return Number((min + steps * step).toFixed(6));
}

export function isFault(key: string): key is Fault {
  return Object.hasOwn(faults, key);
}

export function isOutcome(key: string): key is Outcome {
  return Object.hasOwn(outcomes, key);
}
