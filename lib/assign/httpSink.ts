import type {Batch, Sink} from "./sink.ts";
import {batchText, PermanentError} from "./sink.ts";

/** How to post. */
export interface HttpSinkOptions {
  /** Sent besides Content-Type and Idempotency-Key; defaults to {}. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds to wait for an answer; defaults to 10,000. */
  readonly timeout?: number;
  /** Defaults to the platform's fetch. */
  readonly fetch?: typeof globalThis.fetch;
  /** Posts before returning; for Node there is `postSync` in tools.ts. Defaults to a keepalive fetch in browsers, none in Node. */
  readonly postSync?: (url: string, body: string, headers: Record<string, string>) => void;
}

/**
 * Returns a sink that posts each batch to an endpoint as `application/x-ndjson`, with the batch's id as Idempotency-Key. Any 2xx answer
 * confirms. 408, 429, 5xx, a timeout or a dead line are tried again by the logger; any other answer is a refusal, and the batch is
 * given up. An answer that got lost makes a batch arrive twice: a receiver that minds keeps the keys it has seen.
 *
 * On leaving a page the rest is sent by fetch with keepalive, which browsers limit to 64 KB in all.
 *
 * @param url the endpoint
 * @throws {TypeError} if the address is not a full http or https address
 * @see https://developer.mozilla.org/docs/Web/API/RequestInit#keepalive
 */
export function httpSink(
  url: string,
  {
    headers = {},
    timeout = 10_000,
    fetch = globalThis.fetch,
    postSync = typeof document === "object" ? postKeepalive : undefined
  }: HttpSinkOptions = {}
): Sink {
  if (!/^https?:\/\/./.test(url)) throw new TypeError(`invalid url; not http or https: ${url}`);
  const headersOf = ({id}: Batch) => ({"Content-Type": "application/x-ndjson", "Idempotency-Key": id, ...headers});
  return {
    async write(batch) {
      const signal = AbortSignal.timeout(timeout);
      const response = await fetch(url, {method: "POST", headers: headersOf(batch), body: batchText(batch), signal});
      if (response.ok) return;
      const isPassing = /408|429|5../.test(String(response.status));
      throw new (isPassing ? Error : PermanentError)(`error posting to ${url}: ${response.status}`);
    },
    ...(postSync && {writeSync: (batch: Batch) => postSync(url, batchText(batch), headersOf(batch))})
  };
}

const postKeepalive: HttpSinkOptions["postSync"] = (url, body, headers) => {
  fetch(url, {method: "POST", headers, body, keepalive: true}).catch(() => {});
};
