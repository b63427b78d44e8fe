import {formatCount, sayPValue} from "../format.ts";
import {sampleRatioMismatch} from "../../stats/index.ts";
import type {HealthCheck} from "../readout.ts";
import type {ExcludedInput} from "../sums.ts";
import {warningAlpha} from "./alarmLevels.ts";
import {crossoverReason} from "./crossovers.ts";
import {check, variantKeys} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/** Share of all rows from which one reason warns. */
const largeShare = 0.05;

/** What any log holds that serves more than this experiment; and what other checks judge. Never a fault by itself. */
const expected = new Set([
  "after-as-of",
  "before-exposure",
  "before-start",
  "excluded-unit",
  "not-activated",
  "repeated-unit",
  "without-exposure",
  crossoverReason
]);

/** Counted in the list, but not left out. */
const kept = new Set(["duplicated-row-kept"]);

/**
 * Returns the check of rows left out: each reason with its rows; it warns where a reason that is a fault of the log takes
 * 5% or more of all rows, or where a reason that is known by variant hits the arms in other shares than their units
 * (chi-square, p < 0.001). The value is the largest share of such a reason; null without rows.
 */
export function exclusions({experiment, sums}: HealthInput): HealthCheck {
  const keys = variantKeys(experiment);
  const details = sums.excluded
    .filter(({reason}) => !kept.has(reason))
    .map((row) => {
      const pValue = unevenPValue(
        row,
        keys,
        keys.map((key) => sums.units[key] ?? 0)
      );
      return {
        label: reasonText(row),
        value: row.rows,
        pValue,
        uneven: pValue !== null && pValue < warningAlpha,
        share: expected.has(row.reason) || sums.rows === 0 ? 0 : row.rows / sums.rows
      };
    });
  const uneven = details.find((row) => row.uneven);
  const large = details.find(isLarge);
  const rows = details.reduce((n, {value}) => n + value, 0);
  return check({
    key: "exclusions",
    name: "Rows left out",
    status: uneven || large ? "warning" : "ok",
    value: sums.rows === 0 ? null : Math.max(0, ...details.map(({share}) => share)),
    threshold: largeShare,
    message: uneven
      ? `The arms lose rows unevenly: ${uneven.label}, ${sayPValue(uneven.pValue)}.`
      : large
        ? `${formatCount(large.value)} of ${formatCount(sums.rows)} rows were left out: ${large.label}.`
        : rows === 0
          ? "No row was left out."
          : `${formatCount(rows)} of ${formatCount(sums.rows)} rows were left out, each for a stated reason.`,
    whatToDo:
      "See the list of reasons below the design; a reason that grows or hits one arm points to a logging fault.",
    details: details.map((row) => ({
      label: row.label,
      value: row.value,
      status: row.uneven || isLarge(row) ? "warning" : "ok"
    }))
  });
}

function isLarge({share}: {share: number}): boolean {
  return share >= largeShare;
}

/** Returns a reason in words with its fact: `events: unparseable timestamp`. */
export function reasonText({reason, fact}: Pick<ExcludedInput, "reason" | "fact">): string {
  const words = /^[a-z]+(-[a-z]+)*$/.test(reason) ? reason.replaceAll("-", " ") : reason;
  return fact === null ? words : `${fact}: ${words}`;
}

/**
 * The p-value of the arms losing in proportion to their units. A unit may lose many rows, which come together: where the
 * units are known, rows are scaled down to them.
 */
function unevenPValue(
  {reason, units, byVariant}: ExcludedInput,
  keys: readonly string[],
  weights: readonly number[]
): number | null {
  if (byVariant === undefined || reason === crossoverReason || weights.some((n) => n === 0)) return null;
  const counts = keys.map((key) => byVariant[key] ?? 0);
  const total = counts.reduce((a, b) => a + b, 0);
  const scale = units === null || total === 0 ? 1 : Math.min(1, units / total);
  const scaled = counts.map((n) => Math.round(n * scale));
  const all = scaled.reduce((a, b) => a + b, 0);
  const size = weights.reduce((a, b) => a + b, 0);
  if (weights.some((n) => (all * n) / size < 5)) return null;
  return sampleRatioMismatch(scaled, weights).pValue;
}
