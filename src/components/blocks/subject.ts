import type {ComparisonResult, MetricResult, Readout} from "../../lib/experiment/readout.ts";

/** Treatments in the order of the definition. */
export function treatments(readout: Readout): Readout["variants"] {
  return readout.variants.filter((v) => v.role === "treatment");
}

/** The treatment that the page speaks of: the decision's, else the first. */
export function leading(readout: Readout): string | null {
  return readout.decision.variant ?? treatments(readout)[0]?.key ?? null;
}

/** What readers call the variant; its key if the readout does not know it. */
export function variantName(readout: Readout, key: string): string {
  return readout.variants.find((v) => v.key === key)?.name ?? key;
}

/** The comparison of the leading treatment, else the first one; null if there is none. */
export function leadingComparison(metric: MetricResult, readout: Readout): ComparisonResult | null {
  return metric.comparisons.find((c) => c.variant === leading(readout)) ?? metric.comparisons[0] ?? null;
}

/** The number of the variant's colour: control is 0, treatments 1, 2, … in the order of the definition. */
export function colorIndex(readout: Readout, key: string): number {
  const i = treatments(readout).findIndex((v) => v.key === key);
  return i < 0 ? 0 : 1 + (i % 11);
}

/** Primary metrics in the order of the definition. */
export function primaries(readout: Readout): MetricResult[] {
  return readout.metrics.filter((m) => m.role === "primary");
}
