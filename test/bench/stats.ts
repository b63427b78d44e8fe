import {fileURLToPath} from "node:url";
import {gzipSync} from "node:zlib";
import {build} from "esbuild";
import {betaBinomial} from "../../lib/stats/betaBinomial.ts";
import {compareCuped} from "../../lib/stats/compareCuped.ts";
import {compareMeans} from "../../lib/stats/compareMeans.ts";
import {compareProportions} from "../../lib/stats/compareProportions.ts";
import {compareRatios} from "../../lib/stats/compareRatios.ts";
import {momentsFromSums, momentsOf, type Moments} from "../../lib/stats/moments.ts";
import {adjustPValues} from "../../lib/stats/multiplicity.ts";
import {createRandom} from "../random.ts";
import {milliseconds, type Bench, type Measured} from "./measured.ts";

/** Comparisons from moments, and the size of the library in a browser. */
export const bench: Bench = async () => {
  const arms = manyArms(1000);
  const counts = manyCounts(1000);
  const pairs =
    <Arm>(list: readonly Arm[], compare: (control: Arm, treatment: Arm) => unknown) =>
    () => {
      for (let i = 1; i < list.length; ++i) {
        const [control, treatment] = [list[i - 1], list[i]];
        if (control !== undefined && treatment !== undefined) compare(control, treatment);
      }
    };
  const one = (name: string, f: () => unknown, bound?: number): Measured => ({
    name,
    value: (milliseconds(f, {rounds: 15}) / 999) * 1000,
    unit: "µs",
    bound
  });
  return [
    one("one comparison from moments: means", pairs(arms, compareMeans), 5),
    one("one comparison from moments: ratios", pairs(arms, compareRatios), 5),
    one("one comparison from moments: CUPED", pairs(arms, compareCuped), 5),
    one(
      "one comparison from moments: proportions, Wald",
      pairs(counts, (c, t) => compareProportions(c, t, {method: "wald"})),
      5
    ),
    one("one comparison from moments: proportions, score", pairs(counts, compareProportions), 5),
    {
      name: "1,000 metrics x 20 segments x 28 days x 3 arms, means",
      value: milliseconds(() => compareAll(arms), {rounds: 1}) / 1000,
      unit: "s",
      bound: 10
    },
    {
      name: "adjust 10,000 p-values",
      value: milliseconds(() => adjustPValues(manyPValues(10_000), "benjamini-hochberg")),
      unit: "ms"
    },
    {
      name: "beta-binomial posterior of two arms of 10,000",
      value: milliseconds(() => betaBinomial({successes: 1200, n: 10_000}, {successes: 1290, n: 10_000})),
      unit: "ms"
    },
    {name: "stats in a browser", value: await bundleSize(), unit: "kB gzipped", bound: 60}
  ];
};

/** As many comparisons as an experiment of that size has; each of its own sums. */
function compareAll(arms: readonly Moments[]): number {
  let significant = 0;
  for (let metric = 0; metric < 1000; ++metric) {
    for (let segment = 0; segment < 20; ++segment) {
      for (let day = 0; day < 28; ++day) {
        const control = arms[(metric + 31 * segment + 7 * day) % arms.length];
        for (let arm = 1; arm <= 3; ++arm) {
          const treatment = arms[(metric + 31 * segment + 7 * day + 101 * arm) % arms.length];
          if (control && treatment && (compareMeans(control, treatment).pValue ?? 1) < 0.05) ++significant;
        }
      }
    }
  }
  return significant;
}

function manyArms(count: number): Moments[] {
  const random = createRandom(1);
  return Array.from({length: count}, () =>
    momentsOf(
      Array.from({length: 200}, () => {
        const x = random.normal();
        return {y: 10 + x + random.normal(), w: 1 + random.integer(5), x, v: 1 + random.integer(5)};
      }),
      {y: 10}
    )
  );
}

function manyCounts(count: number): Moments[] {
  const random = createRandom(2);
  return Array.from({length: count}, () => {
    const y = random.binomial(10_000, 0.12);
    return momentsFromSums(10_000, {y, yy: y});
  });
}

function manyPValues(count: number): number[] {
  const random = createRandom(3);
  return Array.from({length: count}, () => random.uniform());
}

async function bundleSize(): Promise<number> {
  const {outputFiles} = await build({
    entryPoints: [fileURLToPath(new URL("../../lib/stats/index.ts", import.meta.url))],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false
  });
  return gzipSync(outputFiles[0]?.contents ?? "", {level: 9}).length / 1000;
}
