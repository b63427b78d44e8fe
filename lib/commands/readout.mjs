#!/usr/bin/env node
// Plain JavaScript, so that it starts on any Node: it teaches Node to read TypeScript and hands over.
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 20) {
  process.stderr.write(`unknown Node.js version: ${process.versions.node}; expected 20 or newer\n`);
  process.exit(2);
}
const [{fileURLToPath}, {register}] = await Promise.all([import("node:url"), import("tsx/esm/api")]);
// The project's own settings: those of the folder that it is called from are none of its business.
register({tsconfig: fileURLToPath(new URL("../../tsconfig.json", import.meta.url))});
const {run} = await import("./cli.ts");
await run(process.argv.slice(2));
