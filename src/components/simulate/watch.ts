import {formatCount, formatPercent, plural} from "../../lib/experiment/format.ts";
import type {Crossing, Look, Night, RunningMismatch, SequentialState} from "../../lib/sequential/index.ts";
import {ledgerLooks, runningSampleRatioMismatch, sequentialState, trafficAnomaly} from "../../lib/sequential/index.ts";
import type {RunningSums} from "../../lib/simulate/index.ts";
import {compareCuped, compareMeans, compareProportions} from "../../lib/stats/index.ts";
import type {Comparison} from "../../lib/stats/index.ts";
import type {Settings} from "./settings.ts";
import {ENTRY_DAYS, outcomes, WINDOW} from "./settings.ts";

/** Error rate of the mismatch test over the whole run, as that of the check which blocks a readout. */
export const MISMATCH_ALPHA = 0.005;

/** Something that a readout would tell somebody about. */
export interface Alert {
  readonly key: "split" | "crossovers" | "traffic" | "duplicates" | "late" | "bots";
  readonly tone: "care" | "harm";
  /** Days since the start when it was first seen. */
  readonly time: number;
  readonly text: string;
}

/** One moment: the effect as it stood. */
export interface Moment {
  readonly time: number;
  readonly comparison: Comparison;
  /** What the covariate took away; null where it was not used. */
  readonly varianceReduction: number | null;
}

/** All that the page shows of a run so far. */
export interface Watched {
  readonly moments: readonly Moment[];
  readonly mismatch: RunningMismatch;
  readonly looks: readonly Look[];
  /** Bounds of the looks to come; after a crossing those that would have come. */
  readonly future: SequentialState["futureBounds"];
  readonly crossed: Crossing | null;
  /** After a crossing: the estimate that allows for having stopped there. */
  readonly stop: SequentialState["stop"];
  readonly alerts: readonly Alert[];
}

/** Watches a run: give it the sums as they come. */
export interface Watcher {
  add(sums: RunningSums): void;
  watched(): Watched;
}

/**
 * Returns a watcher of a run, which does what a readout does, with the same functions: the effect at every tick, the split test on all units,
 * one look at the end of each day against the boundary of a nightly O'Brien-Fleming design, and checks of the log. Looks and alerts
 * that were made are never taken back.
 */
export function watchRun(
  {outcome, cuped, units}: Pick<Settings, "outcome" | "cuped" | "units">,
  {planned = units * ENTRY_DAYS}: {planned?: number} = {}
): Watcher {
  const design = {method: "group-sequential", nights: ENTRY_DAYS, planned} as const;
  const moments: Moment[] = [];
  const arrivals: {date: string; units: number[]}[] = [];
  const daily: number[] = [];
  const alerts = new Map<Alert["key"], Alert>();
  let looks: readonly Look[] = [];
  let state: SequentialState = sequentialState(design, []);
  let future = state.futureBounds;
  let before: RunningSums | null = null;
  let yesterday = 0;

  function compare({mature}: RunningSums): Omit<Moment, "time"> {
    const [control, treatment] = mature;
    if (!control || !treatment) throw new RangeError(`invalid sums; not of two arms: ${mature.length}`);
    if (cuped) {
      const comparison = compareCuped(control, treatment);
      return {comparison, varianceReduction: comparison.varianceReduction};
    }
    const isShare = outcomes[outcome].kind === "proportion";
    const comparison = isShare ? compareProportions(control, treatment) : compareMeans(control, treatment);
    return {comparison, varianceReduction: null};
  }

  function look(sums: RunningSums, comparison: Comparison) {
    const fraction = sums.mature.reduce((n, arm) => n + arm.n, 0) / planned;
    const night: Night = {
      date: String(sums.time),
      // Two units and a difference in variance make no test yet.
      fraction: fraction > 0.002 ? fraction : null,
      z: comparison.statistic,
      standardError: comparison.standardError,
      final: sums.time >= ENTRY_DAYS + WINDOW
    };
    const {appended, looks: all} = ledgerLooks(design, looks, [night]);
    looks = all;
    if (appended.length === 0) return;
    const ahead = state.futureBounds.filter((bound) => bound.fraction > (night.fraction ?? 0));
    state = sequentialState(design, looks);
    // After a crossing nothing is left to come; the page still draws the way that there would have been.
    if (state.futureBounds.length > 0) future = state.futureBounds;
    else future = ahead;
  }

  function alert(sums: RunningSums, mismatch: RunningMismatch) {
    const {time, crossovers, duplicates, late, events, busiest} = sums;
    const note = (key: Alert["key"], tone: Alert["tone"], text: string) => {
      const known = alerts.get(key);
      if (!known || (known.tone === "care" && tone === "harm")) alerts.set(key, {key, tone, time, text});
      else alerts.set(key, {...known, text});
    };
    const all = sums.units.reduce((a, b) => a + b, 0);
    if (mismatch.crossed !== null)
      note(
        "split",
        "harm",
        `The split is broken: ${sums.units.map(formatCount).join(" to ")} units, planned half and half. A readout would block here.`
      );
    const share = crossovers / Math.max(1, all + crossovers);
    if (share > 0.001)
      note(
        "crossovers",
        share > 0.01 ? "harm" : "care",
        `${plural(crossovers, "unit")} (${formatPercent(share)}) saw both variants and are left out${share > 0.01 ? "; beyond 1% a readout blocks" : ""}.`
      );
    if (events > 0 && duplicates / events > 0.001)
      note(
        "duplicates",
        "care",
        `${plural(duplicates, "row")} (${formatPercent(duplicates / events)} of the events) came twice; each counts once.`
      );
    if (events > 0 && late / events > 0.01)
      note(
        "late",
        "care",
        `${formatPercent(late / events)} of the events came late; the numbers of past days still move.`
      );
    if (busiest >= 60)
      note(
        "bots",
        "care",
        `One unit did it ${formatCount(busiest)} times in three days: look for a bot, and cap the metric.`
      );
  }

  return {
    add(sums) {
      const own = compare(sums);
      moments.push({time: sums.time, ...own});
      arrivals.push({
        date: String(sums.time),
        units: sums.units.map((n, i) => Math.max(0, n - (before?.units[i] ?? 0)))
      });
      before = sums;
      if (Number.isInteger(sums.time)) {
        const all = sums.units.reduce((a, b) => a + b, 0) + sums.crossovers;
        daily.push(Math.max(0, all - yesterday));
        yesterday = all;
        // The week before has a weekend in it only from the eighth day on.
        if (7 < sums.time && sums.time <= ENTRY_DAYS && trafficAnomaly(daily).anomaly && !alerts.has("traffic"))
          alerts.set("traffic", {
            key: "traffic",
            tone: "care",
            time: sums.time,
            text: `${formatCount(daily.at(-1) ?? 0)} new units on day ${sums.time}, far below the week before.`
          });
        look(sums, own.comparison);
      }
      alert(sums, mismatchOf());
    },
    watched: () => ({
      moments,
      mismatch: mismatchOf(),
      looks,
      future,
      crossed: state.crossed,
      stop: state.stop,
      alerts: [...alerts.values()].sort((a, b) => a.time - b.time)
    })
  };

  function mismatchOf(): RunningMismatch {
    return runningSampleRatioMismatch(arrivals, [0.5, 0.5], {alpha: MISMATCH_ALPHA, concentration: 1000});
  }
}
