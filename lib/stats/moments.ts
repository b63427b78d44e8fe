/** The letters of a moment: y outcome (numerator), w denominator, x pre-period outcome, v pre-period denominator. */
export type Letter = "y" | "w" | "x" | "v";

/** The sums that a cube row carries beside `n`: each letter, and each pair of letters for the sum of their product. */
export const sums = ["y", "yy", "w", "ww", "x", "xx", "v", "vv", "yw", "xy", "yv", "xw", "vw", "xv"] as const;

/** The name of one sum. */
export type Sum = (typeof sums)[number];

/** The constants that sums are taken about: `y` is the sum of (value - origin.y), and so on; 0 where absent. */
export type Origin = Readonly<Partial<Record<Letter, number>>>;

/** The sums over the units of one arm; sums that a metric does not need are 0. */
export type Moments = {readonly n: number; readonly origin: Origin} & Readonly<Record<Sum, number>>;
