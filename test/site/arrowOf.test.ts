import {tableFromIPC} from "@uwdata/flechette";
import {describe, expect, it} from "vitest";
import {arrowOf} from "../../src/components/explore/arrowOf.ts";

const read = async (...given: Parameters<typeof arrowOf>) => tableFromIPC(await arrowOf(...given)).toArray();

describe("arrowOf", () => {
  it("keeps numbers, texts, truths and what is missing, row by row", async () => {
    const columns = {
      number: [1, null, 3n, 4.5, Infinity],
      doubles: Float64Array.of(1, 2, 3, 4, 5),
      text: [null, "x", undefined, "", "x"],
      truth: [true, null, false, true, true],
      none: [null, null, null, null, null]
    };
    expect(await read({columns})).toEqual([
      {number: 1, doubles: 1, text: null, truth: true, none: null},
      {number: null, doubles: 2, text: "x", truth: null, none: null},
      {number: 3, doubles: 3, text: null, truth: false, none: null},
      {number: 4.5, doubles: 4, text: "", truth: true, none: null},
      {number: Infinity, doubles: 5, text: "x", truth: true, none: null}
    ]);
  });

  it("bears more texts than a byte can count", async () => {
    const text = Array.from({length: 1000}, (_, i) => `text ${i % 300}`);
    expect((await read({columns: {text}})).map((row) => row["text"])).toEqual(text);
  });

  it("puts the rows of each text together and keeps their order, and every column with it", async () => {
    const columns = {
      metric: ["b", "a", "b", "a", "b"],
      text: ["1", "2", "3", null, "5"],
      number: [1, 2, null, 4, 5],
      doubles: Float64Array.of(1, 2, 3, 4, 5),
      truth: [true, false, true, false, null]
    };
    const rows = await read({columns}, {together: "metric"});
    expect(rows.map((row) => row["doubles"])).toEqual([1, 3, 5, 2, 4]);
    expect(rows[1]).toEqual({metric: "b", text: "3", number: null, doubles: 3, truth: true});
    expect(rows[4]).toEqual({metric: "a", text: null, number: 4, doubles: 4, truth: false});
    expect([...columns.doubles]).toEqual([1, 2, 3, 4, 5]);
    const others = await read({columns}, {together: "nothing of that name"});
    expect(others.map((row) => row["doubles"])).toEqual([1, 2, 3, 4, 5]);
  });

  it("makes dates of the column that it is told of, where all of its texts are some", async () => {
    const date = ["2026-01-05", null, "2026-01-04", "2026-01-05"];
    const [first, none, second] = await read({columns: {date}}, {date: "date"});
    expect([first, second].map((row) => new Date(Number(row?.["date"])).toISOString().slice(0, 10))).toEqual([
      "2026-01-05",
      "2026-01-04"
    ]);
    expect(none?.["date"]).toBeNull();
    const sorted = await read({columns: {date, m: ["b", "a", "a", "b"]}}, {date: "date", together: "m"});
    expect(sorted.map((row) => row["date"] && new Date(Number(row["date"])).getUTCDate())).toEqual([5, 5, null, 4]);
    for (const odd of ["2026-02-30", "2026-1-5", "all", ""])
      expect(await read({columns: {date: ["2026-01-05", odd]}}, {date: "date"})).toEqual([
        {date: "2026-01-05"},
        {date: odd}
      ]);
    expect(await read({columns: {date: ["2026-01-05"]}})).toEqual([{date: "2026-01-05"}]);
  });
});
