import {describe, expect, it} from "vitest";
import {roomFor} from "../../../../lib/cube/arrays/hits/allHits.ts";
import type {EventRows} from "../../../../lib/cube/arrays/rows/eventRows.ts";
import type {UnitGroup} from "../../../../lib/cube/arrays/hits/placedUnits.ts";
import {mergeRelevant, placeRows} from "../../../../lib/cube/arrays/rows/placeRows.ts";
import {groupsOf, placesOf, spansOf} from "../../../../lib/cube/arrays/hits/placedUnits.ts";
import {scatterRows} from "../../../../lib/cube/arrays/rows/scatterRows.ts";
import {sortHits} from "../../../../lib/cube/arrays/hits/sortHits.ts";
import {beginsOf, startsOf} from "../../../../lib/cube/arrays/hits/startsOf.ts";
import {mergeReached, reachedHits} from "../../../../lib/cube/arrays/hits/reachedHits.ts";
import {day} from "../../../../lib/cube/dialects/dialect.ts";
import {rowBits} from "../../../../lib/cube/sql/events.ts";
import {unitHits} from "../../../../lib/cube/arrays/hits/unitHits.ts";
import {createRandom} from "../../../random.ts";

/** Units that entered on five days, in two variants and three cells, with rows of random days; unit 0 was never exposed. */
function draw(seed: number, size = 300) {
  const random = createRandom(seed);
  const units = Array.from({length: size}, (_, i) => ({
    u: i + 1,
    entryDay: random.integer(5),
    variant: random.integer(2),
    cell: random.integer(3)
  })).toSorted((a, b) => a.entryDay - b.entryDay || a.variant - b.variant || a.cell - b.cell);
  const column = (key: keyof (typeof units)[number]) => Int32Array.from(units, (unit) => unit[key]);
  // The last unit does not count, and a row of no unit is not relevant to anything.
  const rows = Array.from({length: 10 * size}, () => ({u: random.integer(size + 3) - 1, date: random.integer(9)}));
  const offsets = [{from: -Infinity, offset: 0}];
  const read: EventRows = {
    u: Int32Array.from(rows, ({u}) => u),
    t: Float64Array.from(rows, ({date}) => date * day + 1),
    bits: Int32Array.from(rows, ({date}) => (date === 8 ? rowBits.relevant | rowBits.missing : rowBits.relevant | 1)),
    values: new Map([["s0", Float64Array.from(rows, ({u, date}) => 100 * u + date)]])
  };
  const u = column("u");
  const placeOf = placesOf(u, Int32Array.of(size + 1));
  const groups = groupsOf(column("entryDay"), column("variant"), column("cell"));
  const placed = [0, 1].map((i) => placeRows(read, {placeOf, units: size, offsets}, [i, 2]));
  const counts = mergeRelevant(placed.map((each) => each.counts));
  const entry = Float64Array.from(units, ({entryDay}) => entryDay * day);
  const hits = placed.map((each) => each.hits);
  const blocks = beginsOf(hits);
  const all = roomFor(
    {groups, u, placeOf, lead: new Float64Array(size), entry},
    {
      calendar: false,
      offsets: [offsets],
      bit: new Map([["s0", 1]]),
      blocks,
      summed: ["s0"],
      measured: [],
      spare: []
    }
  );
  const starts = startsOf(blocks.slice(0, -1), hits);
  // Whichever thread is quicker, and whichever block is sorted first.
  for (const i of [1, 0]) scatterRows(read, {into: all, fact: 0, starts}, [i, 2]);
  for (const i of [2, 0, 1]) sortHits(all, [i, 3]);
  return {rows, size, counts, all, units};
}

describe("units in shares", () => {
  it.each([1, 2, 3, 8])("are each in one of %d, with all of one entry day and variant", (count) => {
    const {all} = draw(count);
    const {groups, u} = all;
    const spans = spansOf(all, all.blocks, count);
    expect(spans.length).toBeLessThanOrEqual(count);
    expect(spans[0]?.[0]).toBe(0);
    expect(spans.at(-1)?.[1]).toBe(u.length);
    spans.slice(1).forEach(([from], i) => expect(from).toBe(spans[i]?.[1]));
    const at = (place: number): UnitGroup | undefined => groups.find(({from, to}) => place >= from && place < to);
    const key = (group: UnitGroup | undefined): string => `${group?.entryDay} ${group?.variant}`;
    for (const [from] of spans.slice(1)) expect(key(at(from))).not.toBe(key(at(from - 1)));
  });

  it("have about as many hits each", () => {
    const {all} = draw(1, 3000);
    const spans = spansOf(all, all.blocks, 3);
    const hits = all.day.length;
    for (const span of spans) {
      const own = unitHits(all, span).start.at(-1)!;
      expect(own).toBeGreaterThan(hits / 5);
      expect(own).toBeLessThan(hits / 2);
    }
  });

  it("are one empty share without a unit", () => {
    expect(spansOf({groups: [], u: new Int32Array(0)}, new Int32Array(1), 4)).toEqual([[0, 0]]);
  });
});

describe("hits", () => {
  it("lie by unit and day, those of units that do not count left out", () => {
    const {rows, size, all} = draw(7, 5000);
    const found = spansOf(all, all.blocks, 3).flatMap((span) => {
      const own = unitHits(all, span);
      return [...own.u].flatMap((unit, place) =>
        Array.from({length: own.start[place + 1]! - own.start[place]!}, (_, i) => {
          const at = own.start[place]! + i;
          expect(own.since[at]).toBe(own.day[at]! * day + 1 - own.entry[place]!);
          expect(own.values.get("s0")![at]).toBe(own.day[at] === 8 ? 0 : 100 * unit + own.day[at]!);
          return `${unit} ${own.day[at]}`;
        })
      );
    });
    const order = new Map([...all.u].map((unit, place) => [unit, place]));
    const expected = rows
      .filter(({u}) => u > 0 && u <= size)
      .toSorted((a, b) => order.get(a.u)! - order.get(b.u)! || a.date - b.date)
      .map(({u, date}) => `${u} ${date}`);
    expect(found).toEqual(expected);
  });

  it("are told from rows of others, and their flaws counted", () => {
    const {rows, size, counts} = draw(8);
    const [relevant, known, outside] = [
      rows.filter(({u}) => u >= 0),
      rows.filter(({u}) => u > 0),
      rows.filter(({u}) => u === size + 1)
    ];
    expect(counts).toEqual({
      relevant: relevant.length,
      notNumeric: 0,
      missing: relevant.filter(({date}) => date === 8).length,
      negative: 0,
      rows: known.length,
      outside: outside.length,
      firstOutside: Math.min(...outside.map(({date}) => date))
    });
  });

  it("are counted that are too late or too early", () => {
    const {rows, size, all, units} = draw(9);
    const entered = new Map(units.map(({u, entryDay}) => [u, entryDay]));
    const mine = rows.filter(({u}) => u > 0 && u <= size);
    const inTime = mine.filter(({date}) => date <= 6);
    const before = 2 * day;
    const shards = spansOf(all, all.blocks, 3).map((span) =>
      reachedHits(unitHits(all, span), {facts: 1, asOf: 6, before})
    );
    expect(mergeReached(shards, 0)).toEqual({
      late: mine.length - inTime.length,
      early: inTime.filter(({u, date}) => entered.get(u)! * day - (date * day + 1) > before).length,
      firstDay: 0
    });
  });
});
