/**
 * The library, safe for browsers: no engine, no file, no clock is in it. The engines are in lib/cube, the commands in
 * lib/commands, assignment in lib/assign.
 */
export * as stats from "./stats/index.ts";
export * as sequential from "./sequential/index.ts";
export * as experiment from "./experiment/index.ts";
export {cubeTable, cubeTableFromColumns, dimensionColumn} from "./cube/cubeTable.ts";
export {momentsAsOf, momentsByDate, momentsOfEntries, valuesOf} from "./cube/reader.ts";
export type {Columns, CubeTable} from "./cube/cubeTable.ts";
export type {ArmMoments, DatedMoments, Selection} from "./cube/reader.ts";
