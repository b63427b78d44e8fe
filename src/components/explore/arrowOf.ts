import {bool, dictionary, float64, int32, tableFromArrays, tableToIPC, utf8} from "@uwdata/flechette";
import type {ParquetColumns} from "./parquetColumns.ts";

/** Returns columns as an Arrow stream: text as dictionaries, which are small and quick, numbers as doubles. */
export function arrowOf({columns}: Pick<ParquetColumns, "columns">): Uint8Array {
  const arrays: Record<string, unknown[] | Float64Array> = {};
  const types: Record<string, ReturnType<typeof float64 | typeof bool | typeof dictionary>> = {};
  for (const [name, values] of Object.entries(columns)) {
    const type = typeOf(values);
    const read: (value: unknown) => unknown = type === "number" ? numberOf : type === "boolean" ? truthOf : textOf;
    types[name] = type === "number" ? float64() : type === "boolean" ? bool() : dictionary(utf8(), int32());
    arrays[name] = type === "number" ? numbersOf(values) : Array.from(values, read);
  }
  const bytes = tableToIPC(tableFromArrays(arrays, {types}), {format: "stream"});
  if (bytes === null) throw new Error("the columns could not be written as Arrow");
  return bytes;
}

function typeOf(values: ArrayLike<unknown>): "number" | "boolean" | "text" {
  for (let i = 0; i < values.length; ++i) {
    const value = values[i];
    if (value === null || value === undefined) continue;
    if (typeof value === "number" || typeof value === "bigint") return "number";
    return typeof value === "boolean" ? "boolean" : "text";
  }
  return "text";
}

/** As doubles at once where none is missing. */
function numbersOf(values: ArrayLike<unknown>): Float64Array | unknown[] {
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < values.length; ++i) {
    const value = values[i];
    if (value === null || value === undefined) return Array.from(values, numberOf);
    numbers[i] = Number(value);
  }
  return numbers;
}

function numberOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return value instanceof Date ? value.toISOString() : String(value);
}

function truthOf(value: unknown): boolean | null {
  return value === null || value === undefined ? null : Boolean(value);
}
