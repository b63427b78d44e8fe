import {join} from "node:path";
import {Option} from "commander";

/** Returns the option `--readouts DIR` of commands that read what `readout build` wrote. */
export function readoutsOption(): Option {
  return new Option("--readouts <dir>", "folder of the published readouts").default(join("src", "readouts"));
}
