import type {ArmSums, Policy} from "../bandit/index.ts";
import {addArms, emptyArms, epsilonGreedy, thompsonBernoulli, ucb1} from "../bandit/index.ts";
import {DAY} from "./planSimulation.ts";
import type {SimulationPlan} from "./planSimulation.ts";
import type {SimulateSpec} from "./simulateSchema.ts";
import {createRoom, simulateUnit} from "./simulateUnit.ts";

/**
 * Returns the split of each entry day as a bandit sets it, as running sums that end at 1. At the start of a day its policy sees, of all
 * units whose time to convert is over, how many of each variant did; the first days are split evenly.
 */
export function adaptiveSplit(
  plan: SimulationPlan,
  {event, policy, floor}: NonNullable<SimulateSpec["bandit"]>
): Float64Array[] {
  const code = plan.events.findIndex(({name}) => name === event);
  const spec = plan.events[code]?.spec;
  const wait = Math.ceil(spec?.kind === "conversion" ? spec.within : 1);
  const choose = policyOf(policy, floor);
  const count = plan.variants.length;
  const split: Float64Array[] = [];
  const days: ArmSums[][] = [];
  let known = emptyArms(count);
  for (let day = 0; day < plan.entries; ++day) {
    known = addArms(known, days[day - wait - 1] ?? emptyArms(count));
    split.push(cumulate(known.some(({n}) => n > 0) ? choose(known) : known.map(() => 1 / count)));
    days.push(rewardsOf({...plan, split}, day, code));
  }
  return split;
}

function policyOf(name: NonNullable<SimulateSpec["bandit"]>["policy"], floor: number): Policy {
  if (name === "thompson") return thompsonBernoulli({floor});
  return name === "ucb1" ? ucb1({floor}) : (arms) => epsilonGreedy({epsilon: floor * arms.length})(arms);
}

/** How many units of each variant entered on a day, and how many of them did it. */
function rewardsOf(plan: SimulationPlan, day: number, code: number): ArmSums[] {
  const n = plan.variants.map(() => 0);
  const hits = plan.variants.map(() => 0);
  let [variant, done, entry] = [-1, false, 0];
  const room = createRoom(plan, {
    exposure(_, time, own) {
      if (variant >= 0) return;
      [variant, entry] = [own, time];
    },
    event(_, time, kind) {
      if (kind === code && time >= entry && time < plan.days * DAY) done = true;
    }
  });
  for (let unit = plan.firstUnit[day] ?? 0; unit < (plan.firstUnit[day + 1] ?? 0); ++unit) {
    [variant, done, entry] = [-1, false, 0];
    simulateUnit(plan, unit, day, room);
    if (variant < 0) continue;
    n[variant] = (n[variant] ?? 0) + 1;
    if (done) hits[variant] = (hits[variant] ?? 0) + 1;
  }
  return n.map((units, i) => ({n: units, sum: hits[i] ?? 0, sumSquares: hits[i] ?? 0}));
}

function cumulate(shares: readonly number[]): Float64Array {
  let sum = 0;
  const cumulative = Float64Array.from(shares, (share) => (sum += share));
  cumulative[cumulative.length - 1] = 1;
  return cumulative;
}

/** Returns the probability with which a unit of an entry day got its variant. */
export function propensityOf(plan: Pick<SimulationPlan, "split" | "firstUnit">, unit: number, variant: number): number {
  let [low, high] = [0, plan.firstUnit.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((plan.firstUnit[middle] ?? 0) <= unit) low = middle;
    else high = middle - 1;
  }
  const cumulative = plan.split[low];
  return (cumulative?.[variant] ?? NaN) - (variant > 0 ? (cumulative?.[variant - 1] ?? 0) : 0);
}
