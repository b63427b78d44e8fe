import type {Interval} from "../../lib/experiment/format.ts";
import {formatPercent, formatPercentInterval} from "../../lib/experiment/format.ts";
import type {Html} from "./html.ts";
import {html} from "./html.ts";

/**
 * Returns a small interval on an axis from -reach to reach, drawn without a script. What lies beyond the axis ends in
 * an arrow.
 */
export function intervalMark(estimate: number | null, interval: Interval, reach: number): Html {
  if (estimate === null || !interval)
    return html`<svg class="mark" aria-hidden="true"><line class="zero" x1="50%" x2="50%" y1="0" y2="100%" /></svg>`;
  const [lower, upper] = interval;
  const at = (value: number) => `${(50 + (50 * Math.max(-reach, Math.min(reach, value))) / reach).toFixed(2)}%`;
  const open = (value: number | null) => value === null || Math.abs(value) > reach;
  const say = `${formatPercent(estimate, {signed: true})}, interval ${formatPercentInterval(interval)}`;
  return html`<svg class="mark" role="img" aria-label="${say}">
    <line class="zero" x1="50%" x2="50%" y1="0" y2="100%" />
    <line
      class="range${open(lower) ? " open-start" : ""}${open(upper) ? " open-end" : ""}"
      x1="${at(lower ?? -reach)}"
      x2="${at(upper ?? reach)}"
      y1="50%"
      y2="50%"
    />
    ${
      open(lower) ? html`<svg x="${at(lower ?? -reach)}" y="50%" class="tip"><path d="M4,-4L0,0L4,4" /></svg>` : null
    }${open(upper) ? html`<svg x="${at(upper ?? reach)}" y="50%" class="tip"><path d="M-4,-4L0,0L-4,4" /></svg>` : null}${
      Math.abs(estimate) > reach ? null : html`<circle cx="${at(estimate)}" cy="50%" r="4" />`
    }
  </svg>`;
}
