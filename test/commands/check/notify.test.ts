import {mkdtemp, readFile, readdir, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, it} from "vitest";
import {notify} from "../../../lib/commands/check/notify.ts";
import {payloadOf} from "../../../lib/commands/check/payloads.ts";
import type {Alert} from "../../../lib/experiment/alertsOf.ts";
import type {Webhook} from "../../../lib/experiment/definition/definition.ts";
import type {WebhookServer} from "./webhook.ts";
import {startWebhook, status} from "./webhook.ts";

let historyDir = "";
const servers: WebhookServer[] = [];
beforeEach(async () => {
  historyDir = await mkdtemp(join(tmpdir(), "readout-notify-"));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(historyDir, {recursive: true, force: true});
});

async function server(...given: Parameters<typeof startWebhook>): Promise<WebhookServer> {
  const started = await startWebhook(...given);
  servers.push(started);
  return started;
}

const alert = (key: string, change: Partial<Alert> = {}): Alert => ({
  experiment: "green",
  title: "Green",
  owner: null,
  kind: "health",
  key,
  level: "warning",
  message: `Something about ${key}.`,
  whatToDo: "Mend it.",
  date: "2026-01-10",
  ...change
});
const hook = (url: string, timeout = "20s"): Webhook => ({url, form: "json", timeout});
const run = (alerts: readonly Alert[], webhooks: Record<string, Webhook>) =>
  notify(alerts, {webhooks, historyDir, today: "2026-01-11", backoff: 5});
const keys = ({received}: WebhookServer) =>
  received.map(({body}) => (JSON.parse(body) as {alerts: Alert[]}).alerts.map(({key}) => key));

describe("notify(alerts, options)", () => {
  it("posts an alert once, in one message with the others that are new", async () => {
    const team = await server(status(200));
    const webhooks = {team: hook(team.url)};
    expect(await run([alert("a"), alert("b")], webhooks)).toEqual([{webhook: "team", alerts: 2, failure: null}]);
    expect(await run([alert("a"), alert("b")], webhooks)).toEqual([{webhook: "team", alerts: 0, failure: null}]);
    await run([alert("a"), alert("b"), alert("c")], webhooks);
    expect(keys(team)).toEqual([["a", "b"], ["c"]]);
  });

  it("posts again what got worse or came back, not what got better or has other words", async () => {
    const team = await server(status(200));
    const webhooks = {team: hook(team.url)};
    await run([alert("a")], webhooks);
    await run([alert("a", {level: "blocked"})], webhooks);
    await run([alert("a", {message: "Other words."})], webhooks);
    expect(keys(team)).toEqual([["a"], ["a"]]);
    await run([alert("a", {level: "blocked"})], webhooks);
    await run([], webhooks);
    await run([alert("a")], webhooks);
    expect(keys(team)).toHaveLength(4);
  });

  it("tells the same alert of two experiments apart", async () => {
    const team = await server(status(200));
    await run([alert("a")], {team: hook(team.url)});
    await run([alert("a"), alert("a", {experiment: "blue"})], {team: hook(team.url)});
    expect(keys(team)).toEqual([["a"], ["a"]]);
  });

  it("goes on where one webhook fails, and gives that one its news the next time", async () => {
    const good = await server(status(200));
    const hanging = await server(() => {});
    let broken = true;
    const bad = await server((response) => status(broken ? 500 : 200)(response));
    const moved = await server(status(302, {location: good.url}));
    const webhooks = {
      bad: hook(bad.url),
      hanging: hook(hanging.url, "100ms"),
      moved: hook(moved.url),
      good: hook(good.url)
    };
    const first = await run([alert("a")], webhooks);
    expect(first.map(({webhook, failure}) => [webhook, failure])).toEqual([
      ["bad", "answered 500, 3 tries"],
      ["hanging", "no answer within 100 ms, 3 tries"],
      ["moved", "redirected (302), which is not followed"],
      ["good", null]
    ]);
    broken = false;
    const second = await run([alert("a")], {bad: webhooks.bad, good: webhooks.good});
    expect(second).toEqual([
      {webhook: "bad", alerts: 1, failure: null},
      {webhook: "good", alerts: 0, failure: null}
    ]);
    expect(good.received).toHaveLength(1);
  });

  it("keeps its memory in one file, without addresses", async () => {
    const team = await server(status(200));
    await run([alert("a")], {team: hook(team.url)});
    expect(await readdir(historyDir)).toEqual(["alerts.json"]);
    const text = await readFile(join(historyDir, "alerts.json"), "utf8");
    expect(JSON.parse(text)).toEqual({
      version: 1,
      alerts: {"green/health/a": {since: "2026-01-11", sent: {team: "warning"}}}
    });
    expect(text).not.toContain("s3cret");
  });

  it("refuses a damaged memory rather than post everything again", async () => {
    const team = await server(status(200));
    await writeFile(join(historyDir, "alerts.json"), "{ half");
    await expect(run([alert("a")], {team: hook(team.url)})).rejects.toThrow(/^invalid alerts memory; mend or delete/);
    expect(team.received).toHaveLength(0);
  });
});

describe("payloadOf(form, alerts)", () => {
  const hostile = alert("x", {
    level: "blocked",
    title: "<!channel> *now* @here",
    message: "a & b\u001b[31m <https://evil.example|click>\nnext"
  });

  it("is a Slack message in which data mention nobody and link nowhere", () => {
    const {text} = payloadOf("slack", [hostile, alert("y")]) as {text: string};
    expect(text.split("\n")).toHaveLength(3);
    expect(text).toMatch(/^\*Readout: 2\u00a0new alerts, 1 blocked or severe\*\n/);
    expect(text).not.toMatch(/<[!@#h]|@here|:\/\/|\u001b/);
    expect(text).toContain("a &amp; b");
  });

  it("is a Teams message with an adaptive card whose text knows no Markdown", () => {
    const payload = payloadOf("teams", [hostile]) as {
      type: string;
      attachments: {contentType: string; content: {type: string; body: {type: string; inlines?: {text: string}[]}[]}}[];
    };
    expect(payload.type).toBe("message");
    expect(payload.attachments[0]!.contentType).toBe("application/vnd.microsoft.card.adaptive");
    const {type, body} = payload.attachments[0]!.content;
    expect(type).toBe("AdaptiveCard");
    expect(body.map((block) => block.type)).toEqual(["TextBlock", "RichTextBlock"]);
    expect(body[1]!.inlines!.map(({text}) => text).join("")).toContain("<!channel> *now* @here: a & b");
  });

  it("is plain JSON with every alert", () => {
    const many = Array.from({length: 30}, (_, i) => alert(`k${i}`));
    expect(payloadOf("json", many)).toMatchObject({source: "readout", count: 30});
    expect((payloadOf("json", many) as {alerts: Alert[]}).alerts).toHaveLength(30);
  });

  it("shows 20 alerts to people and counts the rest", () => {
    const many = Array.from({length: 30}, (_, i) => alert(`k${i}`));
    const {text} = payloadOf("slack", many) as {text: string};
    expect(text.split("\n")).toHaveLength(22);
    expect(text).toContain("and 10 more");
  });
});
