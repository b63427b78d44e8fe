import {asymptoticConfidenceSequence} from "../../sequential/index.ts";
import {covariance, mean} from "../../stats/index.ts";
import {sayPValue} from "../format.ts";
import type {HealthCheck} from "../readout.ts";
import {lifetimeAlpha} from "./sampleRatio.ts";
import {check, variantKeys} from "./healthInput.ts";
import type {HealthInput} from "./healthInput.ts";

/** Units per arm below which a mean's normal approximation is not trusted to block. */
const minimumArm = 100;

/**
 * The pre-period A/A test: before exposure no treatment can have acted, so the arms' covariates must agree. Per metric
 * with a covariate and per treatment the difference of covariate means (Welch standard error) is followed by an
 * asymptotic confidence sequence over the nights, at alpha 0.005 shared equally by the comparisons (Bonferroni): the
 * chance that sound data are ever blocked is at most 0.005 over metrics and nights together.
 */
export function prePeriod({experiment, sums, metrics}: HealthInput): HealthCheck {
  const name = "Arms alike before exposure";
  const whatToDo =
    "Do not read the effects: the groups were different people. Check how units were assigned, and since when.";
  const [control, ...treatments] = variantKeys(experiment);
  const withCovariate = metrics.filter(({key}) => {
    const arms = Object.values(sums.metrics[key]?.arms ?? {});
    return arms.some(({xx}) => xx > 0);
  });
  const count = withCovariate.length * treatments.length;
  if (control === undefined || count === 0)
    return check({
      key: "pre-period",
      name,
      status: "ok",
      message: "No metric has a covariate from before exposure.",
      whatToDo
    });
  const alpha = lifetimeAlpha / count;
  const details = withCovariate.flatMap((metric) => {
    const days = sums.metrics[metric.key]?.days ?? [];
    const last = days.at(-1)?.arms;
    return treatments.map((variant) => {
      const tuneAt = Math.max(1, (last?.[control]?.n ?? 0) + (last?.[variant]?.n ?? 0));
      let date: string | null = null;
      for (const day of days) {
        const [c, t] = [day.arms[control], day.arms[variant]];
        if (c === undefined || t === undefined || c.n < minimumArm || t.n < minimumArm) continue;
        const standardError = Math.sqrt((covariance(c, "x", "x") ?? 0) / c.n + (covariance(t, "x", "x") ?? 0) / t.n);
        const difference = (mean(t, "x") ?? 0) - (mean(c, "x") ?? 0);
        if (!(standardError > 0)) continue;
        const {multiplier} = asymptoticConfidenceSequence(difference, standardError, c.n + t.n, {alpha, tuneAt});
        if (Math.abs(difference) > multiplier * standardError) {
          date = day.date;
          break;
        }
      }
      return {label: `${metric.name}, ${variant}`, date};
    });
  });
  const broken = details.filter(({date}) => date !== null);
  return check({
    key: "pre-period",
    name,
    status: broken.length > 0 ? "blocked" : "ok",
    value: broken.length,
    threshold: 0,
    date: broken[0]?.date ?? null,
    message:
      broken[0] === undefined
        ? `The arms were alike before exposure (${count} ${count === 1 ? "comparison" : "comparisons"}, corrected over metrics and nights).`
        : `The arms differed before exposure: ${broken[0].label}, beyond chance at ${sayPValue(lifetimeAlpha).replace("=", "<")} over all metrics and nights.`,
    whatToDo,
    details: details.map(({label, date}) => ({
      label,
      value: date === null ? 0 : 1,
      status: date === null ? "ok" : "blocked"
    }))
  });
}
