import {formatDifference, formatDifferenceInterval, formatPercent} from "../../lib/experiment/format.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {figure} from "./figure.ts";
import type {Html} from "./html.ts";
import {html, name} from "./html.ts";
import {absent, section} from "./section.ts";
import {colorIndex, leading, primaries, variantName} from "./subject.ts";
import {table} from "./table.ts";
import {term} from "./terms.ts";

/** Returns the Bayesian view of the primary metric; it explains and never decides. */
export function bayesian(readout: Readout, root: string): Html {
  const metric = primaries(readout).find((m) => m.bayesian);
  const view = metric?.bayesian;
  const known = (view?.comparisons ?? []).filter((c) => c.probabilityBetter !== null);
  if (!metric || !view || known.length === 0) {
    return section(
      "bayesian",
      "What is likely?",
      null,
      absent(view?.comparisons[0]?.reason, "The Bayesian view is not computed for this experiment yet.")
    );
  }
  const lead = known.find((c) => c.variant === leading(readout)) ?? known[0];
  const better = metric.direction === "increase" ? "higher" : "lower";
  const best = new Map(view.probabilityBest.map((b) => [b.variant, b.probability]));
  return section(
    "bayesian",
    "What is likely?",
    html`The ${term("posterior", "belief after the data", root)}, prior: ${view.prior}. It explains; the decision rests
    on the registered test.`,
    lead && lead.posterior.length > 0
      ? figure({
          chart: "posterior",
          metric: metric.key,
          height: 210,
          title:
            lead.posterior.length > 1
              ? html`Posterior of ${name(metric.name)}`
              : html`Posterior of the difference in ${name(metric.name)}`,
          subtitle:
            lead.posterior.length > 1
              ? "where each variant\u2019s true mean is likely to be"
              : "where the true difference from control is likely to be",
          reading: html`With probability ${probability(lead.probabilityBetter)}
          ${name(variantName(readout, lead.variant))} is ${better} than
          ${name(variantName(readout, readout.variants.find((v) => v.role === "control")?.key ?? "control"))}. Choosing
          it costs ${loss(lead.expectedLoss)} on average.`,
          table: all()
        })
      : all()
  );

  // A loss far below a hundredth of the effect is nothing to a reader, however many digits it has.
  function loss(value: number | null): string {
    if (!metric || value === null) return "\u2013";
    const width = Math.abs(lead?.credibleInterval?.[1] ?? 0) + Math.abs(lead?.credibleInterval?.[0] ?? 0);
    return value < width / 1000 ? "next to nothing" : formatDifference(value, metric, {signed: false});
  }

  function all(): Html {
    return table(
      "Bayesian view",
      [
        {head: "Variant"},
        {head: "Better than control", number: true},
        {head: "Best of all", number: true, fold: true},
        {head: "Credible interval", number: true},
        {head: term("expected-loss", "Expected loss", root), number: true, fold: true}
      ],
      known.map((c) => [
        html`<span class="swatch v${colorIndex(readout, c.variant)}"></span>${name(variantName(readout, c.variant))}`,
        probability(c.probabilityBetter),
        probability(best.get(c.variant) ?? null),
        metric ? formatDifferenceInterval(c.credibleInterval, metric) : "",
        loss(c.expectedLoss)
      ])
    );
  }
}

function probability(p: number | null): string {
  if (p === null) return "\u2013";
  if (p > 0.999) return ">\u00a099.9%";
  if (p < 0.001) return "<\u00a00.1%";
  return formatPercent(p, {decimals: p > 0.99 || p < 0.01 ? 1 : 0});
}
