/**
 * Returns what can be read of a file as it was before gzip packed it: a built site has each readout packed only, the
 * preview has it plain, and some hosts unpack it on the way.
 */
export function unpacked(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Response {
  const [first, second] = new Uint8Array(bytes.slice(0, 2));
  const plain = new Response(bytes);
  if (first !== 0x1f || second !== 0x8b || !plain.body) return plain;
  return new Response(plain.body.pipeThrough(new DecompressionStream("gzip")));
}
