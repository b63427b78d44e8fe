/** What a suite is told: `quick` cuts the experiments to some hundreds, `seed` fixes every random number. */
export type ValidationOptions = {quick: boolean; seed: number};

/** One line of the validation table: one method on one kind of data. */
export type ValidationRow = {
  /** The method, such as `Welch` or `group-sequential, O'Brien-Fleming, 5 looks`. */
  method: string;
  /** The kind of data with its parameters, such as `lognormal, sd 3 x mean`. */
  data: string;
  /** Units per arm, in words where arms differ; a number where all have the same. */
  n: number | string;
  /** Simulated experiments behind each rate; for coverage as many again, with a true effect. */
  experiments: number;
  /** Share of experiments without an effect that were called significant, in [0, 1]; null if not measured. */
  falsePositiveRate: number | null;
  /** Share of experiments whose interval held the true effect, in [0, 1]; null if not measured. */
  coverage: number | null;
  /** The false-positive rate that the method promises; coverage is held against 1 - nominal. */
  nominal: number;
  /** How far from nominal the method may be here, beyond 4 Monte Carlo errors; declared, not fitted. */
  allowance: number;
  /** The Monte Carlo error of one rate: sqrt(nominal (1 - nominal) / experiments). */
  monteCarloError: number;
  /** `pass`; `expected-fail` where the method is known not to hold here, and did not; `fail` ends the run with 1. */
  verdict: "pass" | "expected-fail" | "fail";
  /** Why an allowance is not 0 or a failure is expected, and anything a reader of the table should know. */
  note?: string;
};

/** A suite: the one export `validate` of each file beside this one. */
export type Validate = (options: ValidationOptions) => Promise<ValidationRow[]>;

/** What a suite measured and declared, from which `row` makes the verdict. */
export type Measured = {
  method: string;
  data: string;
  n: number | string;
  experiments: number;
  falsePositiveRate: number | null;
  coverage: number | null;
  nominal?: number;
  /** Beyond 4 Monte Carlo errors, either side. */
  allowance?: number;
  /** `two` refuses a rate too low as well as too high; `upper` only false positives too many or coverage too low. */
  sides?: "two" | "upper";
  /** Why the method is known to fail on these data; if it does not fail, the row says `pass`. */
  expectedToFail?: string;
  note?: string;
};

/**
 * Returns the row with its verdict: every rate that was measured must be within 4 Monte Carlo errors plus the
 * allowance of nominal (false positives) or 1 - nominal (coverage). With `sides: "upper"` a conservative method, such
 * as an always-valid interval, passes however conservative it is.
 */
export function row({
  nominal = 0.05,
  allowance = 0,
  sides = "two",
  expectedToFail,
  note,
  experiments,
  falsePositiveRate,
  coverage,
  ...names
}: Measured): ValidationRow {
  const monteCarloError = Math.sqrt((nominal * (1 - nominal)) / experiments);
  const room = 4 * monteCarloError + allowance;
  const excess = [
    ...(falsePositiveRate === null ? [] : [falsePositiveRate - nominal]),
    ...(coverage === null ? [] : [1 - coverage - nominal])
  ];
  const inside = excess.every((e) => e <= room && (sides === "upper" || e >= -room));
  const verdict = inside ? "pass" : expectedToFail ? "expected-fail" : "fail";
  const notes = [expectedToFail && `expected to fail: ${expectedToFail}`, note].filter(Boolean).join("; ");
  return {
    ...names,
    experiments,
    falsePositiveRate,
    coverage,
    nominal,
    allowance,
    monteCarloError,
    verdict,
    ...(notes ? {note: notes} : {})
  };
}
