import {formatChosen, formatCount} from "../../lib/experiment/format.ts";
import {choice, slider, toggle} from "../blocks/controls.ts";
import type {Html} from "../blocks/html.ts";
import {html} from "../blocks/html.ts";
import {liveFigure} from "../blocks/liveFigure.ts";
import {table} from "../blocks/table.ts";
import {defaults, faultKeys, faults, outcomeKeys, outcomes, ranges} from "./settings.ts";

/** Returns the page's controls: what is true, what goes wrong, how fast, and the buttons. */
export function simulator(): Html {
  return html`<form class="controls simulator" aria-label="Simulation">
    <div class="fields">
      ${slider("units", "Units a day", ranges.units, {value: defaults.units, shown: formatCount(defaults.units)})}
      ${slider("lift", "True effect", ranges.lift, {value: defaults.lift * 100, shown: formatChosen(defaults.lift)})}
      ${slider("rate", "Pace", ranges.rate, {value: defaults.rate, shown: `${defaults.rate} days a second`})}
      ${choice(
        "metric",
        "Metric",
        outcomeKeys.map((key) => ({value: key, text: `${outcomes[key].name}: ${outcomes[key].text}`})),
        {value: defaults.outcome}
      )}
      ${toggle("cuped", "CUPED", "Take out the noise that the two weeks before explain.", {checked: defaults.cuped})}
    </div>
    <fieldset>
      <legend>What goes wrong</legend>
      <div class="toggles">${faultKeys.map((key) => toggle(key, faults[key].name, faults[key].text))}</div>
    </fieldset>
    <div class="buttons">
      <button type="button" class="main" name="start">Start</button>
      <button type="button" name="stop">Stop</button>
      <button type="button" name="reset">Reset</button>
      <label class="seed"
        ><span>Seed</span><input name="seed" inputmode="numeric" autocomplete="off" value="${defaults.seed}"
      /></label>
      <button type="button" name="reseed">Another</button>
    </div>
    <p class="status" role="status"></p>
  </form>`;
}

/** Returns the number as it stands, and the two charts of the effect. */
export function simulatedEffect(): Html {
  return html`<div class="lead live">
      <div class="number" data-number>
        <p class="big">–</p>
        <p class="interval"></p>
        <dl class="small">
          ${["Day", "Mature units", "Look", "z", "Boundary", "CUPED saves"].map(
            (name) =>
              html`<div>
                <dt>${name}</dt>
                <dd data-fact="${name}">–</dd>
              </div>`
          )}
        </dl>
      </div>
      ${liveFigure({
        key: "lift",
        title: "Relative difference as data come in",
        subtitle: "mature units, with the 95% interval of one look; dashed: what was put in",
        height: 250,
        columns: [
          {head: "Day"},
          {head: "Units", number: true},
          {head: "Difference", number: true},
          {head: "95% interval", number: true},
          {head: "p", number: true}
        ]
      })}
    </div>
    ${liveFigure({
      key: "boundary",
      title: "Sequential boundary, O'Brien-Fleming spending",
      subtitle: "z at the end of each day; beyond the line the test may stop",
      height: 270,
      columns: [
        {head: "Day"},
        {head: "Information", number: true},
        {head: "z", number: true},
        {head: "Boundary", number: true},
        {head: "Alpha spent", number: true}
      ]
    })}`;
}

/** Returns the two charts of the split. */
export function simulatedSplit(): Html {
  return html`<div class="pair">
    ${liveFigure({
      key: "split",
      title: "Treatment's share of all units",
      subtitle: "so far; shaded: what chance does to a sound split",
      height: 230,
      columns: [
        {head: "Day"},
        {head: "Control", number: true},
        {head: "Treatment", number: true},
        {head: "Share", number: true}
      ]
    })}
    ${liveFigure({
      key: "evidence",
      title: "Evidence against the planned split",
      subtitle: "likelihood of any other split over that of the planned one",
      height: 230,
      columns: [{head: "Day"}, {head: "Odds", number: true}, {head: "Smallest p so far", number: true}]
    })}
  </div>`;
}

/** Returns the list of what a readout would warn of, filled as it happens. */
export function simulatedAlerts(): Html {
  return html`<ul class="dated" data-alerts></ul>
    <p class="absent" data-no-alerts>Nothing to warn of so far.</p>`;
}

/** Returns what each fault does and where it shows, for all readers. */
export function faultTable(): Html {
  const where: Record<keyof typeof faults, string> = {
    split: "The likelihood path climbs until it blocks. The difference itself may look fine; that is the danger.",
    lopsided: "The likelihood path blocks within hours, before there is any difference to look at.",
    dropout: "A warning on the day. Both arms lose alike, so the split holds and the interval is only wider.",
    duplicates: "Counted and dropped: identical rows count once, so nothing moves.",
    late: "The difference of the last days still moves. Looks that were taken stay as they were.",
    crossovers: "The units are left out, on every day; beyond 1% of them a readout blocks.",
    bots: "Hardly anything for shares of units; for means the interval is wider, which a cap mends."
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Faults">
    ${table(
      "Faults and where they show",
      [{head: "Fault"}, {head: "What is done"}, {head: "Where it shows"}],
      faultKeys.map((key) => [faults[key].name, faults[key].text, where[key]])
    )}
  </div>`;
}
