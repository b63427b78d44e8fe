import {z} from "zod";
import {mlflowRun} from "../experiment/mlflowRun.ts";
import type {Readout} from "../experiment/readout.ts";
import {UserError} from "./errors.ts";
import {redacted, rememberSecrets} from "./secrets.ts";

/** How to reach a server of MLflow. */
export interface MlflowOptions {
  readonly url: string;
  /** Variables with the password; default: the process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds for one request. */
  readonly timeout?: number;
}

/**
 * Sends readouts to MLflow over its REST API: one experiment each, named `readout/<id>`, one run for each runId. A run
 * that is there already is not sent again.
 *
 * @returns how many runs were sent, and how many were there
 * @throws {UserError} if the server cannot be reached or refuses
 * @see https://mlflow.org/docs/latest/rest-api.html
 */
export async function sendToMlflow(
  readouts: readonly Readout[],
  {url, environment = process.env, timeout = 30_000}: MlflowOptions
): Promise<{sent: number; known: number}> {
  const call = caller(url, {environment, timeout});
  let sent = 0;
  for (const readout of readouts) {
    const experiment = await experimentOf(call, `readout/${readout.id}`);
    const found = searchSchema.parse(
      await call("POST", "runs/search", {
        experiment_ids: [experiment],
        filter: `tags.\`readout.run_id\` = '${readout.runId}' and attributes.status = 'FINISHED'`,
        max_results: 1
      })
    );
    if ((found.runs ?? []).length > 0) continue;
    const {name, time, params, metrics, tags} = mlflowRun(readout);
    const {run} = createdSchema.parse(
      await call("POST", "runs/create", {experiment_id: experiment, run_name: name, start_time: time, tags})
    );
    const id = run.info.run_id;
    // A batch holds 1000 metrics, and 1000 of all things.
    for (let i = 0; i === 0 || i < metrics.length; i += 900)
      await call("POST", "runs/log-batch", {
        run_id: id,
        metrics: metrics.slice(i, i + 900).map((metric) => ({...metric, timestamp: time, step: 0})),
        params: i === 0 ? params : []
      });
    await call("POST", "runs/update", {run_id: id, status: "FINISHED", end_time: time});
    ++sent;
  }
  return {sent, known: readouts.length - sent};
}

type Call = (method: "GET" | "POST", path: string, body: Readonly<Record<string, unknown>>) => Promise<unknown>;

const searchSchema = z.object({runs: z.array(z.unknown()).optional()});
const createdSchema = z.object({run: z.object({info: z.object({run_id: z.string()})})});
const foundSchema = z.object({experiment: z.object({experiment_id: z.string()})});
const madeSchema = z.object({experiment_id: z.string()});

async function experimentOf(call: Call, name: string): Promise<string> {
  try {
    const found = await call("GET", "experiments/get-by-name", {experiment_name: name});
    return foundSchema.parse(found).experiment.experiment_id;
  } catch (error) {
    if (!(error instanceof MissingError)) throw error;
    return madeSchema.parse(await call("POST", "experiments/create", {name})).experiment_id;
  }
}

/** The server has no such thing. */
class MissingError extends UserError {}

function caller(
  url: string,
  {environment, timeout}: {environment: Readonly<Record<string, string | undefined>>; timeout: number}
): Call {
  const {
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_TRACKING_USERNAME: user,
    MLFLOW_TRACKING_PASSWORD: password
  } = environment;
  if (token) rememberSecrets([{name: "MLFLOW_TRACKING_TOKEN", value: token}]);
  if (password) rememberSecrets([{name: "MLFLOW_TRACKING_PASSWORD", value: password}]);
  const credentials = token
    ? `Bearer ${token}`
    : user
      ? `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}`
      : null;
  return async (method, path, body) => {
    const address = new URL(`${url.replace(/\/$/, "")}/api/2.0/mlflow/${path}`);
    if (method === "GET") for (const [key, value] of Object.entries(body)) address.searchParams.set(key, String(value));
    let response;
    try {
      response = await fetch(address, {
        method,
        signal: AbortSignal.timeout(timeout),
        headers: {
          ...(method === "POST" ? {"content-type": "application/json"} : {}),
          ...(credentials === null ? {} : {authorization: credentials})
        },
        ...(method === "POST" ? {body: JSON.stringify(body)} : {})
      });
    } catch (error) {
      throw new UserError(`cannot reach MLflow: ${redacted(address.origin)}: ${reasonOf(error)}`, {cause: error});
    }
    const text = await response.text();
    if (response.ok) return JSON.parse(text === "" ? "{}" : text);
    const message = `refused by MLflow: ${path}: ${response.status} ${redacted(text).slice(0, 300)}`;
    throw response.status === 404 && text.includes("RESOURCE_DOES_NOT_EXIST")
      ? new MissingError(message)
      : new UserError(message);
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
