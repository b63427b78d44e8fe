// The second table of contents: what servers and builds use beside index.ts; not for browsers.
export {BUCKETS} from "./bucket.ts";
export {fileSink} from "./fileSink.ts";
export type {FileSinkOptions} from "./fileSink.ts";
export {findForbiddenChanges} from "./findForbiddenChanges.ts";
export {murmur3Bytes} from "./hash.ts";
export {canMove, statuses} from "./lifecycle.ts";
export {logFacts} from "./logFacts.ts";
export type {LogFactsOptions} from "./logFacts.ts";
export {postSync} from "./postSync.ts";
export {prepareExperiments} from "./prepareExperiments.ts";
export type {CheckOptions} from "./prepareExperiments.ts";
export {batchText} from "./sink.ts";
export {compareVersions, parseVersion} from "./version.ts";
export type {Version} from "./version.ts";
