import {noveltyOf} from "../../lib/experiment/novelty/index.ts";
import {createRandom} from "../random.ts";
import {drawTenure} from "../validate/noveltyWorlds.ts";
import {milliseconds} from "./measured.ts";
import type {Measured} from "./measured.ts";

/** The novelty section of 56 days, 3 arms and 10 metrics, from tenure rows. */
export async function bench(): Promise<Measured[]> {
  const random = createRandom(6);
  const units = {control: 1120, first: 1120, second: 1120};
  const metrics = Array.from({length: 10}, (_, i) =>
    drawTenure(random, {units, cohorts: 56, asOf: 56, lift: (day) => 0.1 + 0.02 * i * Math.exp(-day / 5)})
  );
  const rows = metrics.reduce((sum, {days, products}) => sum + days.length + products.length, 0);
  const variants = {control: "control", treatments: ["first", "second"]};
  const all = (bands: "joint" | "none") => () => metrics.map((sums) => noveltyOf(sums, variants, {bands}));
  return [
    {
      name: "novelty of 56 days, 3 arms, 10 metrics, simultaneous bands apart",
      value: milliseconds(all("none"), {rounds: 25}),
      unit: "ms",
      bound: 50
    },
    {
      name: "novelty of 56 days, 3 arms, 10 metrics, with simultaneous bands",
      value: milliseconds(all("joint"), {rounds: 3}),
      unit: "ms"
    },
    {name: "rows it is computed from", value: rows, unit: "rows"}
  ];
}
