export {alphaSpendingBoundaries} from "./alphaSpendingBoundaries.ts";
export type {AlphaSpendingBoundaries, AlphaSpendingOptions, TakenLook} from "./alphaSpendingBoundaries.ts";
export type {Sides} from "./checks.ts";
export {gaussLegendre} from "./gaussLegendre.ts";
export {spentAlpha} from "./spentAlpha.ts";
export type {SpendingName, SpendingOptions} from "./spentAlpha.ts";
