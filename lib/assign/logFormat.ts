import type {Attributes} from "./rule.ts";

/**
 * The log's format: JSON lines in UTF-8, one object a line, these seven fields first and in this order, then the attributes.
 *
 * | field | in an exposure | in an event |
 * |---|---|---|
 * | `ts` | when, ISO 8601 in UTC with milliseconds | the same |
 * | `type` | `exposure` | `event` |
 * | `experiment` | the experiment's id | null |
 * | `variant` | the variant's key | null |
 * | `unit` | the unit's id, always text | the same |
 * | `event` | null | the event's name |
 * | `value` | null | a finite number, or null |
 *
 * An attribute is text, a finite number, true, false or null, and has none of the seven names. Since exposures have no event and
 * events have no experiment, both facts can read the same file without a filter.
 */
export const logFields = ["ts", "type", "experiment", "variant", "unit", "event", "value"] as const;

/** One line of the log, without its attributes; what is absent is written as null. */
export interface LogRecord {
  readonly ts: string;
  readonly type: "exposure" | "event";
  readonly experiment?: string | null;
  readonly variant?: string | null;
  readonly unit: string;
  readonly event?: string | null;
  readonly value?: number | null;
}

/**
 * Returns one line of the log, without its line end. Lone surrogates become U+FFFD, since a reader of JSON may refuse them.
 *
 * @throws {RangeError} if an attribute bears one of the seven names, or the value is not finite
 * @throws {TypeError} if the event of an event is no text, or an attribute is of another kind; undefined is left out
 * @example
 * formatRecord({ts: "2026-01-05T00:00:00.000Z", type: "event", unit: "42", event: "purchase", value: 9.5})
 */
export function formatRecord(record: LogRecord, attributes: Attributes = {}): string {
  const {type, event, value = null} = record;
  if (type === "event" && !event?.length) throw new TypeError(`invalid event; not a text: ${String(event)}`);
  if (value !== null && !Number.isFinite(value))
    throw new RangeError(`invalid value; not a finite number: ${String(value)}`);
  const parts = logFields.map((name) => format(name, record[name] ?? null));
  for (const [name, attribute] of Object.entries(attributes)) {
    if (logFields.some((field) => field === name))
      throw new RangeError(`invalid attribute; a field of the log: ${name}`);
    if (attribute !== undefined) parts.push(format(name, attribute));
  }
  // JSON.stringify writes a lone surrogate, and nothing else, as an escape that begins with \ud.
  return `{${parts.join()}}`.replace(/\\(ud...|.)/g, (escape) => (escape.length > 2 ? "\ufffd" : escape));
}

function format(name: string, value: unknown): string {
  if (!(value === null || /string|boolean/.test(typeof value) || Number.isFinite(value)))
    throw new TypeError(`invalid ${name}; not text, a finite number, true, false or null: ${String(value)}`);
  return JSON.stringify(name) + ":" + JSON.stringify(value);
}
