import {createHash} from "node:crypto";
import {describe, expect, it} from "vitest";
import {sha256} from "../../lib/experiment/sha256.ts";

describe("sha256(text)", () => {
  it.each([
    // FIPS 180-4 examples, https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ],
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]
  ])("of %j is the standard's", (text, hash) => {
    expect(sha256(text)).toBe(hash);
  });

  it("equals Node's at every length around the blocks, and beyond ASCII", () => {
    for (let length = 50; length < 135; ++length) {
      const text = "é€😀a".repeat(20).slice(0, length) + "x".repeat(length);
      expect(sha256(text)).toBe(createHash("sha256").update(text).digest("hex"));
    }
  });
});
