import type {Letter, Origin, Sum} from "../stats/moments.ts";

/** Sums of whole numbers of steps, exact; `values` in the order of the metric's sums. */
export interface ExactSums {
  touched: bigint;
  n: bigint;
  values: bigint[];
}

/** The value of one step of each letter: divide a whole number by it. */
export type Divisors = Readonly<Partial<Record<Letter, number>>>;

/** Returns sums of nothing. */
export function noSums(length: number): ExactSums {
  return {touched: 0n, n: 0n, values: Array.from({length}, () => 0n)};
}

/** Adds the second to the first. */
export function addSums(to: ExactSums, from: ExactSums): void {
  to.touched += from.touched;
  to.n += from.n;
  from.values.forEach((value, i) => (to.values[i] = (to.values[i] ?? 0n) + value));
}

/**
 * Returns whole-number origins of a metric's letters, as steps: 0 where they bring nothing, and near the mean where
 * the standard deviation is less than a thousandth of it, so that it survives in a double. They are multiples of a
 * power of 2 near the standard deviation, and exact as doubles.
 */
export function chooseOrigins(letters: readonly Sum[], {n, values}: ExactSums): Map<Letter, bigint> {
  const origins = new Map<Letter, bigint>();
  for (const letter of ["y", "w", "x", "v"] as const) {
    const sum = values[letters.indexOf(letter)];
    const square = values[letters.findIndex((pair) => pair === letter + letter)];
    if (sum === undefined || square === undefined || n < 2n) continue;
    const variance = n * square - sum * sum;
    if (sum * sum <= 1_000_000n * variance || sum === 0n) continue;
    const mean = sum / n;
    const deviation = variance === 0n ? 1n : squareRoot(variance) / n;
    const bits = BigInt(Math.max(bitLength(deviation) - 1, bitLength(mean) - 53, 0));
    origins.set(letter, ((mean + ((1n << bits) >> 1n)) >> bits) << bits);
  }
  return origins;
}

/**
 * Returns what writes a metric's sums as doubles about the origins, each rounded once:
 * Σ(a - p)(b - q) = Σab - qΣa - pΣb + npq.
 */
export function centring(
  letters: readonly Sum[],
  origins: ReadonlyMap<Letter, bigint>,
  divisors: Divisors
): (from: ExactSums, to: Partial<Record<Sum, number>>) => void {
  const sums = letters.map((sum, at) => {
    const [a, b] = [...sum] as [Letter, Letter?];
    const [p, q] = [a, b].map((letter) => (letter === undefined ? 0n : (origins.get(letter) ?? 0n)));
    const [ofA, ofB] = [a, b].map((letter) => letters.findIndex((other) => other === letter));
    return {
      sum,
      at,
      p: p!,
      q: q!,
      ofA: ofA!,
      ofB: ofB!,
      single: b === undefined,
      a: divisors[a] ?? 1,
      b: divisors[b!] ?? 1
    };
  });
  return ({n, values}, to) => {
    const of = (at: number): bigint => values[at] ?? 0n;
    for (const {sum, at, p, q, ofA, ofB, single, a, b} of sums) {
      if (single) to[sum] = Number(p === 0n ? of(at) : of(at) - n * p) / a;
      else {
        const exact = p === 0n && q === 0n ? of(at) : of(at) - q * of(ofA) - p * of(ofB) + n * p * q;
        to[sum] = Number(exact) / a / b;
      }
    }
  };
}

/** Returns origins in the metric's own unit. */
export function originOf(origins: ReadonlyMap<Letter, bigint>, divisors: Divisors): Origin {
  return Object.fromEntries([...origins].map(([letter, steps]) => [letter, Number(steps) / (divisors[letter] ?? 1)]));
}

function bitLength(value: bigint): number {
  return (value < 0n ? -value : value).toString(2).length;
}

/** The whole square root, by Newton's method. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
