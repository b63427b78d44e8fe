import {cubeTable} from "../../lib/cube/cubeTable.ts";
import type {CubeTable} from "../../lib/cube/cubeTable.ts";
import {exploreCells, exploreDays} from "../../lib/cube/exploreCells.ts";
import type {Cubes} from "../../lib/cube/exploreCells.ts";
import {emptyState} from "../../lib/experiment/exploreState.ts";
import type {PublishedRow} from "../../lib/cube/row.ts";
import {makeCube} from "../site/cubes.ts";
import {milliseconds} from "./measured.ts";
import type {Measured} from "./measured.ts";

/** Rows of a cube that is as large as a page must bear. */
const rows = 200_000;

/** What Explore computes for a change of the crossing, with 200,000 rows of the cube. */
export async function bench(): Promise<Measured[]> {
  const {readout, publication} = makeCube({treatments: ["green", "blue"]});
  const {dimensions, origins} = publication;
  const cubes: Cubes = {path: widened(publication.path, {dimensions, origins}), entries: null};
  const metric = readout.metrics[0]!;
  const cells = (by: readonly string[], correction: "none" | "benjamini-hochberg" | "holm" = "benjamini-hochberg") =>
    milliseconds(() => exploreCells(cubes, metric, {...emptyState, by, correction}, readout), {rounds: 9});
  const crossed = exploreCells(cubes, metric, {...emptyState, by: dimensions}, readout).cells.length;
  return [
    {name: "Explore: one dimension, 200,000 rows", value: cells(dimensions.slice(0, 1)), unit: "ms", bound: 50},
    {
      name: `Explore: all dimensions crossed, ${crossed} comparisons, 200,000 rows`,
      value: cells(dimensions),
      unit: "ms",
      bound: 50
    },
    {name: "Explore: the same with Holm's intervals", value: cells(dimensions, "holm"), unit: "ms", bound: 50},
    {
      name: "Explore: the effect by day, 200,000 rows",
      value: milliseconds(() => exploreDays(cubes, metric, emptyState, readout), {rounds: 5}),
      unit: "ms"
    }
  ];
}

/** The rows over and over, each time with values of the first dimension of their own. */
function widened(path: readonly PublishedRow[], options: Parameters<typeof cubeTable>[1]): CubeTable {
  const ofCells = path.filter(({cell}) => cell !== null);
  const whole = path.filter(({cell}) => cell === null);
  const wide: PublishedRow[] = [...whole];
  for (let turn = 0; wide.length < rows; ++turn)
    for (const row of ofCells.slice(0, rows - wide.length))
      wide.push({...row, cell: (row.cell ?? []).map((value, i) => (i === 0 ? `${value} ${turn % 8}` : value))});
  return cubeTable(wide, options);
}
