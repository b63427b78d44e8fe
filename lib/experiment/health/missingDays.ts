import {daysBetween, formatDate, formatList, plural} from "../format.ts";
import type {HealthCheck} from "../readout.ts";
import {check, variantKeys} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/**
 * Returns the check of days without a single exposure between the experiment's start (or an earlier first exposure) and
 * the last day that has some. Where fewer units come a day than may be published of a day by itself, a day may be empty
 * for that alone, and nothing is said. Freshness against the clock is no part of a readout.
 */
export function missingDays({experiment, sums}: HealthInput): HealthCheck {
  const days = sums.traffic
    .map(({date, units}) => ({date, n: Object.values(units).reduce((a, b) => a + b, 0)}))
    .filter(({n}) => n > 0);
  const last = days.at(-1)?.date ?? null;
  const first = days[0] === undefined || experiment.start < days[0].date ? experiment.start : days[0].date;
  const seen = new Set(days.map(({date}) => date));
  const span = daysBetween(first, last);
  const perDay = days.reduce((sum, {n}) => sum + n, 0) / Math.max(1, span);
  const judged = perDay >= experiment.minimumUnits * variantKeys(experiment).length;
  const missing: string[] = [];
  for (let i = 0; judged && i < span; ++i) {
    const date = new Date(Date.parse(first) + i * 86_400_000).toISOString().slice(0, 10);
    if (!seen.has(date)) missing.push(date);
  }
  const shown = formatList(missing.slice(0, 3).map((date) => formatDate(date)));
  return check({
    key: "missing-days",
    name: "No day missing",
    status: missing.length > 0 ? "warning" : "ok",
    value: judged ? missing.length : null,
    threshold: 0,
    date: missing.at(-1) ?? null,
    message:
      last === null
        ? "Not known for this input: no exposure has a date."
        : !judged
          ? "Too few units a day to tell a missing day from a quiet one."
          : missing.length > 0
            ? `${plural(missing.length, "day")} without exposures, or with too few to publish: ${shown}${missing.length > 3 ? " and more" : ""}.`
            : "Every day between the start and the last exposure has some.",
    whatToDo: "Load the missing days, or note why nobody could be exposed."
  });
}
