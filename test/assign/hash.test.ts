import {describe, expect, it} from "vitest";
import {murmur3} from "../../lib/assign/index.ts";
import {murmur3Bytes} from "../../lib/assign/tools.ts";

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));

describe("murmur3Bytes(bytes, seed)", () => {
  // The bytes' vectors are Ian Boyd's, https://stackoverflow.com/a/31929528; each tests one trap: sign, tail lengths, seed, byte order.
  it.each([
    ["", 0, 0],
    ["", 1, 0x514e28b7],
    ["", 0xffffffff, 0x81f16f39],
    ["ffffffff", 0, 0x76293b50],
    ["21436587", 0, 0xf55b516b],
    ["21436587", 0x5082edee, 0x2362f9de],
    ["214365", 0, 0x7e4a8634],
    ["2143", 0, 0xa0f7b07a],
    ["21", 0, 0x72661cf4],
    ["00000000", 0, 0x2362f9de],
    ["000000", 0, 0x85f0b427],
    ["0000", 0, 0x30f4c306],
    ["00", 0, 0x514e28b7]
  ])("hashes the published vector %s with seed %i", (hex, seed, expected) => {
    expect(murmur3Bytes(bytes(hex), seed)).toBe(expected);
  });

  it("passes the author's own check over 256 keys and seeds: SMHasher's VerificationTest gives 0xB0F57EE3", () => {
    const hashes = new DataView(new ArrayBuffer(1024));
    const key = Uint8Array.from({length: 256}, (_, i) => i);
    for (let i = 0; i < 256; ++i) hashes.setUint32(i * 4, murmur3Bytes(key.subarray(0, i), 256 - i), true);
    expect(murmur3Bytes(new Uint8Array(hashes.buffer))).toBe(0xb0f57ee3);
  });

  it("reads from where a view begins", () => {
    expect(murmur3Bytes(bytes("ffff21436587").subarray(2))).toBe(0xf55b516b);
  });
});

describe("murmur3(text, seed)", () => {
  // Published beside the vectors above, and in Wikipedia's article on MurmurHash.
  it.each([
    ["test", 0, 0xba6bd213],
    ["test", 0x9747b28c, 0x704b81dc],
    ["Hello, world!", 0, 0xc0363e43],
    ["Hello, world!", 0x9747b28c, 0x24884cba],
    ["The quick brown fox jumps over the lazy dog", 0, 0x2e4ff723],
    ["The quick brown fox jumps over the lazy dog", 0x9747b28c, 0x2fa826cd],
    ["aaaa", 0x9747b28c, 0x5a97808a],
    ["abc", 0x9747b28c, 0xc84a62dd],
    ["ππππππππ", 0x9747b28c, 0xd58063c1]
  ])("hashes the published vector %s with seed %i", (text, seed, expected) => {
    expect(murmur3(text, seed)).toBe(expected);
  });

  it.each(["é", "用户", "👩‍🚀", "a\ud800b", "\udc00", "x".repeat(5000), "ü".repeat(5000), ""])(
    "hashes UTF-8 as TextEncoder writes it",
    (text) => {
      expect(murmur3(text)).toBe(murmur3Bytes(new TextEncoder().encode(text)));
    }
  );
});
