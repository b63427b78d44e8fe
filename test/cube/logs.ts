import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {createRandom} from "../random.ts";
import type {ReferenceEvent, ReferenceExposure} from "./reference.ts";

/** Writes files into a new folder, and removes it after the task. */
export async function withFiles<T>(files: Record<string, string>, task: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "readout-test-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return await task(folder);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** Returns CSV text; every field that needs quotes has them. */
export function csv(rows: readonly (readonly (string | number | null)[])[]): string {
  const field = (value: string | number | null) => {
    const text = value === null ? "" : String(value);
    return /[",\n\r]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(field).join(",")).join("\n") + "\n";
}

/** A moment as an analyst's log has it: 2026-01-31 12:00:00.123456 in UTC, from milliseconds. */
export function stamp(time: number): string {
  return new Date(time).toISOString().replace("T", " ").replace("Z", "");
}

/** A log made to be awkward, the rows of it that count, and how many do not, by reason. */
export interface AwkwardLog {
  exposures: string;
  events: string;
  goodExposures: ReferenceExposure[];
  goodEvents: ReferenceEvent[];
  excluded: Record<string, number>;
}

const strange = ['ü"ñ,é', "o'brien; DROP TABLE x", "日本 語", "a\nb", "🙂", "--", "NULL", "0012", "12"];

/**
 * Returns logs with ties in time, rows at midnight and around the change of clocks, ids of 64 bits, ids in quotes and
 * in unicode, blank and strange dimension values, and each kind of row that must not count.
 */
export function awkwardLog(seed: number, {units = 60, start = "2026-03-25", calendar = false} = {}): AwkwardLog {
  const random = createRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)] as T;
  const first = Date.parse(`${start}T00:00:00Z`) + 86_400_000;
  // Berlin's midnight is at 23:00 or 22:00 UTC; the clocks change at 01:00 UTC on 29 March 2026.
  const times = (from: number, days: number) => {
    const day = from + random.integer(days) * 86_400_000;
    if (calendar) return Math.floor(day / 86_400_000) * 86_400_000;
    const hour = pick([0, 22, 23, 1, random.integer(24), random.integer(24)]);
    return day + hour * 3_600_000 + pick([0, 0, 1, random.integer(3_600_000)]);
  };
  const written = (time: number) => (calendar ? stamp(time).slice(0, 10) : stamp(time));
  const log: AwkwardLog = {exposures: "", events: "", goodExposures: [], goodEvents: [], excluded: {}};
  const count = (reason: string, rows = 1) => (log.excluded[reason] = (log.excluded[reason] ?? 0) + rows);
  const exposures: (string | number | null)[][] = [];
  const events: (string | number | null)[][] = [];
  const seen = new Set<string>();
  const event = (unit: string, time: number, name: string, value: number | string | null, good: boolean) => {
    const row = [unit, written(time), name, value];
    if (seen.has(JSON.stringify(row))) return;
    seen.add(JSON.stringify(row));
    events.push(row);
    if (good) log.goodEvents.push({unit, time, event: name, value: typeof value === "number" ? value : null});
    if (good && !calendar && random.integer(12) === 0) {
      events.push(row);
      count("duplicated-row");
    }
  };
  for (let i = 0; i < units; ++i) {
    const unit = i < strange.length ? (strange[i] ?? "") : i % 2 === 0 ? `90071992547409${93 + i}` : `u-${i}`;
    const variant = pick(["control", "green", 'it\'s "blue"']);
    const time = times(first, 4);
    const dimension = pick(["web", "ios", "", "Ω\"'", null, "web"]);
    const crossover = random.integer(15) === 0;
    exposures.push([unit, variant, written(time), dimension]);
    if (crossover) {
      exposures.push([unit, variant === "control" ? "green" : "control", written(time + 86_400_000), "web"]);
      count("two-variants");
    } else {
      const value = dimension === null || dimension === "" ? "unknown" : dimension;
      log.goodExposures.push({unit, variant: variant.includes("blue") ? "blue" : variant, time, dimensions: [value]});
      // Seen again, later: it changes nothing.
      if (random.integer(3) === 0)
        exposures.push([unit, variant, written(time + 7_200_000 * (calendar ? 12 : 1)), "ios"]);
    }
    for (let k = random.integer(6); k > 0; --k) {
      const at = pick([time, times(first - 3 * 86_400_000, 10), times(first, 8)]);
      const name = pick(["buy", "buy", "view"]);
      const value = name === "view" ? null : pick([1, 0.1, 19.99, random.integer(1000) / 7, 1e6, 0]);
      event(unit, at, name, value, !crossover);
    }
  }
  exposures.push([null, "control", written(first), "web"], ["u-bad", "green", "not a time", "web"]);
  exposures.push(
    ["u-odd", "mauve", written(first), "web"],
    ["u-early", "green", written(first - 6 * 86_400_000), "web"]
  );
  for (const reason of ["missing-unit", "unparseable-timestamp", "unknown-variant", "before-start"]) count(reason);
  const [unit] = log.goodExposures.map((exposure) => exposure.unit);
  const late = first + 5 * 86_400_000;
  event("u-nobody", late, "buy", 5, false);
  // Their values do not count; but that something was bought does.
  for (const [i, value] of [-5, "much"].entries()) {
    const time = calendar ? late : late + 1000 * i;
    event(unit ?? "", time, "buy", value, false);
    log.goodEvents.push({unit: unit ?? "", time, event: "buy", value: null});
  }
  events.push([null, written(late), "buy", 5], [unit ?? "", "2026-13-45", "buy", 5]);
  log.exposures = csv([["user id", "variant", "ts", 'plat"form'], ...exposures]);
  log.events = csv([["user", "ts", "event", "amount"], ...events]);
  return log;
}
