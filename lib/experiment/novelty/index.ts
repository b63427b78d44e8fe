export {changePower, changeUnits, halving} from "./changePower.ts";
export {noveltyOf} from "./noveltyOf.ts";
export type {NoveltyOptions} from "./noveltyOf.ts";
export {triangleCells} from "./triangleCells.ts";
export type {TriangleCell} from "./triangleCells.ts";
export {tenureSpans} from "./tenureSpans.ts";
export type {TenureSpanOptions} from "./tenureSpans.ts";
export type {
  TenureCohort,
  TenureDayRow,
  TenureEntrants,
  TenurePairRow,
  TenureRow,
  TenureSegment,
  TenureSpanRow,
  TenureSpans,
  TenureSums
} from "./tenureSums.ts";
