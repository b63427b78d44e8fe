/** Why rows do not count, as `reason` says it, and in words. Those marked as kept are counted but not left out. */
export const reasons = {
  "missing-unit": "the unit is blank",
  "unparseable-timestamp": "the timestamp cannot be read",
  "unknown-variant": "the variant is not one of the experiment's",
  "before-start": "exposed before the experiment's start",
  "two-variants": "units seen in two variants; out on every day",
  "not-activated": "exposed, but the activation event did not follow",
  "after-as-of": "after the last complete day",
  "duplicated-row": "identical to another row; counted once",
  "duplicated-row-kept": "identical to another row; kept, since the timestamps have no time of day",
  "repeated-unit": "another row of the same unit; the first counts",
  "without-exposure": "the unit was never exposed",
  "excluded-unit": "the unit does not count",
  "before-exposure": "before the exposure, and before any covariate looks",
  "not-numeric": "the value is not a number",
  "negative-value": "the value is negative",
  "missing-value": "the value is blank"
} as const;

/** One of the reasons. */
export type Reason = keyof typeof reasons;
