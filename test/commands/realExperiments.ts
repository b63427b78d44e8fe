import {existsSync} from "node:fs";
import {copyFile, mkdir, mkdtemp, readFile, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join, resolve} from "node:path";
import type {Readout} from "../../lib/experiment/readout.ts";
import {buildReadouts} from "../../lib/commands/build.ts";
import {createProgress} from "../../lib/commands/progress.ts";

/** Folder of real experiments that is not part of the project; tests skip where it is absent. */
export const sharedData = resolve(process.env.READOUT_SHARED_DATA ?? "../shared/data");

/** Whether the real experiments are there; says so once where they are not. */
export const hasSharedData = existsSync(join(sharedData, "expected.json"));
if (!hasSharedData) console.warn(`skipping the tests on real experiments: no folder ${sharedData}`);

/** Returns the results computed elsewhere (pandas, scipy, statsmodels), by experiment. */
export async function expectedResults(): Promise<Record<string, never>> {
  return JSON.parse(await readFile(join(sharedData, "expected.json"), "utf8"));
}

/** A data folder in the temporary directory. */
export interface Workplace {
  readonly folder: string;
  readonly dataDir: string;
  readonly outDir: string;
  readonly build: (options?: {only?: string[]; threads?: number; asOf?: string}) => ReturnType<typeof buildReadouts>;
  readonly readout: (id: string) => Promise<Readout>;
  readonly remove: () => Promise<void>;
}

/** Returns a new workplace with these files under data/ (path -> text), and real data files linked by name. */
export async function workplace(
  files: Readonly<Record<string, string>>,
  {copied = {}}: {copied?: Readonly<Record<string, string>>} = {}
): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), "readout-test-"));
  const dataDir = join(folder, "data");
  const outDir = join(folder, "readouts");
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(join(dataDir, path, ".."), {recursive: true});
    await writeFile(join(dataDir, path), text);
  };
  await mkdir(join(dataDir, "experiments"), {recursive: true});
  for (const [path, text] of Object.entries(files)) await write(path, text);
  for (const [path, source] of Object.entries(copied)) await copyFile(source, join(dataDir, path));
  const silent = createProgress(0, {stream: {write: () => true}, interactive: false});
  return {
    folder,
    dataDir,
    outDir,
    build: (options = {}) => buildReadouts({dataDir, outDir, progress: silent, ...options}),
    readout: async (id) => JSON.parse(await readFile(join(outDir, id, "readout.json"), "utf8")),
    remove: () => rm(folder, {recursive: true, force: true})
  };
}

/** The definitions of the real experiments: paths are absolute, to the shared folder. */
export function realDefinitions(): Record<string, string> {
  const path = (file: string): string => JSON.stringify(join(sharedData, file));
  return {
    "sources.yaml": `
facts:
  globox_groups: {shape: exposures, path: ${path("globox/groups.csv")}, unit: uid, variant: group, timestamp: join_dt, dimensions: [device]}
  globox_activity: {shape: events, path: ${path("globox/activity.csv")}, unit: uid, timestamp: dt, values: [spent]}
  hillstrom: {shape: units, path: ${path("hillstrom/hillstrom.csv.gz")}, variant: segment, values: [visit, conversion, spend, history]}
  cookie_cats: {shape: units, path: ${path("cookie_cats/cookie_cats.csv.gz")}, unit: userid, variant: version, values: [sum_gamerounds, retention_1, retention_7]}
  udacity_all: {shape: units, path: ${path("udacity/ab_data.csv.gz")}, unit: user_id, variant: group, timestamp: timestamp, values: [converted]}
  udacity_matching:
    shape: units
    sql: |
      SELECT * FROM read_csv('${join(sharedData, "udacity/ab_data.csv.gz")}')
      WHERE ("group" = 'treatment') = (landing_page = 'new_page')
    unit: user_id
    variant: group
    timestamp: timestamp
    values: [converted]
  active_minutes:
    shape: units
    sql: |
      SELECT v.uid, v.variant_number, t.total_active_mins, least(coalesce(p.active_mins, 0), 40000) AS pre
      FROM read_csv('${join(sharedData, "active_minutes/t2_user_variant.csv.gz")}') v
      JOIN read_csv('${join(sharedData, "active_minutes/t1_user_totals_cleaned_le1440.csv.gz")}') t USING (uid)
      LEFT JOIN read_csv('${join(sharedData, "active_minutes/t3_user_totals_pre_raw.csv.gz")}') p USING (uid)
    unit: uid
    variant: variant_number
    values: [total_active_mins, pre]
`,
    "metrics.yaml": `
conversion: {kind: proportion, fact: globox_activity, direction: increase}
spend_per_user: {kind: mean, fact: globox_activity, value: spent, direction: increase, unit: USD}
visit: {kind: proportion, fact: hillstrom, value: visit, direction: increase}
email_conversion: {kind: proportion, fact: hillstrom, value: conversion, direction: increase}
email_spend: {kind: mean, fact: hillstrom, value: spend, direction: increase, unit: USD}
email_spend_cuped: {kind: mean, fact: hillstrom, value: spend, covariate: {column: history}, direction: increase, unit: USD}
retention_1: {kind: proportion, fact: cookie_cats, value: retention_1, direction: increase}
retention_7: {kind: proportion, fact: cookie_cats, value: retention_7, direction: increase}
rounds: {kind: mean, fact: cookie_cats, value: sum_gamerounds, direction: increase}
converted_all: {kind: proportion, fact: udacity_all, value: converted, direction: increase}
converted: {kind: proportion, fact: udacity_matching, value: converted, direction: increase}
minutes: {kind: mean, fact: active_minutes, value: total_active_mins, covariate: {column: pre}, direction: increase, unit: min}
`,
    "experiments/globox.yaml": `
title: GloBox banner
start: 2023-01-25
end: 2023-02-06
exposures: globox_groups
variants: {A: {role: control, weight: 0.5}, B: {weight: 0.5}}
dimensions: [device]
metrics: {primary: [conversion], secondary: [spend_per_user]}
`,
    "experiments/hillstrom.yaml": `
title: MineThatData e-mail
start: 2008-03-20
end: 2008-03-20
exposures: hillstrom
variants:
  No E-Mail: {role: control, weight: 0.3334}
  Mens E-Mail: {weight: 0.3333}
  Womens E-Mail: {weight: 0.3333}
dimensions: [channel, zip_code]
metrics: {primary: [email_conversion], secondary: [visit, email_spend, email_spend_cuped]}
`,
    "experiments/cookie_cats.yaml": `
title: Gate at level 40
start: 2017-01-01
end: 2017-01-01
exposures: cookie_cats
variants: {gate_30: {role: control, weight: 0.5}, gate_40: {weight: 0.5}}
metrics: {primary: [retention_7], secondary: [retention_1, rounds]}
`,
    "experiments/udacity_all.yaml": `
title: Landing page, all rows
start: 2017-01-01
end: 2017-01-24
exposures: udacity_all
variants: {control: {role: control, weight: 0.5}, treatment: {weight: 0.5}}
metrics: {primary: [converted_all]}
`,
    "experiments/udacity.yaml": `
title: Landing page
start: 2017-01-01
end: 2017-01-24
exposures: udacity_matching
variants: {control: {role: control, weight: 0.5}, treatment: {weight: 0.5}}
metrics: {primary: [converted]}
`,
    "experiments/active_minutes.yaml": `
title: Active minutes
start: 2019-02-06
end: 2019-07-05
exposures: active_minutes
variants: {"0": {role: control, weight: 0.8}, "1": {weight: 0.2}}
metrics: {primary: [minutes]}
`
  };
}
