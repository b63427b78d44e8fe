import type {Readout} from "../../lib/experiment/readout.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {primaries} from "./subject.ts";

/** Returns the contents list that stays beside the page. */
export function contents(readout: Readout): Html {
  const items: [string, Html | string][] = [
    ["verdict", "Verdict"],
    ["belief", "Can it be believed?"],
    ...(readout.holdout ? ([["holdout", "After the launch"]] satisfies [string, string][]) : []),
    ...primaries(readout).map((m, i): [string, Html] => [i === 0 ? "primary" : `primary-${i + 1}`, name(m.name)]),
    ...(readout.bandit === null ? [] : [["bandit", "Where did the traffic go?"] as [string, string]]),
    ["changes", "What changed?"],
    ["metrics", "All metrics"],
    ["duration", "Does it last?"],
    ["segments", "For whom?"],
    ["power", "How long still?"],
    ["bayesian", "What is likely?"],
    ["data", "What came in?"],
    ["design", "Registered design"]
  ];
  return html`<nav class="contents" aria-label="On this page">
    <ol>
      ${items.map(([id, label]) => html`<li><a href="#${id}">${label}</a></li>`)}
    </ol>
  </nav>`;
}
