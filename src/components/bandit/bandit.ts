import type {BanditReadout} from "../../lib/bandit/index.ts";
import {formatCount, formatPercent, formatPercentInterval} from "../../lib/experiment/format.ts";
import {choice, toggle} from "../blocks/controls.ts";
import type {Html} from "../blocks/html.ts";
import {html} from "../blocks/html.ts";
import {liveFigure} from "../blocks/liveFigure.ts";
import {table} from "../blocks/table.ts";
import {armKeys, arms, banditAfter, banditRun, BATCHES, policies, policyNames} from "./banditDemo.ts";

/** Returns the controls of the demo. */
export function bandit(): Html {
  return html`<form class="controls bandit" aria-label="Bandit">
    <div class="fields">
      ${choice(
        "policy",
        "How the traffic is split",
        policyNames.map((key) => ({value: key, text: policies[key].name})),
        {value: "thompson"}
      )}
      ${toggle("logged", "Log the probabilities", "The share of each arm, as it was when a unit was assigned.", {checked: true})}
    </div>
    <div class="buttons">
      <button type="button" class="main" name="start">Start</button>
      <button type="button" name="stop">Stop</button>
      <button type="button" name="reset">Reset</button>
      <label class="seed"
        ><span>Seed</span><input name="seed" inputmode="numeric" autocomplete="off" value="1"
      /></label>
      <button type="button" name="reseed">Another</button>
    </div>
    <p class="status" role="status"></p>
  </form>`;
}

/** Returns the charts of traffic, beliefs and regret. */
export function banditTraffic(): Html {
  const perArm = [{head: "Units"}, ...armKeys.map((key) => ({head: key, number: true}))];
  return html`${liveFigure({
      key: "shares",
      title: "Share of the traffic",
      subtitle: "of each batch of 750 units",
      height: 250,
      columns: perArm
    })}
    <div class="pair">
      ${liveFigure({
        key: "best",
        title: "Probability of being best",
        subtitle: "by the posterior, as the bandit believes",
        height: 230,
        columns: perArm
      })}
      ${liveFigure({
        key: "posterior",
        title: "What is believed",
        subtitle: "posterior mean of each arm’s conversion, and 95% of belief",
        height: 230,
        columns: [{head: "Arm"}, {head: "Mean", number: true}, {head: "95% of belief", number: true}]
      })}
    </div>
    ${liveFigure({
      key: "regret",
      title: "Regret",
      subtitle: "conversions lost to worse arms, by the truth; dashed: what an even split would have lost",
      height: 220,
      columns: [{head: "Units"}, {head: "Lost", number: true}, {head: "By an even split", number: true}]
    })}`;
}

/** Returns the estimates: the chart that the page draws, and the table, filled at build time for the first run of the demo. */
export function banditEstimates(): Html {
  const readout = banditAfter(banditRun({seed: 1, policy: "thompson"}).batches, BATCHES, {logged: true});
  return html`<ul class="plain notices" data-warnings></ul>
    ${liveFigure({
      key: "estimates",
      title: "Conversion of each arm",
      subtitle: "solid: honest estimate with its 95% interval; open: plain mean; tick: the truth",
      height: 290,
      columns: [{head: "Arm"}, {head: "Plain mean", number: true}, {head: "Honest estimate", number: true}]
    })}
    <div class="scroll" tabindex="0" role="region" aria-label="Estimates by arm" data-estimates>
      ${table(
        "Estimates by arm",
        [
          {head: "Arm"},
          {head: "Units", number: true, fold: true},
          {head: "P(best)", number: true, fold: true},
          {head: "Plain mean", number: true, fold: true},
          {head: "Honest estimate", number: true},
          {head: "95% interval", number: true},
          {head: "Truth", number: true}
        ],
        estimateRows(readout)
      )}
    </div>`;
}

/** Returns the rows of the table of estimates. */
export function estimateRows({arms: known, estimates}: BanditReadout): string[][] {
  return arms.map(({key, mean}, i) => {
    const arm = known[i];
    const estimate = estimates?.[i];
    const share = (value: number | null | undefined) => formatPercent(value ?? null, {decimals: 2});
    return [
      key,
      formatCount(arm?.n ?? 0),
      formatPercent(arm?.probabilityBest ?? null, {decimals: 1}),
      share(arm?.plainMean),
      estimate ? share(estimate.mean) : "none",
      estimate && estimate.lower !== null && estimate.upper !== null
        ? formatPercentInterval([estimate.lower, estimate.upper], {signed: false})
        : "none",
      share(mean)
    ];
  });
}
