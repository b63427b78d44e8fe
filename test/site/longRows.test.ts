import * as arquero from "arquero";
import {describe, expect, it} from "vitest";
import type {Arquero} from "../../src/components/explore/longRows.ts";
import {longRows} from "../../src/components/explore/longRows.ts";

const {table} = arquero as unknown as Arquero;

const wide = {
  columns: ["day", "clicks", "note", "orders"],
  rows: [
    ["2026-01-05", 10, "a", 1],
    ["2026-01-06", null, "b", 2]
  ]
} as const;

describe("longRows(result, {keep, gather}, arquero)", () => {
  it("makes one row of each number, and keeps nulls", () => {
    expect(longRows(wide, {keep: 0, gather: [1, 3]}, {table})).toEqual({
      columns: ["day", "column", "value"],
      rows: [
        ["2026-01-05", "clicks", 10],
        ["2026-01-06", "clicks", null],
        ["2026-01-05", "orders", 1],
        ["2026-01-06", "orders", 2]
      ]
    });
  });

  it("is empty for no rows", () => {
    expect(longRows({columns: ["a", "b"], rows: []}, {keep: 0, gather: [1]}, {table}).rows).toEqual([]);
  });

  it("keeps columns of one name apart", () => {
    const rows = longRows({columns: ["a", "b", "b"], rows: [["x", 1, 2]]}, {keep: 0, gather: [1, 2]}, {table});
    expect(rows.rows).toEqual([
      ["x", "b", 1],
      ["x", "b", 2]
    ]);
  });
});
