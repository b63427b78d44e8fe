/** A version, read: its numbers, and the labels of its pre-release (empty for a release). */
export interface Version {
  readonly numbers: readonly string[];
  readonly labels: readonly string[];
}

/**
 * Returns a version such as `2.10.0`, `v3` or `1.0.0-beta.2+build`, read; or null if the text is not one. Any count of numbers is
 * allowed; build metadata is ignored.
 *
 * @see Semantic Versioning 2.0.0, https://semver.org
 */
export function parseVersion(text: string): Version | null {
  const match = /^v?(\d+(?:\.\d+)*)(?:-([\w-]+(?:\.[\w-]+)*))?(?:\+[\w.-]+)?$/.exec(text);
  return match && {numbers: match[1]?.split(".") ?? [], labels: match[2]?.split(".") ?? []};
}

/**
 * Returns a number below, equal to or above 0 as version `a` comes before, with or after `b`. Numbers compare as numbers (2.9 comes
 * before 2.10) and missing ones are 0 (2.0 equals 2); a pre-release comes before its release, as in Semantic Versioning.
 *
 * @see Semantic Versioning 2.0.0, item 11, https://semver.org/#spec-item-11
 */
export function compareVersions(a: Version, b: Version): number {
  return (
    compareLists(a.numbers, b.numbers, "0") ||
    Number(!a.labels.length) - Number(!b.labels.length) ||
    compareLists(a.labels, b.labels, "")
  );
}

function compareLists(a: readonly string[], b: readonly string[], missing: string): number {
  for (let i = 0; i < Math.max(a.length, b.length); ++i) {
    const [p = missing, q = missing] = [a[i], b[i]];
    const m = toNumber(p);
    const n = toNumber(q);
    if (p === q || (m === n && m < Infinity)) continue;
    // A missing identifier comes first, then numbers, then words.
    return p && q && m !== n ? m - n : p < q ? -1 : 1;
  }
  return 0;
}

function toNumber(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Infinity;
}
