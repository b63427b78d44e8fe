import {describe, expect, it} from "vitest";
import type {RawColumns, UnitGroup} from "../../../lib/cube/arrays/rawHits.ts";
import {groupsOf, placesOf, reachedOf, spansOf, startsOf} from "../../../lib/cube/arrays/rawHits.ts";
import {unitHits} from "../../../lib/cube/arrays/unitHits.ts";
import {createRandom} from "../../random.ts";

/** Units that entered on five days, in two variants and three cells, with hits of random days. */
function draw(seed: number, size = 300) {
  const random = createRandom(seed);
  const units = Array.from({length: size}, (_, i) => ({
    u: i + 1,
    entryDay: random.integer(5),
    variant: random.integer(2),
    cell: random.integer(3)
  })).toSorted((a, b) => a.entryDay - b.entryDay || a.variant - b.variant || a.cell - b.cell);
  const column = (key: keyof (typeof units)[number]) => Int32Array.from(units, (unit) => unit[key]);
  const rows = Array.from({length: 10 * size}, () => ({
    u: random.integer(size + 1),
    day: random.integer(9),
    since: random.integer(100) - 20
  }));
  const hits: RawColumns = {
    u: Int32Array.from(rows, ({u}) => u),
    day: Int32Array.from(rows, ({day}) => day),
    since: Float64Array.from(rows, ({since}) => since),
    streams: Int32Array.from(rows, () => 1),
    values: []
  };
  const u = column("u");
  const placeOf = placesOf(u);
  const groups = groupsOf(column("entryDay"), column("variant"), column("cell"));
  const lead = new Float64Array(size);
  return {rows, hits, groups, u, placeOf, lead, start: startsOf([hits], placeOf, size)};
}

describe("units in shares", () => {
  it.each([1, 2, 3, 8])("are each in one of %d, with all of one entry day and variant", (count) => {
    const {groups, start, u} = draw(count);
    const spans = spansOf({groups, start, u}, count);
    expect(spans.length).toBeLessThanOrEqual(count);
    expect(spans[0]?.[0]).toBe(0);
    expect(spans.at(-1)?.[1]).toBe(u.length);
    spans.slice(1).forEach(([from], i) => expect(from).toBe(spans[i]?.[1]));
    const at = (place: number): UnitGroup | undefined => groups.find(({from, to}) => place >= from && place < to);
    const key = (group: UnitGroup | undefined): string => `${group?.entryDay} ${group?.variant}`;
    for (const [from] of spans.slice(1)) expect(key(at(from))).not.toBe(key(at(from - 1)));
  });

  it("have about as many hits each", () => {
    const {groups, start, u} = draw(1, 3000);
    for (const [from, to] of spansOf({groups, start, u}, 3)) {
      expect(start[to]! - start[from]!).toBeGreaterThan(start[u.length]! / 5);
      expect(start[to]! - start[from]!).toBeLessThan(start[u.length]! / 2);
    }
  });

  it("are one empty share without a unit", () => {
    expect(spansOf({groups: [], start: new Int32Array(1), u: new Int32Array(0)}, 4)).toEqual([[0, 0]]);
  });
});

describe("hits", () => {
  it("lie by unit and day, those of units that do not count left out", () => {
    const {rows, hits, groups, u, placeOf, lead, start} = draw(7);
    const raw = {groups, u, placeOf, lead, start, hits: [hits], reached: [], bits: [["s0", 1]] as const, summed: []};
    const found = spansOf({groups, start, u}, 3).flatMap((span) => {
      const own = unitHits(raw, span);
      return [...own.u].flatMap((unit, place) =>
        [...own.day.subarray(own.start[place], own.start[place + 1])].map((day) => `${unit} ${day}`)
      );
    });
    const order = new Map([...u].map((unit, place) => [unit, place]));
    const expected = rows
      .filter((row) => row.u > 0)
      .toSorted((a, b) => order.get(a.u)! - order.get(b.u)! || a.day - b.day)
      .map((row) => `${row.u} ${row.day}`);
    expect(found).toEqual(expected);
  });

  it("are counted that are of other units, too late or too early", () => {
    const {rows, hits, placeOf, lead} = draw(9);
    const mine = rows.filter((row) => row.u > 0);
    const inTime = mine.filter(({day}) => day <= 6);
    expect(reachedOf(hits, {placeOf, lead, asOf: 6, before: 10})).toEqual({
      rows: rows.length,
      outside: rows.length - mine.length,
      late: mine.length - inTime.length,
      early: inTime.filter(({since}) => since < -10).length,
      firstDay: 0
    });
  });
});
