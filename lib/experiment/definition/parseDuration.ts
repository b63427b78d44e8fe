const milliseconds = {ms: 1, s: 1_000, m: 60_000} as const;

/**
 * Returns a time limit of the definitions in milliseconds: "10m" is 600000.
 *
 * @throws {TypeError} if the text is not a whole number of ms, s or m
 * @example parseDuration("30s") // 30000
 */
export function parseDuration(duration: string): number {
  const match = /^([1-9]\d*)(ms|s|m)$/.exec(duration);
  if (!match) throw new TypeError(`invalid duration; not a time such as 500ms, 30s or 10m: ${duration}`);
  const unit = match[2];
  return Number(match[1]) * (unit === "ms" || unit === "s" || unit === "m" ? milliseconds[unit] : NaN);
}
