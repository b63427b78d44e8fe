import {mkdir, mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, it} from "vitest";
import {DefinitionsError, UserError, describeError, exitCodeOf} from "../../lib/commands/errors.ts";
import {loadDefinitions} from "../../lib/commands/loadDefinitions.ts";
import {decode} from "../../lib/commands/readDefinitionFiles.ts";
import {knownSecrets, redacted} from "../../lib/commands/secrets.ts";

const experiment = `title: Green
start: 2026-01-05
exposures: users
variants: {control: {role: control, weight: 0.5}, green: {weight: 0.5}}
metrics: {primary: [purchase]}
`;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "readout-definitions-"));
  await mkdir(join(folder, "experiments"));
  await writeFile(join(folder, "experiments", "green.yaml"), experiment);
  await writeFile(join(folder, "metrics.yaml"), "purchase: {kind: proportion, value: bought}\n");
  await writeFile(
    join(folder, "sources.yaml"),
    'connections: {db: {engine: postgres, url: "${URL}"}}\nfacts: {users: {shape: units, connection: db, table: t, variant: v}}\n'
  );
});
afterEach(() => rm(folder, {recursive: true, force: true}));

const environment = {URL: "postgres://u:f0rgetme@h/d"};

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error
  );
}

describe("loadDefinitions(dataDir)", () => {
  it("reads .yaml and .yml in the order of their names, and nothing else", async () => {
    await writeFile(join(folder, "experiments", "blue.yml"), experiment);
    await writeFile(join(folder, "experiments", "README.md"), "not one");
    await writeFile(join(folder, "experiments", ".hidden.yaml"), "not one");
    await writeFile(join(folder, "notes.yaml"), "not one");
    const {experiments} = await loadDefinitions(folder, {environment});
    expect(experiments.map(({id}) => id)).toEqual(["blue", "green"]);
  });

  it("remembers the secrets of this process", async () => {
    await loadDefinitions(folder, {environment});
    expect(knownSecrets()).toContainEqual({name: "URL", value: "f0rgetme"});
    expect(redacted("password f0rgetme refused")).toBe("password ${URL} refused");
    expect(describeError(new Error("password f0rgetme refused"))).not.toContain("f0rgetme");
  });

  it("throws all errors at once, with the exit code for definitions", async () => {
    await writeFile(join(folder, "experiments", "green.yaml"), experiment.replace("[purchase]", "[purchse]"));
    await writeFile(join(folder, "metrics.yaml"), Buffer.from([0x61, 0x3a, 0x0a, 0xff, 0x0a]));
    const error = await failure(loadDefinitions(folder, {environment}));
    expect(error).toBeInstanceOf(DefinitionsError);
    expect(exitCodeOf(error)).toBe(2);
    expect(describeError(error)).toMatch(
      /metrics\.yaml:1:1: invalid encoding; expected UTF-8, found byte 0xff on line 2; .*\n1 error in metrics\.yaml$/
    );
  });

  it("says which of its files is missing", async () => {
    await rm(join(folder, "sources.yaml"));
    await rm(join(folder, "metrics.yaml"));
    const message = describeError(await failure(loadDefinitions(folder)));
    expect(message).toMatch(/metrics\.yaml:1:1: missing file; expected metrics by name/);
    expect(message).toMatch(/sources\.yaml:1:1: missing file; expected facts by name/);
  });

  it.each([
    ["the folder", ".", /^missing folder: .*; expected experiments/],
    ["experiments/", "experiments", /^missing folder: .*experiments; expected <id>\.yaml in it$/],
    ["any experiment", "experiments/green.yaml", /^missing experiments: no \.yaml file in /]
  ])("says that %s is missing", async (_, path, expected) => {
    await rm(join(folder, path), {recursive: true});
    const error = await failure(loadDefinitions(folder));
    expect(error).toBeInstanceOf(UserError);
    expect(describeError(error)).toMatch(expected);
  });

  it("reports a folder in the place of a file", async () => {
    await rm(join(folder, "metrics.yaml"));
    await mkdir(join(folder, "metrics.yaml"));
    const message = describeError(await failure(loadDefinitions(folder, {environment})));
    expect(message).toContain("metrics.yaml:1:1: invalid file; cannot be read: it is a folder");
  });
});

describe("decode(bytes)", () => {
  it("reads UTF-8, with or without a mark in front", () => {
    expect(decode(Buffer.from("größe €😀"))).toEqual({text: "größe €😀"});
    expect(decode(Buffer.from("\ufeffa: 1"))).toEqual({text: "a: 1"});
    expect(decode(new Uint8Array())).toEqual({text: ""});
  });

  it.each([
    ["Latin-1", Buffer.from("a: 1\nb: caf\xe9\nc: 1", "latin1"), "found byte 0xe9 on line 2"],
    ["a letter cut in two at the end", Buffer.from("a\n€").subarray(0, 4), "on line 2"],
    ["UTF-16", Buffer.from("\ufeffa: 1", "utf16le"), "found: UTF-16"],
    ["a binary file", Buffer.from("PAR1\n\0\0"), "found a zero byte on line 2"]
  ])("refuses %s and says where", (_, bytes, expected) => {
    expect(decode(bytes).problem).toContain(expected);
  });
});

describe("describeError(error)", () => {
  it("gives a user's mistake one paragraph and the program's own a stack", () => {
    expect(describeError(new UserError("missing thing: x"))).toBe("missing thing: x");
    expect(describeError(new TypeError("oops"))).toMatch(/^unexpected error: TypeError: oops\n +at /);
    expect(describeError("text")).toBe("unexpected error: text");
    expect([exitCodeOf(new TypeError("oops")), exitCodeOf(new UserError("x", {exitCode: 1}))]).toEqual([2, 1]);
  });

  it("gives trouble with the file system words instead of a stack", () => {
    const error = Object.assign(new Error("ENOSPC: write"), {code: "ENOSPC", path: "/x/y"});
    expect(describeError(error)).toBe("no space left on the disk: /x/y");
  });
});
