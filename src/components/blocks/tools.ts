import type {Readout} from "../../lib/experiment/readout.ts";
import {bandit, banditEstimates, banditTraffic} from "../bandit/bandit.ts";
import {plannedCharts, plannedDesigns, plannedYaml, planner, planTable} from "../plan/planner.ts";
import {peeking, peekingCharts} from "../simulate/peekingPage.ts";
import {faultTable, simulatedAlerts, simulatedEffect, simulatedSplit, simulator} from "../simulate/simulator.ts";
import type {Html} from "./html.ts";

/** What the blocks of the tools may read: all readouts, and the way to the top of the site. */
export type ToolContext = {readouts: () => readonly Readout[]; root: string};

/** The blocks of the pages to try things out on, by the name that the page places them with. */
export const tools: Record<string, (context: ToolContext) => Html | null> = {
  simulator: () => simulator(),
  simulatedSplit: () => simulatedSplit(),
  simulatedEffect: () => simulatedEffect(),
  simulatedAlerts: () => simulatedAlerts(),
  faultTable: () => faultTable(),
  bandit: () => bandit(),
  banditTraffic: () => banditTraffic(),
  banditEstimates: () => banditEstimates(),
  planner: ({readouts}) => planner(readouts()),
  plannedDesigns: ({readouts}) => plannedDesigns(readouts()),
  plannedCharts: ({readouts}) => plannedCharts(readouts()),
  plannedYaml: ({readouts}) => plannedYaml(readouts()),
  planTable: ({readouts}) => planTable(readouts()),
  peeking: () => peeking(),
  peekingCharts: () => peekingCharts()
};
