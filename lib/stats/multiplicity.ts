/** How p-values of one family are corrected. The first three hold the family-wise error, the last two the false discovery rate. */
export type MultiplicityMethod = (typeof multiplicityMethods)[number];

/** All correction methods, strictest guarantee first. */
export const multiplicityMethods = [
  "bonferroni",
  "holm",
  "hochberg",
  "benjamini-hochberg",
  "benjamini-yekutieli"
] as const;

/**
 * Returns adjusted p-values in the order given, each in [0, 1] and never below its own p-value: a hypothesis is
 * rejected at `alpha` if its adjusted p-value is at most `alpha`. A null (a comparison that could not be made) stays
 * null and does not count as a member of the family; an empty list gives an empty list.
 *
 * Bonferroni and Holm hold the family-wise error whatever the dependence; Hochberg needs independence or positive
 * dependence; Benjamini-Hochberg holds the false discovery rate under the same condition, Benjamini-Yekutieli whatever
 * the dependence.
 *
 * @param pValues p-values in [0, 1], or null
 * @throws {RangeError} if a p-value is not in [0, 1]
 * @throws {TypeError} if the method is unknown
 * @see Holm (1979), Scand. J. Statist. 6:65–70, https://www.jstor.org/stable/4615733
 * @see Hochberg (1988), Biometrika 75:800–802, https://doi.org/10.1093/biomet/75.4.800
 * @see Benjamini and Hochberg (1995), https://doi.org/10.1111/j.2517-6161.1995.tb02031.x
 * @see Benjamini and Yekutieli (2001), Ann. Statist. 29:1165–1188, https://doi.org/10.1214/aos/1013699998
 * @example adjustPValues([0.005, 0.06, 0.04], "holm") // [0.015, 0.08, 0.08]
 */
export function adjustPValues(pValues: readonly (number | null)[], method: MultiplicityMethod): (number | null)[] {
  if (!multiplicityMethods.includes(method)) {
    throw new TypeError(`unknown method; not one of ${multiplicityMethods.join(", ")}: ${String(method)}`);
  }
  for (const p of pValues) {
    if (p !== null && !(0 <= p && p <= 1)) throw new RangeError(`invalid pValue; not in [0, 1]: ${p}`);
  }
  const ordered = pValues
    .flatMap((p, index) => (p === null ? [] : [{p, index}]))
    .sort((a, b) => a.p - b.p || a.index - b.index);
  const m = ordered.length;
  const factor = factorOf(method, m);
  const raised = ordered.map(({p}, i) => p * factor(i + 1));
  const monotone = method === "bonferroni" ? raised : method === "holm" ? runningMaximum(raised) : minimumAhead(raised);
  const adjusted = pValues.map((): number | null => null);
  ordered.forEach(({p, index}, i) => {
    // Rounding in p * m / rank may end a hair below p itself, where the two are equal.
    adjusted[index] = Math.max(p, Math.min(1, monotone[i] ?? 1));
  });
  return adjusted;
}

/** Returns the factor on the p-value of a rank (1 = smallest) among m. */
function factorOf(method: MultiplicityMethod, m: number): (rank: number) => number {
  switch (method) {
    case "bonferroni":
      return () => m;
    case "holm":
    case "hochberg":
      return (rank) => m - rank + 1;
    case "benjamini-hochberg":
      return (rank) => m / rank;
    case "benjamini-yekutieli": {
      const sum = harmonicNumber(m);
      return (rank) => (m * sum) / rank;
    }
  }
}

/** Returns 1 + 1/2 + … + 1/m, the price of unknown dependence in Benjamini-Yekutieli; 0 for m = 0. */
export function harmonicNumber(m: number): number {
  let sum = 0;
  for (let i = m; i >= 1; --i) sum += 1 / i;
  return sum;
}

function runningMaximum(values: readonly number[]): number[] {
  let maximum = 0;
  return values.map((value) => (maximum = Math.max(maximum, value)));
}

function minimumAhead(values: readonly number[]): number[] {
  let minimum = Infinity;
  return values
    .toReversed()
    .map((value) => (minimum = Math.min(minimum, value)))
    .reverse();
}
