// Plain JavaScript, as lib/commands/readout.mjs: it hands over to what is written in TypeScript.
import {compiled} from "../../../compiled.mjs";

await import(await compiled("cube/arrays/threads/answerQuestions.ts"));
