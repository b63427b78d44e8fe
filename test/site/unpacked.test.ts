import {gzipSync} from "node:zlib";
import {describe, expect, it} from "vitest";
import {unpacked} from "../../src/components/page/unpacked.ts";

const bytes = (content: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(content);

describe("unpacked(bytes)", () => {
  const plain = Buffer.from('{"title": "Übersicht"}');
  it("reads a packed file and a plain one alike", async () => {
    for (const content of [plain, gzipSync(plain)]) {
      expect(await unpacked(bytes(content)).json()).toEqual({title: "Übersicht"});
      expect(await unpacked(bytes(content).buffer).text()).toBe(String(plain));
    }
  });
  it("refuses a packed file that is cut off, and what is no JSON", async () => {
    await expect(unpacked(bytes(gzipSync(plain).subarray(0, 25))).json()).rejects.toThrow();
    await expect(unpacked(bytes(new Uint8Array())).json()).rejects.toThrow();
  });
});
