/**
 * Returns the candidate that was most likely meant by a name that is not among them, or null when none is near: at most
 * one slip (a letter left out, put in, exchanged, or two neighbours swapped) in each three letters, and at least one.
 * Letters of another case count as a tenth of a slip. The first of equally near candidates wins. Where none is near, the
 * only candidate that begins with the name's three or more letters is returned.
 *
 * @example nearestName("purchse", ["purchase", "revenue"]) // "purchase"
 */
export function nearestName(name: string, candidates: readonly string[]): string | null {
  let nearest: string | null = null;
  let least = Math.max(1, Math.floor(name.length / 3)) + 0.5;
  for (const candidate of candidates) {
    const slips = Math.min(
      damerauLevenshtein(name, candidate),
      damerauLevenshtein(name.toLowerCase(), candidate.toLowerCase()) + 0.1
    );
    if (slips < least) {
      nearest = candidate;
      least = slips;
    }
  }
  if (nearest !== null || name.length < 3) return nearest;
  const begun = candidates.filter((candidate) => candidate.toLowerCase().startsWith(name.toLowerCase()));
  return begun.length === 1 ? (begun[0] ?? null) : null;
}

/**
 * Returns the edit distance of two texts in UTF-16 units, a swap of neighbours counted as one: the restricted form
 * ("optimal string alignment"), which edits no part twice.
 *
 * @see Damerau (1964), Commun. ACM 7:171–176, https://doi.org/10.1145/363958.363994
 * @example damerauLevenshtein("purhcase", "purchase") // 1
 */
export function damerauLevenshtein(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({length: b.length + 1}, (_, j) => j);
  for (let i = 1; i <= a.length; ++i) {
    const row = [i];
    for (let j = 1; j <= b.length; ++j) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(before, j - 2) + 1);
      row.push(least);
    }
    before = previous;
    previous = row;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], i: number): number {
  return row[i] ?? Infinity;
}
