import {loadFile} from "../../../lib/commands/loadFile.ts";

await loadFile("tenure.parquet");
