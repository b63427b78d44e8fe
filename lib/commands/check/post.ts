import {setTimeout as sleep} from "node:timers/promises";

/** How often and how long is tried. */
export interface PostOptions {
  /** Milliseconds for one try, the answer's headers included. */
  readonly timeout: number;
  /** Tries in all; default 3. */
  readonly tries?: number;
  /** Milliseconds before the second try; twice as long before each later one; default 500. */
  readonly backoff?: number;
}

/** What became of a message: null where it was accepted, else why not, in words without the address. */
export type PostFailure = string | null;

/** Longest wait that an answer may ask for, in milliseconds. */
const longestWait = 10_000;

/**
 * Posts JSON to an address. Answers of 2xx are accepted. Tried again: no answer in time, a broken connection, 408, 429
 * (after the seconds that it asks for, at most 10) and 5xx. Not tried again: other answers. A redirect is a failure and
 * is not followed, for the address is a secret and so is what it would be sent to. Never throws.
 */
export async function post(
  url: string,
  body: object,
  {timeout, tries = 3, backoff = 500}: PostOptions
): Promise<PostFailure> {
  if (!isWebAddress(url)) return "the address is no http or https URL";
  const text = JSON.stringify(body);
  let failure = "";
  for (let attempt = 1; attempt <= tries; ++attempt) {
    const outcome = await once(url, text, timeout);
    if (outcome.failure === null) return null;
    failure = outcome.failure;
    if (!outcome.again) return failure;
    if (attempt < tries) await sleep(Math.max(outcome.wait, backoff * 2 ** (attempt - 1)));
  }
  return `${failure}, ${tries} ${tries === 1 ? "try" : "tries"}`;
}

interface Outcome {
  readonly failure: PostFailure;
  readonly again: boolean;
  /** Milliseconds that the answer asks to wait. */
  readonly wait: number;
}

async function once(url: string, body: string, timeout: number): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {"content-type": "application/json", "user-agent": "readout"},
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeout)
    });
    // Nobody reads the answer's text, which may be endless.
    await response.body?.cancel();
    const {ok, status} = response;
    if (ok) return {failure: null, again: false, wait: 0};
    if (status >= 300 && status < 400)
      return {failure: `redirected (${status}), which is not followed`, again: false, wait: 0};
    const again = status === 408 || status === 429 || status >= 500;
    return {failure: `answered ${status}`, again, wait: waitOf(response.headers.get("retry-after"))};
  } catch (error) {
    return {failure: reasonOf(error, timeout), again: true, wait: 0};
  }
}

function waitOf(header: string | null): number {
  const seconds = Number(header ?? 0);
  return seconds > 0 ? Math.min(longestWait, 1000 * seconds) : 0;
}

/** The kind of a network error; its message may hold the address. */
function reasonOf(error: unknown, timeout: number): string {
  if (error instanceof Error && error.name === "TimeoutError") return `no answer within ${timeout} ms`;
  const cause = error instanceof Error ? error.cause : null;
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : null;
  return code === null ? "the connection failed" : `the connection failed (${code})`;
}

function isWebAddress(url: string): boolean {
  try {
    return ["http:", "https:"].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}
