import type {Readout} from "../experiment/readout.ts";

/** Returns the id of the feed of a site with this address, or with this path on a host. */
export function feedIdFor(address: string): string {
  if (/^https?:/.test(address)) return `${address}feed.xml`;
  return `urn:readout:verdicts:${encodeURI(`/${address}/`.replace(/\/+/g, "/"))}`;
}

/** Returns the id of a written feed; that of a site at the top of its host for anything else. */
export function feedIdOf(feed: string): string {
  return /^<feed[^>]*>\s*<id>([^<>&]+)<\/id>/m.exec(feed)?.[1] ?? feedIdFor("/");
}

/**
 * Returns an Atom feed (RFC 4287) of the changes of verdicts, newest first: one entry for each first verdict and for
 * each change. Links are relative to the feed. The same readouts give the same bytes; there is no clock in it.
 *
 * @param options.id address or urn that tells this feed from others
 * @param options.limit entries at most
 * @see https://www.rfc-editor.org/rfc/rfc4287
 */
export function feedOf(
  readouts: readonly Readout[],
  {id = feedIdFor("/"), limit = 100}: {id?: string; limit?: number} = {}
): string {
  const entries = readouts
    .flatMap((readout) => readout.timeline.map((change, i) => ({readout, change, before: readout.timeline[i - 1]})))
    .sort((a, b) => compare(b.change.date, a.change.date) || compare(a.readout.id, b.readout.id))
    .slice(0, limit);
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${escape(id)}</id>
<title>Readout: verdicts</title>
<updated>${instant(entries[0]?.change.date ?? "1970-01-01")}</updated>
<author><name>Readout</name></author>
<link rel="self" href="feed.xml"/>
<link rel="alternate" type="text/html" href="index.html"/>
${entries.map(({readout, change, before}) => entryOf(readout, change, before)).join("")}</feed>
`;
}

type Change = Readout["timeline"][number];

function entryOf({id, title, decision, runId}: Readout, change: Change, before: Change | undefined): string {
  const words = before === undefined ? change.label : `${before.label} → ${change.label}`;
  const summary = change.runId === runId ? decision.sentence : words;
  return `<entry>
<id>urn:readout:${escape(id)}:${escape(change.runId)}</id>
<title>${escape(`${title}: ${words}`)}</title>
<updated>${instant(change.date)}</updated>
<link rel="alternate" type="text/html" href="experiments/${escape(encodeURIComponent(id))}.html"/>
<summary>${escape(summary)}</summary>
</entry>
`;
}

function instant(date: string): string {
  return `${date}T00:00:00Z`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** XML text: markup escaped, and letters that XML has none for left out. */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
