import {existsSync} from "node:fs";
import {join} from "node:path";
import {asyncBufferFromFile, parquetReadObjects} from "hyparquet";
import {compressors} from "hyparquet-compressors";
import {describe, expect, it} from "vitest";
import {msprt} from "../../lib/sequential/msprt.ts";
import {compareMeans} from "../../lib/stats/compareMeans.ts";
import {momentsFromSums} from "../../lib/stats/moments.ts";

// ASOS Digital Experiments Dataset, https://osf.io/64jsb/ (CC BY 4.0); not part of the project.
const shared = process.env.READOUT_SHARED_DATA || new URL("../../../shared/data", import.meta.url).pathname;
const path = join(shared, "asos", "asos_digital_experiments_dataset.parquet");
const there = existsSync(path);

interface Snapshot {
  key: string;
  metric: number;
  time: number;
  control: {n: number; mean: number; variance: number};
  treatment: {n: number; mean: number; variance: number};
}

describe.skipIf(!there)(there ? "ASOS experiments" : `ASOS experiments (skipped: no file ${path})`, async () => {
  const comparisons = there ? await read() : [];

  // From the publishers' notebook: tau² on standardised effects, and the counts at alpha 0.05 of treatments that
  // (both / mSPRT alone / neither / t-test alone) call, the mSPRT at any look, the t-test at the last.
  const published = [
    {metric: 1, tauSquared: 1.3e-5, tTest: 26, without: 0, counts: [19, 2, 71, 7]},
    {metric: 2, tauSquared: 1.07e-5, tTest: 27, without: 5, counts: [20, 18, 49, 7]},
    {metric: 3, tauSquared: 6.48e-6, tTest: 25, without: 5, counts: [16, 6, 63, 9]},
    {metric: 4, tauSquared: 5.92e-6, tTest: 27, without: 5, counts: [16, 4, 63, 11]}
  ];
  it.each(published)("metric $metric: t-test and mSPRT call what the publishers' do", (p) => {
    const paths = comparisons.filter(([first]) => first?.metric === p.metric);
    const judged = paths.filter((looks) => significant(looks.at(-1)) !== null);
    const called = judged.map((looks) => ({
      test: significant(looks.at(-1)) === true,
      msprt: looks.some((look) => crosses(look, p.tauSquared))
    }));
    const count = (msprtCalls: boolean, testCalls: boolean) =>
      called.filter((call) => call.msprt === msprtCalls && call.test === testCalls).length;
    expect(paths).toHaveLength(99);
    expect(paths.length - judged.length).toBe(p.without);
    expect(called.filter(({test}) => test)).toHaveLength(p.tTest);
    expect([count(true, true), count(true, false), count(false, false), count(false, true)]).toEqual(p.counts);
  });

  it.each(published)("metric $metric: stopping at the first p below 0.05 calls far more than either", (p) => {
    const paths = comparisons.filter(([first]) => first?.metric === p.metric);
    const peeked = paths.filter((looks) => looks.some((look) => significant(look) === true)).length;
    const msprtCalls = (p.counts[0] ?? 0) + (p.counts[1] ?? 0);
    expect(peeked).toBeGreaterThan(1.25 * Math.max(p.tTest, msprtCalls));
  });
});

/** All comparisons of a treatment with its control on one metric, each a path of cumulative snapshots. */
async function read(): Promise<Snapshot[][]> {
  const rows = await parquetReadObjects({file: await asyncBufferFromFile(path), compressors});
  const snapshots = rows.map((row): Snapshot => {
    const arm = (side: "c" | "t") => ({
      n: Number(row[`count_${side}`]),
      mean: Number(row[`mean_${side}`]),
      variance: Number(row[`variance_${side}`])
    });
    const key = [row.experiment_id, row.variant_id, row.metric_id].join(" ");
    const metric = Number(row.metric_id);
    return {key, metric, time: Number(row.time_since_start), control: arm("c"), treatment: arm("t")};
  });
  const groups = new Map<string, Snapshot[]>();
  for (const snapshot of snapshots) {
    const group = groups.get(snapshot.key);
    if (group === undefined) groups.set(snapshot.key, [snapshot]);
    else group.push(snapshot);
  }
  return [...groups.values()].map((looks) => looks.sort((a, b) => a.time - b.time));
}

/** Whether Welch's test calls a snapshot significant; null without a variance. */
function significant(look: Snapshot | undefined): boolean | null {
  if (look === undefined || !hasVariance(look)) return null;
  const [control, treatment] = [look.control, look.treatment].map(({n, mean, variance}) =>
    momentsFromSums(n, {yy: variance * (n - 1)}, {y: mean})
  );
  if (control === undefined || treatment === undefined) return null;
  const {pValue} = compareMeans(control, treatment);
  return pValue === null ? null : pValue < 0.05;
}

/** Whether the mSPRT of the standardised difference (in pooled standard deviations) reaches 1 / 0.05. */
function crosses(look: Snapshot, tauSquared: number): boolean {
  if (!hasVariance(look)) return false;
  const {control: c, treatment: t} = look;
  const pooled = Math.sqrt(((c.n - 1) * c.variance + (t.n - 1) * t.variance) / (c.n + t.n - 2));
  const standardError = Math.sqrt(c.variance / c.n + t.variance / t.n) / pooled;
  const {pValue} = msprt((t.mean - c.mean) / pooled, standardError, {tau: Math.sqrt(tauSquared), alpha: 0.05});
  return (pValue ?? 1) <= 0.05;
}

function hasVariance({control, treatment}: Snapshot): boolean {
  return control.variance + treatment.variance > 0;
}
