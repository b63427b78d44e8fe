import type * as Plot from "@observablehq/plot";
import type {ChartSize} from "../charts/theme.ts";
import {frame} from "../charts/theme.ts";
import {ENTRY_DAYS, WINDOW} from "./settings.ts";

/** Returns the options of a chart over the days of a simulation; all of them share the axis. */
export function overDays({width, height}: ChartSize): Plot.PlotOptions {
  return {
    ...frame({width, height}),
    marginRight: 62,
    marginLeft: 52,
    marginBottom: 38,
    x: {
      domain: [0, ENTRY_DAYS + WINDOW],
      label: "day",
      labelAnchor: "right",
      labelArrow: "none",
      labelOffset: 32,
      ticks: Math.max(3, Math.round(width / 80))
    }
  };
}
