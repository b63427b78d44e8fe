import {checkCount, checkPositive, checkProbability} from "./checks.ts";

/** What counts as unusual. */
export interface TrafficAnomalyOptions {
  /** Volumes before the last that it is held against, at most; defaults to 7. */
  window?: number;
  /** Standard deviations below their mean; positive, defaults to 3. */
  zThreshold?: number;
  /** Where all of them are equal: the share of the mean that has to be missing; in (0, 1), defaults to 0.5. */
  dropThreshold?: number;
}

/** The last volume against those before it. */
export interface TrafficAnomaly {
  /** Mean of the volumes before; null with fewer than three volumes. */
  mean: number | null;
  /** Their standard deviation, by n - 1; null with fewer than three volumes. */
  sd: number | null;
  /** (last - mean) / sd; null with fewer than three volumes or where sd is 0. */
  zScore: number | null;
  /** Whether the last volume is unusually low; never for one that is high. */
  anomaly: boolean;
  /** Why a number is null, or null. */
  reason: string | null;
}

/**
 * Returns whether the last of a series of volumes, such as new units per day, is far below the window before it. Fewer
 * than three volumes are no anomaly. A rule of thumb, not a test with an error rate: warn by it, do not block.
 *
 * @param volumes numbers from 0 up, in order of time
 * @throws {RangeError} if a volume or an option is out of range
 * @example trafficAnomaly([100, 101, 98, 103, 99, 100, 102, 60]).anomaly // true
 */
export function trafficAnomaly(
  volumes: readonly number[],
  {window = 7, zThreshold = 3, dropThreshold = 0.5}: TrafficAnomalyOptions = {}
): TrafficAnomaly {
  checkCount("window", window);
  checkPositive("zThreshold", zThreshold);
  checkProbability("dropThreshold", dropThreshold);
  for (const volume of volumes) {
    if (!(0 <= volume && volume < Infinity)) {
      throw new RangeError(`invalid volumes; not numbers from 0 up: ${volume}`);
    }
  }
  const before = volumes.slice(Math.max(0, volumes.length - 1 - window), -1);
  const last = volumes[volumes.length - 1];
  if (volumes.length < 3 || before.length < 2 || last === undefined) {
    return {mean: null, sd: null, zScore: null, anomaly: false, reason: "fewer than three volumes"};
  }
  const mean = before.reduce((sum, volume) => sum + volume, 0) / before.length;
  const squares = before.reduce((sum, volume) => sum + (volume - mean) ** 2, 0);
  const sd = Math.sqrt(squares / (before.length - 1));
  if (sd === 0) {
    const anomaly = last < mean * (1 - dropThreshold);
    return {mean, sd, zScore: null, anomaly, reason: "the volumes before are all equal"};
  }
  const zScore = (last - mean) / sd;
  return {mean, sd, zScore, anomaly: zScore < -zThreshold, reason: null};
}
