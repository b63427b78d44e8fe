/**
 * Returns the MurmurHash3 (x86, 32 bits) of bytes: an unsigned integer in [0, 2^32). The algorithm is public and exists in every
 * language, so that a server, a phone and the readout agree on a unit's bucket. It is not a secret: who knows the salt can work out
 * the variant.
 *
 * @param bytes what to hash; empty is allowed
 * @param seed an unsigned 32-bit integer; defaults to 0
 * @param length how many of the bytes to hash; defaults to all
 * @see Appleby, https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp (public domain)
 * @example murmur3Bytes(new Uint8Array([0x21, 0x43, 0x65, 0x87])) // 0xf55b516b
 */
export function murmur3Bytes(bytes: Uint8Array, seed = 0, length = bytes.length): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let hash = seed;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    hash ^= scramble(view.getUint32(i, true));
    hash = (hash << 13) | (hash >>> 19);
    hash = Math.imul(hash, 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let shift = 0; i < length; ++i, shift += 8) tail |= view.getUint8(i) << shift;
  hash ^= scramble(tail) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Returns the MurmurHash3 (x86, 32 bits) of a text's UTF-8 bytes: an unsigned integer in [0, 2^32). The text is taken as it is: no
 * trimming, no change of case, no Unicode normalization. A lone surrogate counts as U+FFFD, as in TextEncoder.
 *
 * @param text what to hash; "" with seed 0 gives 0
 * @param seed an unsigned 32-bit integer; defaults to 0
 * @example murmur3("Hello, world!") // 0xc0363e43
 */
export function murmur3(text: string, seed = 0): number {
  if (buffer.length < text.length * 3) buffer = new Uint8Array(text.length * 6);
  return murmur3Bytes(buffer, seed, encode(text, buffer));
}

const encoder = new TextEncoder();
let buffer = new Uint8Array(1024);

// The encoder is about three times as slow as this loop on texts as short as ids, which are mostly ASCII.
function encode(text: string, bytes: Uint8Array): number {
  for (let i = 0; i < text.length; ++i) {
    const code = text.charCodeAt(i);
    if (code > 127) return encoder.encodeInto(text, bytes).written;
    bytes[i] = code;
  }
  return text.length;
}

function scramble(k: number): number {
  k = Math.imul(k, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}
