import {chiSquare} from "../../stats/index.ts";
import {formatCount, sayPValue} from "../format.ts";
import {cholesky, forward} from "../novelty/matrix.ts";
import type {HealthCheck} from "../readout.ts";
import type {BanditSums} from "../sums.ts";
import {warningAlpha} from "./alarmLevels.ts";
import {check, variantKeys} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";
import {shareText} from "./plannedSplit.ts";

/**
 * Returns the test of a bandit's split: no weights were planned, so the units of each slice are held against the probabilities that were
 * logged with them. Observed less expected counts, added up over slices, have the covariance Σ N (diag p - p p'), whatever the policy
 * did; their Wald statistic is chi-square. Not corrected for the nights, so it may only warn. Null without probabilities or units.
 */
export function banditSplit({experiment}: Pick<HealthInput, "experiment">, {slices, reason}: BanditSums): HealthCheck {
  const keys = variantKeys(experiment);
  const pValue = reason === null ? splitPValue(keys, slices) : null;
  const counts = keys.map((key) => slices.reduce((n, {units}) => n + (units[key] ?? 0), 0));
  const expected = keys.map((key) =>
    slices.reduce((n, {units, probabilities}) => n + (probabilities?.[key] ?? 0) * total(units), 0)
  );
  const warns = pValue !== null && pValue < warningAlpha;
  return check({
    key: "sample-ratio",
    name: "Split as logged",
    status: warns ? "warning" : "ok",
    value: pValue,
    threshold: warningAlpha,
    message:
      reason !== null
        ? `Not judged: the traffic followed the result, and ${reason}.`
        : pValue === null
          ? "Too few units to hold the split against the logged probabilities."
          : `${warns ? "The split is not what the logged probabilities say" : "The split is what the logged probabilities say"}: ${shareText(counts)}, expected ${shareText(expected)}; ${sayPValue(pValue)} over ${formatCount(slices.length)} slices of time.`,
    whatToDo: "Find where the probabilities that are logged differ from those that assign, or where units are lost."
  });
}

function splitPValue(keys: readonly string[], slices: BanditSums["slices"]): number | null {
  const last = keys[keys.length - 1] ?? "";
  const free = keys.filter((key) => key !== last);
  const k = free.length;
  const off = new Float64Array(k);
  const covariance = new Float64Array(k * k);
  for (const {units, probabilities} of slices) {
    const n = total(units);
    free.forEach((a, i) => {
      const p = probabilities?.[a] ?? 0;
      off[i] = (off[i] ?? 0) + (units[a] ?? 0) - n * p;
      free.forEach((b, j) => {
        const shared = i === j ? p * (1 - p) : -p * (probabilities?.[b] ?? 0);
        covariance[i * k + j] = (covariance[i * k + j] ?? 0) + n * shared;
      });
    });
  }
  const expected = keys.map((key) =>
    slices.reduce((n, {units, probabilities}) => n + (probabilities?.[key] ?? 0) * total(units), 0)
  );
  if (k === 0 || expected.some((n) => n < smallestExpected)) return null;
  const root = cholesky(covariance, k);
  if (root === null) return null;
  const scaled = forward(root, off, k);
  return chiSquare.sf(
    scaled.reduce((sum, value) => sum + value * value, 0),
    k
  );
}

const smallestExpected = 5;

function total(units: Readonly<Record<string, number>>): number {
  return Object.values(units).reduce((a, b) => a + b, 0);
}
