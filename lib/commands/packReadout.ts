import {promisify} from "node:util";
import {gzip} from "node:zlib";

/** What a site calls an experiment's `readout.json`. */
export const packedReadout = "readout.json.gz";

/** Returns `readout.json` as a site holds it, packed: it is the largest text of an experiment, and it is there only so. */
export function packReadout(text: Uint8Array): Promise<Uint8Array> {
  return promisify(gzip)(text, {level: 9});
}
