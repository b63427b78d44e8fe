export {changePower, changeUnits, halving} from "./changePower.ts";
export {noveltyOf} from "./noveltyOf.ts";
export type {NoveltyOptions} from "./noveltyOf.ts";
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
