import {batchType, bool, Column, columnFromArray, dateDay, dictionary, float64, int32, int8} from "@uwdata/flechette";
import {tableFromColumns, tableToIPC, utf8} from "@uwdata/flechette";
import type {DataType} from "@uwdata/flechette";
import type {ParquetColumns} from "./parquetColumns.ts";

type Parts = {
  length: number;
  nullCount: number;
  type: DataType;
  validity: Uint8Array;
  values: Float64Array | Int32Array | Int8Array;
};

/**
 * Returns columns as an Arrow stream: text as dictionaries, which are small and quick, numbers as doubles.
 *
 * @param options.date a column of texts that are all dates, which becomes one of dates
 * @param options.together a column of texts, the rows of each of which are put together: a query for one of them then
 * passes over the others. Within one the order stays; where there is no such column, altogether
 * @param options.pause what is waited for after each column
 */
export async function arrowOf(
  {columns}: Pick<ParquetColumns, "columns">,
  {
    date,
    together,
    pause = () => Promise.resolve()
  }: {date?: string; together?: string; pause?: () => Promise<unknown>} = {}
): Promise<Uint8Array> {
  const order = together === undefined || columns[together] === undefined ? null : orderOf(columns[together]);
  const arrow: Record<string, Column<unknown>> = {};
  for (const [name, values] of Object.entries(columns)) {
    arrow[name] = columnOf(values, {order, dated: name === date});
    await pause();
  }
  const bytes = tableToIPC(tableFromColumns(arrow), {format: "stream"});
  if (bytes === null) throw new Error("the columns could not be written as Arrow");
  return bytes;
}

function columnOf(
  values: ArrayLike<unknown>,
  {order, dated}: {order: Uint32Array | null; dated: boolean}
): Column<unknown> {
  const type = typeOf(values);
  if (type === "number") return numbersOf(values, order);
  if (type === "text") return textsOf(values, {order, dated});
  const truths = order === null ? values : Array.from(order, (row) => values[row]);
  return columnFromArray(Array.from(truths, truthOf), bool());
}

/** Rows by when their text came first; null where that is how they are. */
function orderOf(values: ArrayLike<unknown>): Uint32Array | null {
  const {codes, texts} = coded(values, null);
  const next = new Uint32Array(texts.length + 1);
  let sorted = true;
  for (let i = 0; i < codes.length; ++i) {
    const code = codes[i] ?? 0;
    next[code + 1] = (next[code + 1] ?? 0) + 1;
    if (i > 0 && code < (codes[i - 1] ?? 0)) sorted = false;
  }
  if (sorted) return null;
  for (let k = 1; k < next.length; ++k) next[k] = (next[k] ?? 0) + (next[k - 1] ?? 0);
  const order = new Uint32Array(codes.length);
  for (let i = 0; i < codes.length; ++i) {
    const code = codes[i] ?? 0;
    const at = next[code] ?? 0;
    order[at] = i;
    next[code] = at + 1;
  }
  return order;
}

function typeOf(values: ArrayLike<unknown>): "number" | "boolean" | "text" {
  if (values instanceof Float64Array) return "number";
  for (let i = 0; i < values.length; ++i) {
    const value = values[i];
    if (value === null || value === undefined) continue;
    if (typeof value === "number" || typeof value === "bigint") return "number";
    return typeof value === "boolean" ? "boolean" : "text";
  }
  return "text";
}

// Arrow's own builders take a value at a time, which is ten times the work for 200,000 rows.
function numbersOf(values: ArrayLike<unknown>, order: Uint32Array | null): Column<unknown> {
  if (order === null && values instanceof Float64Array) return columnFromArray(values);
  const {length} = values;
  const numbers = new Float64Array(length);
  const absent = new Absent(length);
  for (let i = 0; i < length; ++i) {
    const value = values[order?.[i] ?? i];
    if (typeof value === "number") numbers[i] = value;
    else if (value === null || value === undefined) absent.add(i);
    else numbers[i] = Number(value);
  }
  return new Column([batchOf({length, ...absent.parts(), type: float64(), values: numbers})]);
}

function textsOf(
  values: ArrayLike<unknown>,
  {order, dated}: {order: Uint32Array | null; dated: boolean}
): Column<unknown> {
  const {length} = values;
  const {codes, texts, absent} = coded(values, order);
  const days = texts.map(dayOf);
  if (dated && days.every((day) => day !== null))
    return new Column([batchOf({length, ...absent.parts(), type: dateDay(), values: codes.map((i) => days[i] ?? 0)})]);
  const few = texts.length < 128;
  // The same type in both places: by that the one is known to be the other's dictionary.
  const text = utf8();
  const type = dictionary(text, few ? int8() : int32());
  const batch = batchOf({length, ...absent.parts(), type, values: few ? Int8Array.from(codes) : codes});
  batch.setDictionary(columnFromArray(texts.length === 0 ? [""] : texts, text));
  return new Column([batch]);
}

/** Days since 1970 of a date as it is written in full; null for any other text. */
function dayOf(text: string): number | null {
  const date = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? text : NaN);
  return Number.isNaN(Number(date)) || date.toISOString().slice(0, 10) !== text ? null : Number(date) / 86_400_000;
}

/** Texts as codes into the distinct ones; 0 where there is none. */
function coded(values: ArrayLike<unknown>, order: Uint32Array | null) {
  const {length} = values;
  const codes = new Int32Array(length);
  const absent = new Absent(length);
  const known = new Map<string, number>();
  const texts: string[] = [];
  let last: unknown;
  let code = 0;
  for (let i = 0; i < length; ++i) {
    const value = values[order?.[i] ?? i];
    if (value === null || value === undefined) {
      absent.add(i);
      continue;
    }
    if (value !== last) {
      const text = textOf(value);
      code = known.get(text) ?? texts.length;
      if (code === texts.length) {
        known.set(text, code);
        texts.push(text);
      }
      last = value;
    }
    codes[i] = code;
  }
  return {codes, texts, absent};
}

function batchOf(parts: Parts) {
  return new (batchType(parts.type))(parts);
}

/** The rows without a value: Arrow wants a bit for each row as soon as there is one. */
class Absent {
  private bits = new Uint8Array(0);
  private count = 0;

  constructor(private readonly length: number) {}

  add(row: number): void {
    if (this.count === 0) this.bits = new Uint8Array((this.length + 7) >> 3).fill(255);
    const at = row >> 3;
    this.bits[at] = (this.bits[at] ?? 0) & ~(1 << (row & 7));
    ++this.count;
  }

  parts(): {nullCount: number; validity: Uint8Array} {
    return {nullCount: this.count, validity: this.bits};
  }
}

function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function truthOf(value: unknown): boolean | null {
  return value === null || value === undefined ? null : Boolean(value);
}
