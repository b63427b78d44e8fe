/** One figure of a benchmark. */
export type Measured = {
  name: string;
  value: number;
  /** Of the value, such as `ms` or `kB gzipped`. */
  unit: string;
  /** The most that the value may be, in the same unit, where the project has promised one. */
  bound?: number;
};

/** A suite: the one export `bench` of each file beside this one. */
export type Bench = () => Promise<Measured[]>;

/**
 * Returns the milliseconds of one call, the median over `rounds` after one call that does not count; `times` calls make a
 * round where one is too short for the clock.
 */
export function milliseconds(
  f: () => unknown,
  {rounds = 5, times = 1}: {rounds?: number; times?: number} = {}
): number {
  f();
  const taken = Array.from({length: rounds}, () => {
    const start = performance.now();
    for (let i = 0; i < times; ++i) f();
    return (performance.now() - start) / times;
  });
  return taken.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? NaN;
}
