/**
 * Returns the SELECTs that give the smallest `value` that at least a share of the totals of a SELECT does not exceed: as
 * percentile_disc, which not every engine has as an aggregate.
 */
export function shareSteps(name: string, from: string, share: number): [name: string, select: string][] {
  const ranked = `SELECT total, row_number() OVER (ORDER BY total) AS place, count(*) OVER () AS units FROM (${from}) AS s`;
  return [[name, `SELECT min(total) AS value FROM (${ranked}) AS r WHERE place >= ${share} * units`]];
}
