import type {Readout} from "../readout.ts";
import {checkStatuses} from "../words.ts";
import type {HealthInput} from "./healthInput.ts";
import {prePeriod} from "./prePeriod.ts";
import {contracts, definitionStable, extremeValues, implausibleEffects} from "./results.ts";
import {sampleRatio, sampleRatioChiSquare, sampleRatioWhere} from "./sampleRatio.ts";
import {missingDays, traffic} from "./time.ts";
import {crossovers, eventLogging, exclusions} from "./units.ts";

/**
 * Returns all health checks, worst first, and the worst status. Only checks whose error holds over the experiment's
 * whole life block: the sequential split test, units in several variants, the pre-period test, broken contracts.
 */
export function healthChecks(input: HealthInput): Readout["health"] {
  const checks = [
    contracts(input),
    sampleRatio(input),
    prePeriod(input),
    crossovers(input),
    sampleRatioChiSquare(input),
    ...sampleRatioWhere(input),
    traffic(input),
    missingDays(input),
    exclusions(input),
    eventLogging(input),
    extremeValues(input),
    implausibleEffects(input),
    definitionStable(input)
  ];
  const rank = ({status}: {status: (typeof checkStatuses)[number]}): number => checkStatuses.indexOf(status);
  checks.sort((a, b) => rank(b) - rank(a));
  return {status: checks[0]?.status ?? "ok", checks};
}
