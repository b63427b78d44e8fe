import {createServer} from "node:http";
import type {IncomingHttpHeaders, ServerResponse} from "node:http";

/** A message that reached the server. */
export interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server on this machine that keeps what it is sent and answers as it is told. */
export interface WebhookServer {
  readonly url: string;
  readonly received: Received[];
  close(): Promise<void>;
}

/** Starts a server on a free port; `answer` ends the response, or leaves it open to hang. */
export async function startWebhook(
  answer: (response: ServerResponse, received: readonly Received[]) => void
): Promise<WebhookServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (bytes: Buffer) => (body += bytes.toString()));
    request.on("end", () => {
      received.push({path: request.url ?? "", method: request.method ?? "", headers: request.headers, body});
      answer(response, received);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("missing port");
  return {
    url: `http://127.0.0.1:${address.port}/hook/s3cret-path`,
    received,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      })
  };
}

/** Returns an answer of a status, the same every time. */
export function status(code: number, headers: Record<string, string> = {}) {
  return (response: ServerResponse): void => {
    response.writeHead(code, headers).end("ok");
  };
}
