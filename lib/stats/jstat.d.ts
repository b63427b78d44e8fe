declare module "jstat" {
  /** The part of jStat that is used here; the package ships no types. */
  const jStat: {readonly normal: {pdf(x: number, mean: number, standardDeviation: number): number}};
  export default jStat;
}
