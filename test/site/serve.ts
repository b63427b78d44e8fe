export {serveFolder as serve} from "../../lib/commands/serveFolder.ts";
export type {Served} from "../../lib/commands/serveFolder.ts";
