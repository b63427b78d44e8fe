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
  for (const row of document.querySelectorAll<HTMLElement>(".row[data-as-of]")) {
    const {asOf, schedule, status, group} = row.dataset;
    if (!asOf || status !== "running" || group === "finished") continue;
    const late = hoursSince(asOf, now) / 24 > Number(schedule);
    const place = row.querySelector<HTMLElement>(".fresh");
    if (!late || !place || place.classList.contains("late")) continue;
    place.classList.add("late");
    place.title = `no data since: ${age(hoursSince(asOf, now))}`;
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
