import type {NoveltyResult} from "../readout.ts";

/** The effect of the units of one cohort on one day, or block of days, named by the first. */
export type TriangleCell = {cohort: string; day: number; n: number; relativeDifference: number | null};

/** Returns the cells of a triangle of cohorts by tenure, row by row. */
export function triangleCells({
  triangle,
  triangleDays
}: Pick<NoveltyResult, "triangle" | "triangleDays">): TriangleCell[] {
  return triangle.flatMap(({cohort, day, n, relativeDifferences}) =>
    relativeDifferences.map((relativeDifference, i) => ({cohort, day: day + i * triangleDays, n, relativeDifference}))
  );
}
