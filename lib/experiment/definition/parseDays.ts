/**
 * Returns a time of the definitions in days: "7d" is 7. Windows, covariates, lateness and schedules are written so.
 *
 * @throws {TypeError} if the text is not a whole number of days from 1d to 9999d
 * @example parseDays("7d") // 7
 */
export function parseDays(days: string): number {
  if (!/^[1-9]\d{0,3}d$/.test(days)) throw new TypeError(`invalid days; not a number of days such as 7d: ${days}`);
  return Number(days.slice(0, -1));
}
