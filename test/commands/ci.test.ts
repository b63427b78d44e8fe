import {spawnSync} from "node:child_process";
import {chmod, cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile} from "node:fs/promises";
import {existsSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, describe, expect, it} from "vitest";
import {parse} from "yaml";
import {projectFolder} from "../../lib/commands/framework.ts";

interface Step {
  readonly run?: string;
  readonly uses?: string;
}

interface Workflow {
  readonly on: Record<string, unknown>;
  readonly jobs: Record<string, {readonly steps: readonly Step[]}>;
}

/** The first version of each action that runs on Node 24: GitHub runs no older ones since September 2026. */
const firstOnNode24: Readonly<Record<string, number>> = {
  cache: 5,
  checkout: 5,
  "configure-pages": 6,
  "deploy-pages": 5,
  "setup-node": 5,
  "upload-artifact": 6,
  "upload-pages-artifact": 5
};

const workflows = join(projectFolder, ".github", "workflows");
let folder = "";
afterEach(() => rm(folder, {recursive: true, force: true}));

describe("the workflows", () => {
  it("are YAML with steps that either use an action or run what bash can read", async () => {
    const names = await readdir(workflows);
    expect(names.sort()).toEqual(["nightly.yml", "pull-request.yml"]);
    for (const name of names) {
      const workflow: Workflow = parse(await readFile(join(workflows, name), "utf8"));
      expect(Object.keys(workflow.on).length).toBeGreaterThan(0);
      for (const step of Object.values(workflow.jobs).flatMap(({steps}) => steps)) {
        expect([name, (step.run === undefined) !== (step.uses === undefined)]).toEqual([name, true]);
        if (step.uses !== undefined) {
          const [, action = "", version] = /^actions\/([a-z-]+)@v(\d+)$/.exec(step.uses) ?? [];
          expect([action, Number(version) >= (firstOnNode24[action] ?? Infinity)]).toEqual([action, true]);
        }
        if (step.run === undefined) continue;
        const script = step.run.replace(/\$\{\{.*?\}\}/g, "x");
        expect(spawnSync("bash", ["-n"], {input: script, encoding: "utf8"}).stderr).toBe("");
      }
    }
  });

  it("call only commands and options that there are", async () => {
    const texts = await Promise.all((await readdir(workflows)).map((name) => readFile(join(workflows, name), "utf8")));
    const scripts = [...texts, await readFile(join(projectFolder, ".ci", "nightly.sh"), "utf8")].join("\n");
    const calls = Array.from(
      scripts.matchAll(/^(?!#).*\breadout(?:\.mjs)? (publish|build|check|validate)\b([^\n|]*)/gm)
    );
    expect(calls.length).toBeGreaterThanOrEqual(7);
    const helps = new Map<string, string>();
    for (const [, verb = "", options = ""] of calls) {
      const help =
        helps.get(verb) ??
        spawnSync(process.execPath, [join(projectFolder, "lib/commands/readout.mjs"), verb, "--help"], {
          encoding: "utf8"
        }).stdout;
      helps.set(verb, help);
      expect(help).toContain(`readout ${verb}`);
      for (const [option] of options.matchAll(/--[a-z-]+/g)) expect(help).toContain(option);
    }
  });

  it("start a branch for the memory where there is none, and add to it where there is one", async () => {
    const workflow: Workflow = parse(await readFile(join(workflows, "nightly.yml"), "utf8"));
    const steps = Object.values(workflow.jobs).flatMap(({steps}) => steps);
    const script = (part: string): string => steps.find(({run}) => run?.includes(part))?.run ?? "exit 9";
    folder = await mkdtemp(join(tmpdir(), "readout-git-"));
    const origin = join(folder, "origin.git");
    const git = (cwd: string, ...args: string[]): string =>
      spawnSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {cwd, encoding: "utf8"})
        .stdout;
    git(folder, "init", "--quiet", "--bare", origin);
    git(folder, "clone", "--quiet", origin, "first");
    git(join(folder, "first"), "commit", "--quiet", "--allow-empty", "--message", "start");
    git(join(folder, "first"), "push", "--quiet", "origin", "HEAD:main");
    for (const [i, name] of ["night-1", "night-2"].entries()) {
      const clone = join(folder, name);
      git(folder, "clone", "--quiet", "--branch", "main", origin, name);
      const run = (text: string) => spawnSync("bash", ["-e", "-c", text], {cwd: clone, encoding: "utf8"});
      expect(run(script("git worktree add")).status).toBe(0);
      const lines = join(clone, "history", "one.jsonl");
      const before = existsSync(lines) ? await readFile(lines, "utf8") : "";
      expect(before).toBe(i === 0 ? "" : "night-1\n");
      await writeFile(lines, `${before}${name}\n`);
      expect(run(script('"add what was published"'))).toMatchObject({status: 0});
      expect(run(script('"add what was published"'))).toMatchObject({status: 0});
    }
    expect(git(folder, "--git-dir", origin, "show", "readout-history:one.jsonl")).toBe("night-1\nnight-2\n");
    expect(git(folder, "--git-dir", origin, "rev-list", "--count", "readout-history").trim()).toBe("2");
  });
});

describe(".ci/nightly.sh", () => {
  /** Runs the script with stand-ins for node and rsync that write down how they were called. */
  async function night(codes: {
    publish: number;
    check: number;
    kept?: boolean;
  }): Promise<{status: number | null; calls: string[]}> {
    folder = await mkdtemp(join(tmpdir(), "readout-cron-"));
    await mkdir(join(folder, ".ci"));
    await mkdir(join(folder, "bin"));
    await cp(join(projectFolder, ".ci", "nightly.sh"), join(folder, ".ci", "nightly.sh"));
    if (codes.kept) {
      await mkdir(join(folder, "src", "readouts", "one"), {recursive: true});
      await writeFile(join(folder, "src", "readouts", "one", "readout.json"), "{}");
    }
    const stub = async (name: string, text: string): Promise<void> => {
      await writeFile(join(folder, "bin", name), `#!/bin/sh\necho "${name} $*" >> "${folder}/calls"\n${text}\n`);
      await chmod(join(folder, "bin", name), 0o755);
    };
    await stub("node", `case "$2" in publish) exit ${codes.publish};; check) exit ${codes.check};; esac`);
    await stub("rsync", "exit 0");
    const {status} = spawnSync("bash", [join(folder, ".ci", "nightly.sh")], {
      env: {PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}`, READOUT_TARGET: "web:/srv/readout/"}
    });
    const calls = (await readFile(join(folder, "calls"), "utf8")).trim().split("\n");
    return {status, calls: calls.map((call) => call.split(" ")[0] ?? "")};
  }

  it("publishes a night that is whole or partly stale, and tells them apart", async () => {
    expect(await night({publish: 0, check: 0})).toEqual({status: 0, calls: ["node", "node", "rsync"]});
    await rm(folder, {recursive: true});
    expect(await night({publish: 3, check: 0})).toEqual({status: 3, calls: ["node", "node", "rsync"]});
  });

  it("publishes and ends with 1 when something is blocked, and publishes nothing when nothing was built", async () => {
    expect(await night({publish: 0, check: 1})).toEqual({status: 1, calls: ["node", "node", "rsync"]});
    await rm(folder, {recursive: true});
    expect(await night({publish: 1, check: 0})).toEqual({status: 1, calls: ["node"]});
    await rm(folder, {recursive: true});
    // The last good readouts, marked stale, are better than a site that does not know.
    const kept = {publish: 1, check: 0, kept: true};
    expect(await night(kept)).toEqual({status: 1, calls: ["node", "node", "rsync"]});
    await rm(folder, {recursive: true});
    expect(await night({publish: 2, check: 0})).toEqual({status: 2, calls: ["node"]});
  });
});

describe(".ci/Dockerfile", () => {
  it("has known instructions only, copies what is there, and does not run as root", async () => {
    const text = await readFile(join(projectFolder, ".ci", "Dockerfile"), "utf8");
    const lines = text
      .replace(/\\\n/g, " ")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines[0]).toMatch(/^FROM node:20/);
    for (const line of lines) expect(line).toMatch(/^(FROM|ENV|WORKDIR|COPY|RUN|USER|VOLUME|ENTRYPOINT|CMD) \S/);
    for (const line of lines.filter((each) => each.startsWith("COPY ")))
      for (const source of line.split(/\s+/).slice(1, -1)) expect(existsSync(join(projectFolder, source))).toBe(true);
    for (const line of lines.filter((each) => /^(VOLUME|ENTRYPOINT|CMD) /.test(each)))
      expect(Array.isArray(JSON.parse(line.replace(/^\w+ /, "")))).toBe(true);
    for (const line of lines.filter((each) => each.startsWith("RUN ")))
      expect(spawnSync("bash", ["-n"], {input: line.slice(4), encoding: "utf8"}).stderr).toBe("");
    expect(lines.findIndex((line) => line === "USER node")).toBeLessThan(
      lines.findIndex((line) => line.startsWith("ENTRYPOINT"))
    );
  });
});
