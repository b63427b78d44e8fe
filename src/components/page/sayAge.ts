import {freshness} from "../../lib/experiment/freshness.ts";
import type {IndexEntry} from "../../lib/experiment/readout.ts";

/**
 * Says how old the data are by the reader's clock: after the day in the bar, and beside experiments that run but have
 * had no data for longer than their schedule allows. A build cannot know when its page is read.
 */
export function sayAge({now = Date.now()}: {now?: number} = {}): void {
  const bar = document.querySelector<HTMLElement>(".as-of");
  const day = bar?.querySelector("time")?.dateTime;
  if (bar && day && !bar.dataset.aged) {
    bar.dataset.aged = "true";
    bar.append(` \u00b7 ${age(hoursSince(day, now))}`);
  }
  for (const row of document.querySelectorAll<HTMLElement>(".row[data-schedule]")) {
    const {asOf, start, end, schedule, status} = row.dataset;
    const {stale, daysBehind} = freshness(
      {
        status: status === "running" ? status : "stopped",
        start: start ?? "",
        end: end || null,
        asOf: asOf || null,
        schedule: Number(schedule)
      } satisfies Partial<IndexEntry>,
      now
    );
    const place = row.querySelector<HTMLElement>(".fresh");
    if (!stale || !place || place.classList.contains("late")) continue;
    place.classList.add("late");
    place.title = `${daysBehind} complete days without data`;
  }
}

/** Hours since the end of a day. */
function hoursSince(day: string, now: number): number {
  return (now - Date.parse(day)) / 3_600_000 - 24;
}

function age(hours: number): string {
  if (!(hours >= 1)) return "just now";
  if (hours < 36) return `${Math.round(hours)}\u00a0h ago`;
  const days = Math.round(hours / 24);
  return days < 60 ? `${days} days ago` : `${Math.round(days / 30.4)} months ago`;
}
