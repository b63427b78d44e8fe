/** Units of one variant that no published row tells apart: those of one cohort with the same values of all dimensions. */
export interface TenureAtom {
  /** The numbers of the groups that they are in: one of whole cohorts, and one of each dimension. */
  readonly groups: readonly number[];
  readonly n: number;
}

/**
 * Whether no sum or difference of the published tenure rows of one variant stands for fewer than `minimum` units (and
 * more than none), on any day and for any metric.
 *
 * Rows of one day are sums over groups of units: cohorts, and values of each dimension in runs of cohorts. Any combination of
 * them gives each unit the sum of the factors of its groups, the same for all units of an atom. Were it a small group, all
 * atoms of enough units would have the factor 0. These equations are solved; atoms whose factors are multiples of one
 * another in what is left vanish together, so enough units among them must have the factor 0 too; and so on until nothing
 * new comes of it. If then the factor is 0 for everybody, no such combination exists. The answer may be a false no, never a
 * false yes. On later days fewer groups are left, and sums over spans of days or over cohorts are combinations as well.
 */
export function isTenureSafe(
  atoms: readonly TenureAtom[],
  {groups, minimum}: {groups: number; minimum: number}
): boolean {
  // A basis of all factors that the equations so far allow.
  let basis = Array.from({length: groups}, (_, i) => {
    const vector = new Float64Array(groups);
    vector[i] = 1;
    return vector;
  });
  const factorsOf = (atom: TenureAtom) =>
    basis.map((vector) => atom.groups.reduce((sum, group) => sum + (vector[group] ?? 0), 0));
  const vanish = (atom: TenureAtom) => {
    const factors = factorsOf(atom);
    const pivot = factors.reduce((best, factor, i) => (Math.abs(factor) > Math.abs(factors[best] ?? 0) ? i : best), 0);
    const [by, from] = [factors[pivot] ?? 0, basis[pivot]];
    if (Math.abs(by) < tiny || from === undefined) return;
    basis.forEach((vector, i) => {
      const share = (factors[i] ?? 0) / by;
      if (i === pivot || share === 0) return;
      for (let g = 0; g < groups; ++g) vector[g] = (vector[g] ?? 0) - share * (from[g] ?? 0);
    });
    basis = basis.filter((_, i) => i !== pivot);
  };
  for (const atom of atoms) if (atom.n >= minimum) vanish(atom);
  let light = atoms.filter(({n}) => n > 0 && n < minimum);
  for (;;) {
    const together = new Map<string, {n: number; atom: TenureAtom}>();
    light = light.filter((atom) => {
      const factors = factorsOf(atom);
      const first = factors.find((factor) => Math.abs(factor) >= tiny);
      if (first === undefined) return false;
      const key = factors.map((factor) => Math.round((factor / first) * 1e6)).join(" ");
      together.set(key, {n: (together.get(key)?.n ?? 0) + atom.n, atom});
      return true;
    });
    if (light.length === 0) return true;
    const enough = [...together.values()].filter(({n}) => n >= minimum);
    if (enough.length === 0) return false;
    for (const {atom} of enough) vanish(atom);
  }
}

const tiny = 1e-9;
