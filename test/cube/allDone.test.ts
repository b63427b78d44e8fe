import {describe, expect, it} from "vitest";
import {allDone} from "../../lib/cube/allDone.ts";

describe("allDone(tasks)", () => {
  it("returns what each task gave, in their order", async () => {
    expect(await allDone([Promise.resolve(1), Promise.resolve("two")])).toEqual([1, "two"]);
  });

  it("throws what the first task threw, once no other is at work", async () => {
    let worked = false;
    const slow = new Promise<void>((resolve) =>
      setTimeout(() => {
        worked = true;
        resolve();
      }, 20)
    );
    await expect(allDone([Promise.reject(new Error("first")), slow])).rejects.toThrow("first");
    expect(worked).toBe(true);
  });
});
