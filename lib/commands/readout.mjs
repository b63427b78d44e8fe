#!/usr/bin/env node
// Plain JavaScript, so that it starts on any Node.
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 20) {
  process.stderr.write(`unknown Node.js version: ${process.versions.node}; expected 20 or newer\n`);
  process.exit(2);
}
const {compiled} = await import("../compiled.mjs");
const {run} = await import(await compiled("commands/cli.ts"));
await run(process.argv.slice(2));
