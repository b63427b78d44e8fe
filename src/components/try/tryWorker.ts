import * as z from "zod";
import {loadCompressors} from "../explore/parquetColumns.ts";
import type {Answer, Question} from "./tryClient.ts";
import {tryEngine} from "./tryEngine.ts";

// The site's policy forbids compiled text; zod would try it and be refused.
z.config({jitless: true});

const engine = tryEngine();
const host = globalThis as unknown as {
  onmessage: (event: MessageEvent<Question>) => void;
  postMessage: (answer: Answer) => void;
};

host.onmessage = ({data}) => void answer(data);
// All that a file may need is there before one is dropped: nothing is asked for afterwards.
void loadCompressors().finally(() => host.postMessage({id: 0, value: null}));

async function answer(question: Question): Promise<void> {
  const {id} = question;
  try {
    if (question.task === "open") {
      const file = Object.assign(question.file.slice(), {name: question.name});
      host.postMessage({id, value: await engine.open(file)});
    } else if (question.task === "guess") host.postMessage({id, value: await engine.guess(question.variant)});
    else host.postMessage({id, value: await engine.compute(question.mapping, {today: question.today})});
  } catch (error) {
    host.postMessage({id, error: error instanceof Error ? error.message : String(error)});
  }
}
