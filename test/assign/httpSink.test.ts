import {describe, expect, it} from "vitest";
import {createLogger, httpSink, PermanentError} from "../../lib/assign/index.ts";

const batch = {id: "b-1", lines: ['{"a":1}', '{"a":2}']};
const answer = (status: number) => async () => new Response(null, {status});

describe("httpSink(url, options)", () => {
  it("posts JSON lines with the batch's id as idempotency key", async () => {
    const calls: [unknown, RequestInit | undefined][] = [];
    const sink = httpSink("https://example.com/log", {
      headers: {Authorization: "Bearer x"},
      fetch: async (input, init) => (calls.push([input, init]), new Response(null, {status: 202}))
    });
    await sink.write(batch);
    expect(calls[0]?.[0]).toBe("https://example.com/log");
    expect(calls[0]?.[1]).toMatchObject({
      method: "POST",
      body: '{"a":1}\n{"a":2}\n',
      headers: {"Content-Type": "application/x-ndjson", "Idempotency-Key": "b-1", Authorization: "Bearer x"}
    });
  });

  it.each([408, 429, 500, 503])("fails for now on %i", async (status) => {
    const writing = httpSink("https://example.com/", {fetch: answer(status)}).write(batch);
    await expect(writing).rejects.toThrow(`error posting to https://example.com/: ${status}`);
    await expect(writing).rejects.not.toBeInstanceOf(PermanentError);
  });

  it.each([304, 400, 401, 404, 413])("fails for good on %i", async (status) => {
    await expect(httpSink("https://example.com/", {fetch: answer(status)}).write(batch)).rejects.toBeInstanceOf(
      PermanentError
    );
  });

  it("gives up waiting for an endpoint that does not answer", async () => {
    const hang: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)));
    await expect(httpSink("https://example.com/", {fetch: hang, timeout: 5}).write(batch)).rejects.toThrow(/timeout/i);
  });

  it("refuses an address that is none", () => {
    expect(() => httpSink("/log")).toThrow(new TypeError("invalid url; not http or https: /log"));
    expect(() => httpSink("ftp://example.com/")).toThrow("invalid url");
  });

  it("delivers through a logger once the endpoint is back", async () => {
    let calls = 0;
    const logger = createLogger({
      sink: httpSink("https://example.com/", {
        fetch: async () => new Response(null, {status: ++calls < 3 ? 503 : 200})
      }),
      retryDelay: 1,
      onError: () => {}
    });
    logger.event("u", "click");
    expect(await logger.close()).toMatchObject({written: 1, retries: 2});
  });
});
