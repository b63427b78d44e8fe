import {normalTail} from "../stats/normalTail.ts";
import {normal} from "../stats/distributions.ts";
import {checkFinite, checkPositive, checkProbability} from "./checks.ts";

/** The spending functions by name; `table` interpolates a table of one's own. */
export type SpendingName = "obrien-fleming" | "pocock" | "hwang-shih-decani" | "kim-demets" | "table";

/** How an error probability is spent over information. */
export interface SpendingOptions {
  /** Defaults to `obrien-fleming`. */
  spending?: SpendingName;
  /** For `hwang-shih-decani`: any number, negative spends late, 0 evenly, positive early; defaults to -4. */
  gamma?: number;
  /** For `kim-demets`: a positive power of the fraction, 1 spends evenly, more spends late; defaults to 3. */
  rho?: number;
  /**
   * For `table`: pairs [fraction, share of alpha spent until then], both rising, straight lines between them, from
   * [0, 0] and up to [1, 1], which need not be listed.
   */
  table?: readonly (readonly [number, number])[];
}

/**
 * Returns how much of an error probability is spent until an information fraction, over one side: 0 at 0, all of it from
 * 1 on. A two-sided test spends half of its alpha on each side, each half by this function.
 *
 * - `obrien-fleming`: 2 - 2 Φ(z / sqrt(t)) with Φ(z) = 1 - alpha/2 (Lan & DeMets)
 * - `pocock`: alpha ln(1 + (e - 1) t) (Lan & DeMets)
 * - `hwang-shih-decani`: alpha (1 - exp(-gamma t)) / (1 - exp(-gamma))
 * - `kim-demets`: alpha t^rho
 *
 * @param fraction information as a share of the planned one; not negative, may pass 1
 * @param alpha what there is to spend on this side; in (0, 1)
 * @throws {RangeError} if the fraction, alpha, a parameter or the table is out of range
 * @see Lan & DeMets (1983), Biometrika 70:659-663, https://doi.org/10.1093/biomet/70.3.659
 * @see Hwang, Shih & DeCani (1990), Stat. Med. 9:1439-1445; Kim & DeMets (1987), Biometrika 74:149-154
 * @example spentAlpha(0.5, 0.025) // 0.00152532…
 */
export function spentAlpha(
  fraction: number,
  alpha: number,
  {spending = "obrien-fleming", gamma = -4, rho = 3, table}: SpendingOptions = {}
): number {
  checkProbability("alpha", alpha);
  if (!(0 <= fraction && fraction < Infinity)) {
    throw new RangeError(`invalid fraction; not a number from 0 up: ${fraction}`);
  }
  const t = Math.min(1, fraction);
  if (spending === "table") return alpha * tableShare(t, table);
  if (t === 0) return 0;
  if (spending === "hwang-shih-decani") checkFinite("gamma", gamma);
  if (spending === "kim-demets") checkPositive("rho", rho);
  if (t === 1 && isKnown(spending)) return alpha;
  switch (spending) {
    case "obrien-fleming":
      return 2 * normalTail(normal.upperQuantile(alpha / 2) / Math.sqrt(t));
    case "pocock":
      return alpha * Math.log1p((Math.E - 1) * t);
    case "kim-demets":
      return alpha * Math.pow(t, rho);
    case "hwang-shih-decani":
      if (gamma === 0) return alpha * t;
      // For a negative gamma exp(-gamma) may overflow where the ratio does not.
      if (gamma < 0) return (alpha * Math.exp(gamma * (1 - t)) * Math.expm1(gamma * t)) / Math.expm1(gamma);
      return (alpha * Math.expm1(-gamma * t)) / Math.expm1(-gamma);
    default:
      throw new RangeError(`unknown spending: ${String(spending)}`);
  }
}

function isKnown(spending: string): boolean {
  return ["obrien-fleming", "pocock", "hwang-shih-decani", "kim-demets"].includes(spending);
}

function tableShare(t: number, table: SpendingOptions["table"]): number {
  if (table === undefined || table.length === 0) throw new RangeError("missing table: spending is `table`");
  let before: readonly [number, number] = [0, 0];
  let share: number | null = t === 0 ? 0 : null;
  for (const row of [...table, [1, 1] as const]) {
    const [fraction, spent] = row;
    if (!(0 < fraction && fraction <= 1 && 0 <= spent && spent <= 1)) {
      throw new RangeError(`invalid table; not a fraction and a share in [0, 1]: ${fraction}, ${spent}`);
    }
    if (fraction === 1 && before[0] === 1) break;
    if (!(fraction > before[0] && spent >= before[1])) {
      throw new RangeError(`invalid table; not rising: ${before.join(", ")} then ${fraction}, ${spent}`);
    }
    if (share === null && t <= fraction) {
      share = before[1] + ((spent - before[1]) * (t - before[0])) / (fraction - before[0]);
    }
    before = [fraction, spent];
  }
  // A table whose last row keeps some back for the end gives that at 1.
  return t === 1 ? 1 : (share ?? 1);
}
