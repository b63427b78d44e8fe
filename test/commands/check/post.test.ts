import {afterEach, describe, expect, it} from "vitest";
import {post} from "../../../lib/commands/check/post.ts";
import type {WebhookServer} from "./webhook.ts";
import {startWebhook, status} from "./webhook.ts";

const servers: WebhookServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function server(...given: Parameters<typeof startWebhook>): Promise<WebhookServer> {
  const started = await startWebhook(...given);
  servers.push(started);
  return started;
}

const quick = {timeout: 20_000, backoff: 10};

describe("post(url, body, options)", () => {
  it("posts JSON once where it is accepted", async () => {
    const {url, received} = await server(status(204));
    expect(await post(url, {text: "hé"}, quick)).toBeNull();
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({method: "POST", path: "/hook/s3cret-path", body: '{"text":"hé"}'});
    expect(received[0]!.headers["content-type"]).toBe("application/json");
  });

  it("tries again on 500, and is done when it is accepted", async () => {
    const {url, received} = await server((response, before) => status(before.length < 3 ? 500 : 200)(response));
    expect(await post(url, {}, quick)).toBeNull();
    expect(received).toHaveLength(3);
  });

  it("gives up after its tries, and waits longer each time", async () => {
    const {url, received} = await server(status(503));
    const start = performance.now();
    expect(await post(url, {}, {...quick, tries: 3, backoff: 40})).toBe("answered 503, 3 tries");
    expect(performance.now() - start).toBeGreaterThanOrEqual(40 + 80 - 5);
    expect(received).toHaveLength(3);
  });

  it("does not try again what will not change", async () => {
    const {url, received} = await server(status(404));
    expect(await post(url, {}, quick)).toBe("answered 404");
    expect(received).toHaveLength(1);
  });

  it("waits as long as a 429 asks for", async () => {
    const {url, received} = await server((response, before) =>
      before.length < 2 ? status(429, {"retry-after": "0.2"})(response) : status(200)(response)
    );
    const start = performance.now();
    expect(await post(url, {}, quick)).toBeNull();
    expect(performance.now() - start).toBeGreaterThanOrEqual(195);
    expect(received).toHaveLength(2);
  });

  it("gives up on a server that hangs, in time", async () => {
    const {url, received} = await server(() => {});
    const start = performance.now();
    expect(await post(url, {}, {timeout: 100, tries: 2, backoff: 10})).toBe("no answer within 100 ms, 2 tries");
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(received).toHaveLength(2);
  });

  it("does not read an answer that never ends", async () => {
    const {url} = await server((response) => {
      response.writeHead(200).write("x".repeat(1000));
    });
    const start = performance.now();
    expect(await post(url, {}, {...quick, tries: 1})).toBeNull();
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it("does not follow a redirect: the other address never hears of it", async () => {
    const other = await server(status(200));
    const {url, received} = await server(status(307, {location: other.url}));
    expect(await post(url, {}, quick)).toBe("redirected (307), which is not followed");
    expect(received).toHaveLength(1);
    expect(other.received).toHaveLength(0);
  });

  it("says that a connection failed without the address", async () => {
    const {url, close} = await startWebhook(status(200));
    await close();
    const failure = await post(url, {}, {...quick, tries: 1});
    expect(failure).toBe("the connection failed (ECONNREFUSED), 1 try");
  });

  it.each(["", "hooks.example.com/x", "file:///etc/passwd", "ftp://example.com"])(
    "refuses the address %j",
    async (url) => {
      const failure = await post(url, {}, quick);
      expect(failure).toBe("the address is no http or https URL");
    }
  );
});
