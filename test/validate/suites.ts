import {existsSync} from "node:fs";

/** Every suite that the project means to have, in the order of the table. */
export const suites = [
  "stats",
  "margins",
  "multiplicity",
  "sequential",
  "novelty",
  "segments",
  "experiment",
  "trust",
  "bandit"
];

/** The file of a suite, or null if it does not exist yet. */
export function fileOf(suite: string): URL | null {
  const file = new URL(`${suite}.ts`, import.meta.url);
  return existsSync(file) ? file : null;
}
