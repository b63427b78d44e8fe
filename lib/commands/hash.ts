import {createHash} from "node:crypto";

/** Returns the SHA-256 of texts and bytes, one after another, in hexadecimal; each is preceded by its length. */
export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(`${typeof part === "string" ? Buffer.byteLength(part) : part.byteLength}:`);
    hash.update(part);
  }
  return hash.digest("hex");
}
