import {formatCount, formatPercent, sayPValue} from "../format.ts";
import {parseShare} from "../parseShare.ts";
import {chiSquareIndependence, sampleRatioMismatch} from "../../stats/index.ts";
import type {HealthCheck} from "../readout.ts";
import {check, variantKeys} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";
import {warningAlpha} from "./sampleRatio.ts";

/** Units seen in several variants, as a share of all units: warns and blocks at the definition's shares. */
export function crossovers({experiment, sums}: HealthInput): HealthCheck {
  const units = sums.excluded
    .filter(({reason}) => reason === crossoverReason)
    .reduce((n, row) => n + (row.units ?? 0), 0);
  const kept = Object.values(sums.units).reduce((a, b) => a + b, 0);
  const share = units + kept === 0 ? null : units / (units + kept);
  const [warning, blocked] = [parseShare(experiment.crossovers.warning), parseShare(experiment.crossovers.blocked)];
  const status = share === null || share < warning ? "ok" : share < blocked ? "warning" : "blocked";
  return check({
    key: "crossovers",
    name: "Units in one variant only",
    status,
    value: share,
    threshold: status === "blocked" ? blocked : warning,
    message:
      units === 0
        ? "No unit was seen in two variants."
        : `${formatCount(units)} units (${formatPercent(share)}) were seen in several variants; they are left out on every day.`,
    whatToDo: "Check that assignment is sticky: identity that changes at login, a cookie that is lost, two assigners."
  });
}

/** The reason under which units in several variants are excluded. */
export const crossoverReason = "unit in several variants";

/** Rows left out by reason, as a share of all rows; and, where known by variant, whether the arms lose alike. */
export function exclusions({experiment, sums}: HealthInput): HealthCheck {
  const keys = variantKeys(experiment);
  const weights = keys.map((key) => sums.units[key] ?? 0);
  const details = sums.excluded.map(({reason, fact, rows, byVariant}) => {
    const label = fact === null ? reason : `${fact}: ${reason}`;
    const counts = keys.map((key) => byVariant?.[key] ?? 0);
    const testable =
      byVariant !== undefined &&
      reason !== crossoverReason &&
      weights.every((n) => n > 0) &&
      counts.some((n) => n >= 5);
    const pValue = testable ? sampleRatioMismatch(counts, weights).pValue : null;
    const uneven = pValue !== null && pValue < warningAlpha;
    return {label, value: rows, uneven, pValue, large: sums.rows > 0 && rows / sums.rows > 0.05};
  });
  const uneven = details.filter((row) => row.uneven);
  const large = details.filter((row) => row.large);
  const rows = details.reduce((n, {value}) => n + value, 0);
  const warns = uneven.length > 0 || large.length > 0;
  return check({
    key: "exclusions",
    name: "Rows left out",
    status: warns ? "warning" : "ok",
    value: sums.rows === 0 ? null : rows / sums.rows,
    threshold: 0.05,
    message: uneven[0]
      ? `The arms lose rows unevenly: ${uneven[0].label}, ${sayPValue(uneven[0].pValue)}.`
      : large[0]
        ? `${formatCount(large[0].value)} rows were left out: ${large[0].label}.`
        : rows === 0
          ? "No row was left out."
          : `${formatCount(rows)} of ${formatCount(sums.rows)} rows were left out, each for a stated reason.`,
    whatToDo:
      "See the list of reasons below the design; a reason that grows or hits one arm points to a logging fault.",
    details: details.map(({label, value, uneven, large}) => ({
      label,
      value,
      status: uneven || large ? "warning" : "ok"
    }))
  });
}

/** Share of exposed units with any event, arm against arm: a difference is an effect, or a log that misses one arm. */
export function eventLogging({experiment, sums}: HealthInput): HealthCheck {
  const keys = variantKeys(experiment).filter((key) => (sums.units[key] ?? 0) > 0);
  const name = "Events logged alike";
  const whatToDo =
    "If no metric explains the difference, look for an arm that logs less: a crash, a blocked request, an old client.";
  const active = sums.activeUnits;
  if (active === null || keys.length < 2)
    return check({
      key: "event-logging",
      name,
      status: "ok",
      message: "Not applicable: the input is not a log of events.",
      whatToDo
    });
  const n = keys.map((key) => sums.units[key] ?? 0);
  const shares = keys.map((key, i) => (active[key] ?? 0) / n[i]!);
  const {pValue} = chiSquareIndependence(
    keys.map((key) => active[key] ?? 0),
    n
  );
  const warns = pValue !== null && pValue < warningAlpha;
  return check({
    key: "event-logging",
    name,
    status: warns ? "warning" : "ok",
    value: pValue,
    threshold: warningAlpha,
    message: `Units with any event: ${keys.map((key, i) => `${key} ${formatPercent(shares[i]!)}`).join(", ")}${warns ? `; ${sayPValue(pValue)}` : ""}.`,
    whatToDo
  });
}
