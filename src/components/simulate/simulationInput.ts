import type {SimulateBlock, SimulationInput, SumDaysOptions} from "../../lib/simulate/index.ts";
import type {Fault, Outcome, Settings} from "./settings.ts";
import {ENTRY_DAYS, outcomes, START, WINDOW} from "./settings.ts";

type Faults = NonNullable<SimulateBlock["faults"]>;

const faultsOf: Record<Fault, (event: string) => Faults> = {
  split: () => ({split: {control: 0.52, treatment: 0.48}}),
  lopsided: () => ({split: {control: 0.7, treatment: 0.3}}),
  dropout: () => ({dropout: [{from: 8, to: 9, share: "70%"}]}),
  duplicates: () => ({duplicates: "8%"}),
  late: () => ({late: {share: "25%", days: "4d"}}),
  crossovers: () => ({crossovers: "2%"}),
  bots: (event) => ({bots: {share: "0.3%", event, rate: 60, lasts: "2d"}})
};

/** Returns what the simulator makes from these settings: an experiment of two equal arms, one event, two weeks before it. */
export function simulationInput(settings: Settings): SimulationInput {
  const {seed, units, outcome, faults} = settings;
  const simulate: SimulateBlock = {
    seed,
    units: units * ENTRY_DAYS,
    entries: `${ENTRY_DAYS}d`,
    days: `${ENTRY_DAYS + WINDOW}d`,
    events: {[outcome]: eventOf(settings)},
    faults: Object.assign({}, ...faults.map((fault) => faultsOf[fault](outcome)))
  };
  return {
    id: "simulated",
    start: START,
    variants: {control: {weight: 0.5}, treatment: {weight: 0.5}},
    simulate
  };
}

/** Returns how the simulated log is summed up: four times a day. */
export function summingOf({outcome}: Pick<Settings, "outcome">): SumDaysOptions {
  return {event: outcome, kind: outcomes[outcome].kind, window: WINDOW, ticks: 4};
}

function eventOf({outcome, lift}: Settings): NonNullable<SimulateBlock["events"]>[string] {
  const effect = {treatment: {lift: `${Math.round(lift * 100)}%`}};
  const common = {pre: "14d", correlation: 0.95, effect} as const;
  const window = `${WINDOW}d`;
  const events: Record<Outcome, NonNullable<SimulateBlock["events"]>[string]> = {
    purchase: {kind: "conversion", probability: 0.12, within: window, delay: "1d", spread: 1.3, ...common},
    revenue: {
      kind: "conversion",
      probability: 0.2,
      within: window,
      delay: "1d",
      again: "30%",
      spread: 1.2,
      value: {column: "amount", mean: 40, sigma: 0.6, spread: 0.5},
      ...common
    },
    session: {kind: "repeated", rate: 0.8, lasts: window, spread: 0.8, ...common}
  };
  return events[outcome];
}
