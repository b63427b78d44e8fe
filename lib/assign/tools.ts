// The second table of contents: what servers and builds use beside index.ts; not for browsers.
export {fileSink} from "./fileSink.ts";
export type {FileSinkOptions} from "./fileSink.ts";
export {findForbiddenChanges} from "./findForbiddenChanges.ts";
export {canMove} from "./lifecycle.ts";
export {logFacts} from "./logFacts.ts";
export type {LogFactsOptions} from "./logFacts.ts";
export {postSync} from "./postSync.ts";
export {prepareExperiments} from "./prepareExperiments.ts";
export type {CheckOptions} from "./prepareExperiments.ts";
