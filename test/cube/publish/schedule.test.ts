import {describe, expect, it} from "vitest";
import {blockCount} from "../../../lib/cube/publish/blocks.ts";
import type {CellGrid, Grid, Link} from "../../../lib/cube/publish/grid.ts";
import {schedule} from "../../../lib/cube/publish/schedule.ts";

/** A cell that units enter on some dates; a few of each date are active on the next one as well, for the last time. */
function cell(name: string, from: number, to: number, {units, next}: {units: number; next: number}): CellGrid {
  const entered = Array.from({length: 12}, (_, date) => (from <= date && date <= to ? units : 0));
  const links = entered.flatMap((n, date): Link[] =>
    n === 0
      ? []
      : [{entry: date, date, units: n}, ...(date < 11 && next > 0 ? [{entry: date, date: date + 1, units: next}] : [])]
  );
  return {key: JSON.stringify([name]), cell: [name], units: units * (to - from + 1), links, entered, entries: entered};
}

function grid(cells: readonly CellGrid[]): Grid {
  const dates = Array.from({length: 12}, (_, i) => `2026-01-${String(i + 5).padStart(2, "0")}`);
  return {variant: "green", dates, entries: dates, cells};
}

describe("schedule(grid, minimum)", () => {
  it("publishes every date of cells that have enough units on each", () => {
    const found = schedule(
      grid([cell("ios", 0, 11, {units: 50, next: 20}), cell("web", 0, 11, {units: 30, next: 20})]),
      10
    )!;
    expect(blockCount(found.total.dates)).toBe(12);
    for (const {dates} of found.cells.values()) expect(blockCount(dates)).toBe(12);
  });
  it("keeps phases apart where the last few of one are active on the first day of the next", () => {
    const phases = [cell("ramp", 0, 5, {units: 100, next: 3}), cell("full", 6, 11, {units: 400, next: 12})];
    const {total, cells} = schedule(grid(phases), 10, {phaseAt: 0})!;
    expect([...cells.keys()]).toEqual(['["ramp"]', '["full"]']);
    // Had the total a row of the ramp's last day, the ramp's own rows would tell what three units did on the day after.
    expect(total.dates[6]).toBe(total.dates[5]);
    expect(blockCount(total.dates)).toBe(11);
    // Of other dimensions the rows of the whole are not given up.
    expect(schedule(grid(phases), 10)).toBeNull();
  });
  it("is null where no cells may be told apart", () => {
    expect(
      schedule(grid([cell("ios", 0, 11, {units: 50, next: 20}), cell("web", 4, 4, {units: 3, next: 0})]), 10)
    ).toBeNull();
  });
});
