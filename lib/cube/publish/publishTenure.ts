import type {TenureCohort, TenureEntrants, TenureSegment, TenureSums} from "../../experiment/novelty/tenureSums.ts";

/** A cell of a metric, and what it is published as. */
export type PublishedCell = readonly [cell: readonly string[], shown: readonly string[]];

/**
 * Returns the tenure sums of one metric as they may stand beside its path and entries: a value of a dimension with a cell
 * that is published as part of another value becomes `other`, with what is `other` already. Then the cells of a value
 * add up to the same units in every file, and no difference between them shows the units of a small cell.
 *
 * @param cells of the whole cube, as they are and as they are published, by the dimensions' names
 */
export function publishTenure(
  tenure: TenureSums,
  cells: readonly PublishedCell[],
  {dimensions, published}: {dimensions: readonly string[]; published: readonly string[]}
): TenureSums {
  const moved = new Map(dimensions.map((dimension) => [dimension, new Set<string>()]));
  for (const [cell, shown] of cells)
    dimensions.forEach((dimension, i) => {
      const at = published.indexOf(dimension);
      const value = cell[i] ?? "";
      if (at >= 0 && shown[at] !== value) moved.get(dimension)?.add(value);
    });
  if ([...moved.values()].every(({size}) => size === 0)) return tenure;
  const nameOf = (dimension: string, value: string): string =>
    moved.get(dimension)?.has(value) === true ? "other" : value;
  const segments = tenure.segments && foldSegments(tenure.segments, nameOf);
  return {...tenure, entrants: foldEntrants(tenure.entrants, nameOf), ...(segments && {segments})};
}

type NameOf = (dimension: string, value: string) => string;

function foldSegments(segments: readonly TenureSegment[], nameOf: NameOf): TenureSegment[] {
  const groups = new Map<string, TenureSegment[]>();
  for (const segment of segments) {
    const key = JSON.stringify([segment.dimension, nameOf(segment.dimension, segment.value)]);
    groups.set(key, [...(groups.get(key) ?? []), segment]);
  }
  const folded = [...groups].map(([key, members]): TenureSegment => {
    const [dimension, value] = JSON.parse(key) as [string, string];
    const row = ["cohort", "variant"] as const;
    return {
      dimension,
      value,
      cohorts: foldCohorts(members.map(({cohorts}) => cohorts)),
      days: added(
        members.flatMap(({days}) => days),
        [...row, "day"]
      ),
      both: added(
        members.flatMap(({both}) => both),
        row
      )
    };
  });
  const several = (dimension: string): boolean => folded.filter((other) => other.dimension === dimension).length > 1;
  return folded.filter(({dimension}) => several(dimension));
}

/** The runs of all values of a dimension are the same. */
function foldCohorts(lists: readonly (readonly TenureCohort[])[]): TenureCohort[] {
  return (lists[0] ?? []).map((cohort, i) => {
    const units: Record<string, number> = {};
    for (const list of lists)
      for (const [variant, n] of Object.entries(list[i]?.units ?? {})) units[variant] = (units[variant] ?? 0) + n;
    return {...cohort, units};
  });
}

function foldEntrants(entrants: readonly TenureEntrants[], nameOf: NameOf): TenureEntrants[] {
  const renamed = entrants.map((row) => ({...row, value: nameOf(row.dimension, row.value)}));
  const folded = added(renamed, ["dimension", "value", "cohort"]);
  const several = (dimension: string): boolean =>
    new Set(folded.filter((other) => other.dimension === dimension).map(({value}) => value)).size > 1;
  return folded.filter(({dimension}) => several(dimension));
}

/** Adds up all numbers of the rows with the same keys. */
function added<Row extends object>(rows: readonly Row[], keys: readonly (keyof Row)[]): Row[] {
  const found = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify(keys.map((name) => row[name]));
    const known = found.get(key);
    found.set(key, known === undefined ? row : sumOf(known, row, keys));
  }
  return [...found.values()];
}

function sumOf<Row extends object>(a: Row, b: Row, keys: readonly (keyof Row)[]): Row {
  const sum = {...a};
  for (const name of Object.keys(a) as (keyof Row)[]) {
    const [x, y] = [a[name], b[name]];
    if (!keys.includes(name) && typeof x === "number" && typeof y === "number") Object.assign(sum, {[name]: x + y});
  }
  return sum;
}
