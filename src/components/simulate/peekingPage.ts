import {choice} from "../blocks/controls.ts";
import type {Html} from "../blocks/html.ts";
import {html} from "../blocks/html.ts";
import {liveFigure} from "../blocks/liveFigure.ts";
import type {Rule} from "./peekingRules.ts";
import {rules} from "./peekingRules.ts";

/** What each rule is called, and what it does. */
export const ruleNames: Record<Rule, {name: string; short: string; text: string; color: string}> = {
  naive: {
    name: "Naive: stop at the first p below 0.05",
    short: "naive",
    text: "a fixed test, read every night",
    color: "var(--v2)"
  },
  "group-sequential": {
    name: "Group-sequential, O'Brien-Fleming",
    short: "boundary",
    text: "a boundary that allows for every look",
    color: "var(--good)"
  },
  "always-valid": {
    name: "Always-valid",
    short: "always-valid",
    text: "a confidence sequence, for any number of looks",
    color: "var(--v1)"
  },
  fixed: {
    name: "Fixed: one look at the end",
    short: "fixed",
    text: "what the naive rule pretends to be",
    color: "var(--v0)"
  }
};

/** Returns the page's controls and the two numbers to watch. */
export function peeking(): Html {
  return html`<form class="controls peeking" aria-label="Experiments without an effect">
      <div class="fields">
        ${choice(
          "nights",
          "Looks, one a night",
          [7, 14, 28].map((n) => ({value: String(n), text: `${n} nights`})),
          {value: "14"}
        )}
      </div>
      <div class="buttons">
        <button type="button" class="main" name="start">Start</button>
        <button type="button" name="stop">Stop</button>
        <button type="button" name="reset">Reset</button>
        <label class="seed"
          ><span>Seed</span><input name="seed" inputmode="numeric" autocomplete="off" value="1"
        /></label>
      </div>
      <p class="status" role="status"></p>
    </form>
    <div class="rates live">
      ${(["naive", "group-sequential"] as const).map(
        (rule) =>
          html`<div class="number">
            <p class="big" data-rate="${rule}">–</p>
            <p>
              ${rule === "naive" ? "of experiments without any effect, the naive rule calls one" : "the same nights, read against a boundary"}
            </p>
            <p data-interval="${rule}"></p>
          </div>`
      )}
      <div class="number">
        <p class="big" data-rate="runs">0</p>
        <p>experiments so far</p>
      </div>
    </div>`;
}

/** Returns the two charts, and the table of all rules that is filled as runs come. */
export function peekingCharts(): Html {
  return html`${liveFigure({
      key: "called",
      title: "Experiments in which a difference was called by then",
      subtitle: "share of all runs; there is no difference; dashed: the 5% that was promised",
      height: 280,
      columns: [{head: "Night"}, ...rules.map((rule) => ({head: ruleNames[rule].short, number: true}))]
    })}
    ${liveFigure({
      key: "paths",
      title: "The last forty experiments",
      subtitle: "z by night; orange: called by the naive rule, from the dot on for good",
      height: 300,
      columns: [{head: "Experiment"}, {head: "z at the end", number: true}, {head: "Naive call on night", number: true}]
    })}
    <div class="scroll live" tabindex="0" role="region" aria-label="Error rates">
      <table data-rules>
        <caption class="sr">
          False alarms by rule
        </caption>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col" class="number">False alarms</th>
            <th scope="col" class="number">Rate</th>
            <th scope="col" class="number">95% interval</th>
          </tr>
        </thead>
        <tbody>
          ${rules.map(
            (rule) =>
              html`<tr data-rule="${rule}">
                <th scope="row">${ruleNames[rule].name} <span class="role">${ruleNames[rule].text}</span></th>
                <td class="number">–</td>
                <td class="number">–</td>
                <td class="number">–</td>
              </tr>`
          )}
        </tbody>
      </table>
    </div>`;
}
