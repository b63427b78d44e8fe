import {dirname, join, resolve} from "node:path";

/** Returns the private store beside the data folder: what is in it is safe to delete and costs a full read. */
export function storeFolder(dataDir: string): string {
  return join(dirname(resolve(dataDir)), ".readout", "store");
}
