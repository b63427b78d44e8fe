export {beta, chiSquare, F, normal, t} from "./distributions.ts";
export {noncentralT} from "./noncentralT.ts";
export {sums} from "./moments.ts";
export type {Letter, Moments, Origin, Sum} from "./moments.ts";
