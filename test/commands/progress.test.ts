import {describe, expect, it} from "vitest";
import {createProgress, isInteractive} from "../../lib/commands/progress.ts";
import {rememberSecrets} from "../../lib/commands/secrets.ts";

function recorder(columns = 80) {
  const written: string[] = [];
  return {written, stream: {isTTY: true, columns, write: (text: string) => written.push(text)}};
}

describe("createProgress(total, {interactive: false})", () => {
  it("writes a line for each step, without any control character", () => {
    const {written, stream} = recorder();
    const progress = createProgress(2, {stream, interactive: false});
    progress.start("green");
    progress.step("green");
    progress.note("blue: stale");
    progress.step("blue\u001b[2J\u0007");
    progress.done();
    expect(written).toEqual(["1/2 green\n", "blue: stale\n", "2/2 blue\n"]);
  });

  it("says what it begins where the number of steps is not known", () => {
    const {written, stream} = recorder();
    createProgress(0, {stream, interactive: false}).start("reading events");
    expect(written).toEqual(["reading events\n"]);
  });

  it("shows no secret", () => {
    rememberSecrets([{name: "TOKEN", value: "t0ps3cret"}]);
    const {written, stream} = recorder();
    createProgress(1, {stream, interactive: false}).step("reading t0ps3cret");
    expect(written).toEqual(["1/1 reading ${TOKEN}\n"]);
  });
});

describe("createProgress(total, {interactive: true})", () => {
  it("draws a bar over itself and takes it away in the end", () => {
    const {written, stream} = recorder();
    const progress = createProgress(4, {stream, interactive: true});
    progress.start("green");
    progress.step();
    progress.done();
    expect(written).toEqual([
      "░░░░░░░░░░░░░░░░░░░░ 0/4 green",
      "\r\u001b[2K",
      "█████░░░░░░░░░░░░░░░ 1/4 green",
      "\r\u001b[2K"
    ]);
  });

  it("keeps notes above the bar", () => {
    const {written, stream} = recorder();
    const progress = createProgress(1, {stream, interactive: true});
    progress.step("green");
    progress.note("careful");
    expect(written.slice(1)).toEqual(["\r\u001b[2K", "careful\n", "████████████████████ 1/1 green"]);
  });

  it("never fills the line, so that it can be cleared", () => {
    const {written, stream} = recorder(30);
    createProgress(1, {stream, interactive: true}).step("x".repeat(100));
    expect([...(written[0] ?? "")]).toHaveLength(29);
  });

  it("does not count beyond the total", () => {
    const {written, stream} = recorder();
    const progress = createProgress(1, {stream, interactive: true});
    progress.step("a");
    progress.step("b");
    expect(written.at(-1)).toContain("1/1 b");
  });
});

describe("isInteractive(stream, environment)", () => {
  it.each([
    [{isTTY: true}, {}, true],
    [{isTTY: true}, {CI: "false"}, true],
    [{isTTY: true}, {CI: "true"}, false],
    [{isTTY: true}, {CI: "1"}, false],
    [{isTTY: true}, {TERM: "dumb"}, false],
    [{isTTY: false}, {}, false],
    [{}, {}, false]
  ])("of %j in %j is %s", (stream, environment, expected) => {
    expect(isInteractive({...stream, write: () => true}, environment)).toBe(expected);
  });
});
