import type {HealthCheck, Readout} from "../readout.ts";
import {checkStatuses} from "../words.ts";
import {banditSplit} from "./banditSplit.ts";
import {armsPresent} from "./armsPresent.ts";
import {conflictingDefinitions} from "./conflictingDefinitions.ts";
import {contracts} from "./contracts.ts";
import {crossovers} from "./crossovers.ts";
import {definitionStable} from "./definitionStable.ts";
import {eventLogging} from "./eventLogging.ts";
import {exclusions} from "./exclusions.ts";
import {extremeValues} from "./extremeValues.ts";
import type {HealthInput} from "./healthInput.ts";
import {implausibleEffects} from "./implausibleEffects.ts";
import {missingDays} from "./missingDays.ts";
import {prePeriod} from "./prePeriod.ts";
import {sampleRatio} from "./sampleRatio.ts";
import {sampleRatioChiSquare, sampleRatioWhere} from "./sampleRatioTonight.ts";
import {silentMetrics} from "./silentMetrics.ts";
import {traffic} from "./traffic.ts";

/**
 * Returns all health checks, worst first, and the worst status. Only checks whose error holds over the experiment's
 * whole life block: the sequential split test, units in several variants, the pre-period test, broken contracts.
 */
export function healthChecks(input: HealthInput): Readout["health"] {
  const {bandit} = input.sums;
  const split = bandit
    ? [banditSplit(input, bandit)]
    : [sampleRatio(input), sampleRatioChiSquare(input), ...sampleRatioWhere(input)];
  const checks = [
    contracts(input),
    armsPresent(input),
    ...split.slice(0, 1),
    prePeriod(input),
    crossovers(input),
    ...split.slice(1),
    traffic(input),
    missingDays(input),
    exclusions(input),
    eventLogging(input),
    silentMetrics(input),
    extremeValues(input),
    implausibleEffects(input),
    definitionStable(input),
    conflictingDefinitions(input)
  ];
  const rank = ({status}: HealthCheck): number => checkStatuses.indexOf(status);
  const sorted = checks.toSorted((a, b) => rank(b) - rank(a));
  return {status: sorted[0]?.status ?? "ok", checks: sorted};
}
