import {setTimeout} from "node:timers/promises";

/** What passes by itself: the network, a server that starts, restarts or has no room for one more. */
const transient =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|08\w{3}|57P0[123]|53300|40001|40P01|UND_ERR_SOCKET|209|210|279|202)$/;

/** Returns the code of an error or of what caused it: of the system, of SQLSTATE, of ClickHouse; null without one. */
export function codeOf(error: unknown): string | null {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ("code" in each && typeof each.code === "string") return each.code;
    if ("code" in each && typeof each.code === "number") return String(each.code);
    if (/^(Connection terminated|timeout expired|socket hang up|Timeout error)/i.test(each.message))
      return "ECONNRESET";
    if (each instanceof AggregateError && each.errors.length > 0) return codeOf(each.errors[0]);
  }
  return null;
}

/** Whether trying again may help. */
export function isTransient(error: unknown): boolean {
  return transient.test(codeOf(error) ?? "");
}

/** Tries a task again while what fails may pass: after each of the pauses, in milliseconds. */
export async function withRetries<T>(
  task: () => Promise<T>,
  {pauses = [300, 1000, 3000]}: {pauses?: readonly number[]} = {}
): Promise<T> {
  for (const pause of pauses) {
    try {
      return await task();
    } catch (error) {
      if (!isTransient(error)) throw error;
      await setTimeout(pause);
    }
  }
  return task();
}
