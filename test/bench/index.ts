import {existsSync} from "node:fs";
import {parseArgs} from "node:util";
import type {Bench, Measured} from "./measured.ts";

/** Every suite that the project means to have; one whose file does not exist yet is passed over. */
const suites = [
  "stats",
  "sequential",
  "experiment",
  "trust",
  "cube",
  "growth",
  "pushdown",
  "site",
  "pages",
  "assign",
  "simulate",
  "bandit",
  "commands",
  "build",
  "nightly",
  "novelty",
  "explore",
  "explorePage"
];

/**
 * Prints what the suites measured, as a table or with --json a line of JSON each; --only NAME (repeatable) picks suites.
 * Ends with 1 if a value is above its bound or a suite failed, with 2 for an unknown suite.
 */
async function main(): Promise<number> {
  const {values} = parseArgs({options: {json: {type: "boolean"}, only: {type: "string", multiple: true}}});
  const unknown = (values.only ?? []).filter((name) => !suites.includes(name));
  if (unknown.length > 0) {
    console.error(`unknown suite: ${unknown.join(", ")}; one of ${suites.join(", ")}`);
    return 2;
  }
  let code = 0;
  for (const name of values.only ?? suites) {
    const file = new URL(`${name}.ts`, import.meta.url);
    if (!existsSync(file)) continue;
    try {
      const {bench}: {bench: Bench} = await import(file.href);
      for (const measured of await bench()) {
        if (measured.bound !== undefined && !(measured.value <= measured.bound)) code = 1;
        console.log(values.json ? JSON.stringify(measured) : line(measured));
      }
    } catch (error) {
      console.error(`bench ${name} failed:`, error);
      code = 1;
    }
  }
  return code;
}

function line({name, value, unit, bound}: Measured): string {
  const verdict = bound === undefined ? "" : value <= bound ? `at most ${bound}` : `ABOVE ${bound}`;
  return `${name.padEnd(64)} ${value.toPrecision(4).padStart(10)} ${unit.padEnd(12)} ${verdict}`;
}

process.exitCode = await main();
