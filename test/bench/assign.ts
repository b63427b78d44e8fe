import {build} from "esbuild";
import {fileURLToPath} from "node:url";
import {gzipSync} from "node:zlib";
import type {Experiment} from "../../lib/assign/index.ts";
import {assign, createLogger} from "../../lib/assign/index.ts";
import type {Measured} from "./measured.ts";

const experiment: Experiment = {
  id: "green-checkout",
  status: "running",
  variants: {control: {weight: 0.5}, green: {weight: 0.5}},
  ramp: 0.9,
  targeting: "country in [US, CA] and version >= 2.10.0"
};

/** Returns the size of all that lib/assign/index.ts exports, minified and gzipped, and the time of a million assignments and events. */
export async function bench(): Promise<Measured[]> {
  const {outputFiles} = await build({
    entryPoints: [fileURLToPath(new URL("../../lib/assign/index.ts", import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022"
  });
  const size = gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), {level: 9}).length / 1000;
  const bare: Experiment = {...experiment, ramp: 1, targeting: undefined};
  const attributes = {country: "US", version: "2.11.0"};
  const logger = createLogger({sink: () => {}});
  const rows: Measured[] = [
    {name: "lib/assign, everything, minified", value: size, unit: "kB gzipped", bound: 6},
    {name: "a million assignments by weights alone", value: time((i) => assign(bare, i)), unit: "ms"},
    {
      name: "a million assignments with ramp and targeting",
      value: time((i) => assign(experiment, `user-${i}`, attributes)),
      unit: "ms"
    },
    {
      name: "a million events through the logger",
      value: time((i) => logger.event(i, "click", i)),
      unit: "ms"
    }
  ];
  await logger.close();
  return rows;
}

function time(call: (i: number) => unknown): number {
  for (let i = 0; i < 10_000; ++i) call(i);
  const start = performance.now();
  for (let i = 0; i < 1e6; ++i) call(i);
  return performance.now() - start;
}
