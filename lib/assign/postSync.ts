import {spawnSync} from "node:child_process";

/**
 * Posts before returning, by a second Node process, for `httpSink`'s option of this name: a server that calls process.exit() then
 * still delivers its last batches. It takes about 50 ms beside the request; for Node only.
 *
 * @throws {Error} if there is no 2xx answer within 5 seconds
 */
export function postSync(url: string, body: string, headers: Readonly<Record<string, string>>): void {
  const {status, stderr, error} = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", script, url, JSON.stringify(headers)],
    {
      input: body,
      timeout: 6_000,
      encoding: "utf8"
    }
  );
  if (error || status !== 0) throw new Error(`error posting to ${url}: ${error?.message ?? stderr.trim()}`);
}

const script = `
let body = "";
for await (const chunk of process.stdin.setEncoding("utf8")) body += chunk;
const [url, headers] = process.argv.slice(1);
const signal = AbortSignal.timeout(5000);
const response = await fetch(url, {method: "POST", headers: JSON.parse(headers), body, signal}).catch((error) => {
  process.stderr.write(String(error.cause?.message ?? error.message));
  process.exit(1);
});
if (!response.ok) process.stderr.write(String(response.status));
process.exit(response.ok ? 0 : 1);
`;
