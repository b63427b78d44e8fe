import type {Alert} from "../../experiment/alertsOf.ts";
import type {Webhook} from "../../experiment/definition/definition.ts";
import {parseDuration} from "../../experiment/definition/parseDuration.ts";
import {newAlerts, readAlertMemory, remembered, writeAlertMemory} from "./alertMemory.ts";
import {payloadOf} from "./payloads.ts";
import {post} from "./post.ts";

/** What became of one webhook. */
export interface Notified {
  readonly webhook: string;
  /** Alerts that were news to it. */
  readonly alerts: number;
  /** Null where they were accepted, or there were none. */
  readonly failure: string | null;
}

/** Whom to tell, and what is kept between runs. */
export interface NotifyOptions {
  readonly webhooks: Readonly<Record<string, Webhook>>;
  readonly historyDir: string;
  /** 2026-01-31, for the memory. */
  readonly today: string;
  /** Of each address; default 3. */
  readonly tries?: number;
  /** Milliseconds before the second try; default 500. */
  readonly backoff?: number;
}

/**
 * Posts to every webhook the alerts that are news to it, all at once in one message, and remembers which were accepted.
 * A webhook that fails does not stop the others and gets its news with the next run.
 */
export async function notify(
  alerts: readonly Alert[],
  {webhooks, historyDir, today, tries = 3, backoff = 500}: NotifyOptions
): Promise<Notified[]> {
  const memory = await readAlertMemory(historyDir);
  const told: Record<string, readonly Alert[]> = {};
  const notified = await Promise.all(
    Object.entries(webhooks).map(async ([webhook, {url, form, timeout}]): Promise<Notified> => {
      const news = newAlerts(alerts, memory, webhook);
      if (news.length === 0) return {webhook, alerts: 0, failure: null};
      const failure = await post(url, payloadOf(form, news), {timeout: parseDuration(timeout), tries, backoff});
      if (failure === null) told[webhook] = news;
      return {webhook, alerts: news.length, failure};
    })
  );
  await writeAlertMemory(historyDir, remembered(alerts, memory, told, today));
  return notified;
}
