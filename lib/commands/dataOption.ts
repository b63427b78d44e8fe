import {Option} from "commander";

/** Returns the option `--data DIR` that most commands share: the analyst's folder; READOUT_DATA, then data/. */
export function dataOption(): Option {
  return new Option("--data <dir>", "folder of the definitions").env("READOUT_DATA").default("data");
}
