import {chiSquareIndependence} from "../../lib/stats/chiSquareIndependence.ts";
import {compareMeans} from "../../lib/stats/compareMeans.ts";
import {compareProportions} from "../../lib/stats/compareProportions.ts";
import {equivalence} from "../../lib/stats/equivalence.ts";
import {momentsFromSums, type Moments} from "../../lib/stats/moments.ts";
import {nonInferiority} from "../../lib/stats/nonInferiority.ts";
import {sampleRatioMismatch} from "../../lib/stats/sampleRatioMismatch.ts";
import {createRandom, type Random} from "../random.ts";
import {row, type Measured, type Validate, type ValidationRow} from "./row.ts";
import {sumUnits} from "./simulate.ts";

/** Tests with a yes or a no: margins, with the truth exactly on the margin, and checks of counts over several arms. */
export const validate: Validate = async ({quick, seed}) => {
  const experiments = quick ? 300 : 10_000;
  let stream = 200;
  const rate = (
    measured: Pick<Measured, "method" | "data" | "n" | "note" | "allowance" | "sides">,
    alarm: (random: Random) => boolean
  ): ValidationRow => {
    const random = createRandom(seed, ++stream);
    let alarms = 0;
    for (let i = 0; i < experiments; ++i) if (alarm(random)) ++alarms;
    return row({...measured, experiments, falsePositiveRate: alarms / experiments, coverage: null});
  };
  const onMargin = "false positive: passes with the truth on the margin";
  return [
    rate(
      {method: "non-inferiority of means, absolute", data: "normal, sd 0.2 x mean", n: 300, note: onMargin},
      (random) => {
        const comparison = compareMeans(normals(random, 300, 10), normals(random, 300, 9.7));
        return nonInferiority(comparison, {margin: 0.3}).passed === true;
      }
    ),
    rate(
      {method: "non-inferiority of means, relative", data: "normal, sd 0.2 x mean", n: 300, note: onMargin},
      (random) => {
        const comparison = compareMeans(normals(random, 300, 10), normals(random, 300, 9.7));
        return nonInferiority(comparison, {margin: 0.03, scale: "relative"}).passed === true;
      }
    ),
    rate(
      {
        method: "non-inferiority of proportions, score",
        data: "proportion, p = 0.1",
        n: 2000,
        note: onMargin,
        allowance: 0.005
      },
      (random) => {
        const comparison = compareProportions(binomial(random, 2000, 0.1), binomial(random, 2000, 0.08));
        return nonInferiority(comparison, {margin: 0.2, scale: "relative"}).passed === true;
      }
    ),
    rate(
      {method: "equivalence of means", data: "normal, sd 0.2 x mean", n: 3000, note: onMargin, sides: "upper"},
      (random) => {
        const comparison = compareMeans(normals(random, 3000, 10), normals(random, 3000, 10.3));
        return equivalence(comparison, {margin: 0.3}).passed === true;
      }
    ),
    rate({method: "sample ratio mismatch, chi-square", data: "3 arms, weights 2 : 1 : 1", n: 2000}, (random) => {
      const first = random.binomial(2000, 0.5);
      const second = random.binomial(2000 - first, 0.5);
      return (sampleRatioMismatch([first, second, 2000 - first - second], [2, 1, 1]).pValue ?? 1) < 0.05;
    }),
    rate({method: "chi-square over arms", data: "4 arms, p = 0.1", n: 1000}, (random) => {
      const successes = Array.from({length: 4}, () => random.binomial(1000, 0.1));
      return (chiSquareIndependence(successes, [1000, 1000, 1000, 1000]).pValue ?? 1) < 0.05;
    })
  ];
};

function normals(random: Random, n: number, mean: number): Moments {
  return sumUnits(
    n,
    (unit) => {
      unit.y = mean + 2 * random.normal();
    },
    {y: 10}
  );
}

function binomial(random: Random, n: number, p: number): Moments {
  const successes = random.binomial(n, p);
  return momentsFromSums(n, {y: successes, yy: successes});
}
