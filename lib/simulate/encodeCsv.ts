import {propensityOf} from "./adaptiveSplit.ts";
import {DAY, unitWord} from "./planSimulation.ts";
import type {SimulationPlan} from "./planSimulation.ts";
import type {EventBatch, ExposureBatch, SimulatedDay} from "./simulateDays.ts";

/**
 * Returns functions that write the rows of a plan as CSV (RFC 4180, UTF-8, lines end with \n): bytes that are valid
 * until the next call. Times are UTC, 2026-01-31 13:45:12.345, without a zone.
 *
 * Exposures: `user_id, ts, experiment, variant`, the dimensions, and of a bandit `propensity`, the probability with which the variant of
 * the unit's first exposure was chosen. Events: `user_id, ts, event`, the value columns,
 * and `arrived` where the plan has late events. The order of columns is the same for every day.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function createCsvEncoder(plan: SimulationPlan) {
  const out = new ByteWriter();
  const clock = new Clock(plan.start);
  const prefix = encode(plan.prefix);
  const variants = plan.variantValues.map((variant) => encode(`,${quote(plan.experiment)},${quote(variant)}`));
  const dimensions = plan.dimensions.map(({values}) => values.map((value) => encode(`,${quote(value)}`)));
  const events = plan.events.map((event) => ({
    name: encode(`,${quote(event.name)}`),
    before: encode(",".repeat(event.column < 0 ? plan.columns.length : event.column + 1)),
    after: encode(",".repeat(event.column < 0 ? 0 : plan.columns.length - event.column - 1)),
    digits: event.value?.spec.digits ?? 0
  }));
  const late = plan.faults.late !== undefined;

  const writeUnit = (unit: number) => {
    out.bytes(prefix);
    out.hexadecimal(unitWord(plan.seed, unit));
    out.comma();
  };

  return {
    exposureHeader(): Uint8Array {
      const names = ["user_id", "ts", "experiment", "variant", ...plan.dimensions.map(({name}) => name)];
      if (plan.propensity) names.push("propensity");
      return encode(`${names.join(",")}\n`);
    },
    eventHeader(): Uint8Array {
      return encode(`${["user_id", "ts", "event", ...plan.columns, ...(late ? ["arrived"] : [])].join(",")}\n`);
    },
    exposures({exposures}: Pick<SimulatedDay, "exposures">): Uint8Array {
      out.clear();
      for (let i = 0; i < exposures.length; ++i) writeExposure(exposures, i);
      return out.taken();
    },
    events({events: batch}: Pick<SimulatedDay, "events">): Uint8Array {
      out.clear();
      for (let i = 0; i < batch.length; ++i) writeEvent(batch, i);
      return out.taken();
    }
  };

  function writeExposure(batch: ExposureBatch, i: number) {
    writeUnit(batch.unit[i] ?? 0);
    clock.write(out, batch.time[i] ?? 0);
    out.bytes(variants[batch.variant[i] ?? 0]);
    for (let k = 0; k < dimensions.length; ++k) out.bytes(dimensions[k]?.[batch.dimensions[k]?.[i] ?? 0]);
    if (plan.propensity)
      out.bytes(encode(`,${propensityOf(plan, batch.unit[i] ?? 0, batch.variant[i] ?? 0).toPrecision(12)}`));
    out.newline();
  }

  function writeEvent(batch: EventBatch, i: number) {
    const event = events[batch.event[i] ?? 0];
    if (!event) return;
    writeUnit(batch.unit[i] ?? 0);
    clock.write(out, batch.time[i] ?? 0);
    out.bytes(event.name);
    out.bytes(event.before);
    const value = batch.value[i] ?? NaN;
    if (!Number.isNaN(value)) out.decimal(value, event.digits);
    out.bytes(event.after);
    if (late) {
      out.comma();
      clock.write(out, batch.arrived[i] ?? 0);
    }
    out.newline();
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Writes times; remembers the digits of the last day. */
class Clock {
  private day = NaN;
  private date: Uint8Array = new Uint8Array();

  constructor(private readonly start: number) {}

  write(out: ByteWriter, time: number) {
    const day = Math.floor(time / DAY);
    if (day !== this.day) {
      this.day = day;
      this.date = encode(`${new Date(this.start + day * DAY).toISOString().slice(0, 10)} `);
    }
    out.bytes(this.date);
    out.clock(time - day * DAY);
  }
}

// More than the longest row without its texts.
const MARGIN = 512;

class ByteWriter {
  private buffer = new Uint8Array(1 << 16);
  private length = 0;

  clear() {
    this.length = 0;
  }

  taken(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  bytes(bytes: Uint8Array | undefined) {
    if (!bytes) return;
    this.reserve(bytes.length);
    for (let i = 0; i < bytes.length; ++i) this.buffer[this.length++] = bytes[i] ?? 0;
  }

  comma() {
    this.buffer[this.length++] = 44;
  }

  newline() {
    this.reserve(1);
    this.buffer[this.length++] = 10;
  }

  hexadecimal(word: number) {
    for (let shift = 28; shift >= 0; shift -= 4) {
      const digit = (word >>> shift) & 15;
      this.buffer[this.length++] = digit < 10 ? 48 + digit : 87 + digit;
    }
  }

  clock(milliseconds: number) {
    const seconds = Math.floor(milliseconds / 1000);
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    this.twoDigits(hours);
    this.buffer[this.length++] = 58;
    this.twoDigits(minutes - hours * 60);
    this.buffer[this.length++] = 58;
    this.twoDigits(seconds - minutes * 60);
    this.buffer[this.length++] = 46;
    const rest = milliseconds - seconds * 1000;
    this.buffer[this.length++] = 48 + Math.floor(rest / 100);
    this.twoDigits(rest % 100);
  }

  /** A number that is not negative, rounded half up. */
  decimal(value: number, digits: number) {
    const scale = SCALES[digits] ?? 1;
    const scaled = Math.round(value * scale);
    if (scaled > 2 ** 52) return this.bytes(encode(value.toFixed(digits)));
    const whole = Math.floor(scaled / scale);
    this.integer(whole);
    if (digits === 0) return;
    this.buffer[this.length++] = 46;
    let rest = scaled - whole * scale;
    for (let i = digits - 1; i >= 0; --i) {
      this.buffer[this.length + i] = 48 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.length += digits;
  }

  private integer(whole: number) {
    let digits = 1;
    for (let bound = 10; whole >= bound; bound *= 10) ++digits;
    for (let i = digits - 1; i >= 0; --i) {
      this.buffer[this.length + i] = 48 + (whole % 10);
      whole = Math.floor(whole / 10);
    }
    this.length += digits;
  }

  private twoDigits(number: number) {
    this.buffer[this.length++] = 48 + Math.floor(number / 10);
    this.buffer[this.length++] = 48 + (number % 10);
  }

  private reserve(more: number) {
    if (this.length + more + MARGIN <= this.buffer.length) return;
    const larger = new Uint8Array(2 * this.buffer.length + more + MARGIN);
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}

const SCALES = [1, 10, 100, 1000, 1e4, 1e5, 1e6];
