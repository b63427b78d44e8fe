import fc from "fast-check";
import {describe, expect, it} from "vitest";
import {addNumber, addProduct, exactRows, sumOfParts} from "../../../../lib/cube/arrays/sums/exactRows.ts";

const half = 2n ** 26n;
const whole = fc
  .integer({min: -(2 ** 31), max: 2 ** 31})
  .chain((high) => fc.integer({min: 0, max: 2 ** 20 - 1}).map((low) => high * 2 ** 20 + low));

function valueOf(parts: Float64Array): bigint {
  return [...parts].reduce((sum, part, i) => sum + BigInt(part) * half ** BigInt(i), 0n);
}

describe("exact sums in doubles", () => {
  it("are the sums of whole numbers, however large they get", () => {
    fc.assert(
      fc.property(fc.array(whole, {maxLength: 200}), (numbers) => {
        const parts = new Float64Array(2);
        for (const number of numbers) addNumber(parts, 0, number);
        expect(valueOf(parts)).toBe(numbers.reduce((sum, number) => sum + BigInt(number), 0n));
      })
    );
  });

  it("are the sums of products", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(whole, whole), {maxLength: 200}), (pairs) => {
        const parts = new Float64Array(4);
        for (const [a, b] of pairs) addProduct(parts, 0, a, b);
        expect(valueOf(parts)).toBe(pairs.reduce((sum, [a, b]) => sum + BigInt(a) * BigInt(b), 0n));
      })
    );
  });

  it("leave their place as keys and parts of 26 bits, which SQL puts together", () => {
    const rows = exactRows(
      ["day", "cell"],
      [
        {name: "n", of: "small"},
        {name: "y", of: "numbers"},
        {name: "yy", of: "products"}
      ]
    );
    const sums = new Float64Array(rows.width);
    sums[rows.offsets[0]!]! += 3;
    addNumber(sums, rows.offsets[1]!, 2 ** 40 + 1);
    addProduct(sums, rows.offsets[2]!, 2 ** 40, 2 ** 41);
    rows.add([20454, 7], sums, 0);
    expect(rows.columns()).toEqual({
      day: Int32Array.of(20454),
      cell: Int32Array.of(7),
      n_0: Float64Array.of(3),
      y_0: Float64Array.of(1),
      y_1: Float64Array.of(2 ** 14),
      yy_0: Float64Array.of(0),
      yy_1: Float64Array.of(0),
      yy_2: Float64Array.of(0),
      yy_3: Float64Array.of(8)
    });
    expect(sumOfParts({name: "y", of: "numbers"})).toBe("CAST(y_0 AS HUGEINT) + CAST(y_1 AS HUGEINT) * 67108864");
  });
});
