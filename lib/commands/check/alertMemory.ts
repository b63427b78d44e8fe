import {readFile} from "node:fs/promises";
import {join} from "node:path";
import {z} from "zod";
import {alertLevels} from "../../experiment/alertsOf.ts";
import type {Alert, AlertLevel} from "../../experiment/alertsOf.ts";
import {writeBeside} from "../atomic.ts";
import {UserError, systemCode} from "../errors.ts";

const memorySchema = z.object({
  version: z.literal(1),
  alerts: z.record(
    z.string(),
    z.object({since: z.string(), sent: z.record(z.string(), z.enum(alertLevels)).describe("level by webhook")})
  )
});

/** Who has been told of which alerts, by the alert's name: `history/alerts.json`. */
export type AlertMemory = z.output<typeof memorySchema>;

/** Returns what names an alert on every day: experiment, kind and key, not its level or its words. */
export function nameOf({experiment, kind, key}: Pick<Alert, "experiment" | "kind" | "key">): string {
  return `${experiment}/${kind}/${key}`;
}

/**
 * Returns the memory of a history folder; empty where there is none yet.
 *
 * @throws {UserError} if the file is damaged: to guess would post everything again
 */
export async function readAlertMemory(historyDir: string): Promise<AlertMemory> {
  const path = pathOf(historyDir);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return {version: 1, alerts: {}};
    throw error;
  }
  try {
    return memorySchema.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(`invalid alerts memory; mend or delete the file: ${path}`, {cause: error});
  }
}

/** Writes the memory whole or not at all. */
export async function writeAlertMemory(historyDir: string, memory: AlertMemory): Promise<void> {
  await writeBeside(pathOf(historyDir), `${JSON.stringify(memory, null, 2)}\n`);
}

/** Returns the alerts that a webhook has not been told of, or of a lower level only. */
export function newAlerts(alerts: readonly Alert[], {alerts: known}: AlertMemory, webhook: string): Alert[] {
  const rank = (level: AlertLevel | undefined): number => (level === undefined ? -1 : alertLevels.indexOf(level));
  return alerts.filter((alert) => rank(alert.level) > rank(known[nameOf(alert)]?.sent[webhook]));
}

/**
 * Returns the memory after a run: alerts that are gone are forgotten, so that they are news when they come back; those
 * that stay remember who was told of them at which level.
 *
 * @param told by webhook, the alerts that it accepted in this run
 * @param today 2026-01-31
 */
export function remembered(
  alerts: readonly Alert[],
  {alerts: known}: AlertMemory,
  told: Readonly<Record<string, readonly Alert[]>>,
  today: string
): AlertMemory {
  const next: AlertMemory["alerts"] = {};
  for (const alert of alerts) {
    const name = nameOf(alert);
    const sent: Record<string, AlertLevel> = {};
    // A level that fell is remembered as what it is now, so that its next rise is news.
    for (const [webhook, level] of Object.entries(known[name]?.sent ?? {}))
      sent[webhook] = alertLevels.indexOf(level) > alertLevels.indexOf(alert.level) ? alert.level : level;
    for (const [webhook, accepted] of Object.entries(told))
      if (accepted.some((each) => nameOf(each) === name)) sent[webhook] = alert.level;
    next[name] = {since: known[name]?.since ?? today, sent};
  }
  return {version: 1, alerts: next};
}

function pathOf(historyDir: string): string {
  return join(historyDir, "alerts.json");
}
