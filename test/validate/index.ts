import {execFileSync} from "node:child_process";
import {readFileSync, writeFileSync} from "node:fs";
import {fileURLToPath} from "node:url";
import {parseArgs} from "node:util";
import type {Validate, ValidationRow} from "./row.ts";
import {fileOf, suites} from "./suites.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const table = `${root}src/components/validation.json`;

/**
 * Simulates experiments whose truth is known and holds every method to what it promises. A full run of all suites writes
 * the table that the methods page shows. Options: --quick, --seed N (default 20260105), --only NAME (repeatable, writes
 * no table), --out FILE. Ends with 1 if a row fails, with 2 for an unknown suite or a seed that is not a number.
 */
async function main(): Promise<number> {
  const {values} = parseArgs({
    options: {
      quick: {type: "boolean", default: false},
      seed: {type: "string", default: "20260105"},
      only: {type: "string", multiple: true},
      out: {type: "string", default: table}
    }
  });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) {
    console.error(`invalid seed; not a whole number: ${values.seed}`);
    return 2;
  }
  const unknown = (values.only ?? []).filter((name) => !suites.includes(name));
  if (unknown.length > 0) {
    console.error(`unknown suite: ${unknown.join(", ")}; one of ${suites.join(", ")}`);
    return 2;
  }
  const rows: ValidationRow[] = [];
  for (const name of values.only ?? suites) {
    const file = fileOf(name);
    if (file === null) continue;
    const {validate}: {validate: Validate} = await import(file.href);
    const start = performance.now();
    const found = await validate({quick: values.quick, seed});
    console.log(`${name}: ${found.length} rows in ${((performance.now() - start) / 1000).toFixed(1)} s`);
    for (const row of found) console.log(line(row));
    rows.push(...found);
  }
  if (!values.quick && values.only === undefined) {
    const content = {seed, code: codeDate(), rows: rows.map(rounded)};
    writeFileSync(values.out, `${JSON.stringify(content, null, 2)}\n`);
  }
  const failed = rows.filter(({verdict}) => verdict === "fail");
  console.log(failed.length === 0 ? `all ${rows.length} rows hold` : `${failed.length} of ${rows.length} rows FAIL`);
  return failed.length === 0 ? 0 : 1;
}

function line({method, data, n, falsePositiveRate, coverage, verdict}: ValidationRow): string {
  const percent = (x: number | null) => (x === null ? "–" : `${(100 * x).toFixed(2)}%`).padStart(8);
  return [
    `  ${method.padEnd(44)} ${data.padEnd(40)} ${String(n).padStart(16)}`,
    percent(falsePositiveRate),
    percent(coverage),
    verdict
  ].join(" ");
}

function rounded({monteCarloError, ...row}: ValidationRow): ValidationRow {
  return {...row, monteCarloError: Number(monteCarloError.toPrecision(4))};
}

/** The version and the day of the last change of the formulas; the version alone outside of a clone. */
function codeDate(): string {
  const {version}: {version: string} = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
  try {
    const day = execFileSync("git", ["log", "-1", "--format=%cs", "--", "lib/stats", "lib/sequential"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"]
    }).trim();
    return day ? `${version} of ${day}` : version;
  } catch {
    return version;
  }
}

process.exitCode = await main();
