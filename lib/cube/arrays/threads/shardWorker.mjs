// Plain JavaScript, as lib/commands/readout.mjs: it teaches the thread to read TypeScript and hands over.
import {fileURLToPath} from "node:url";
import {register} from "tsx/esm/api";

register({tsconfig: fileURLToPath(new URL("../../../../tsconfig.json", import.meta.url))});
await import("./answerQuestions.ts");
