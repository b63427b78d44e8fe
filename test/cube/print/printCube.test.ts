import {describe, expect, it} from "vitest";
import {openDuckdb} from "../../../lib/cube/engines/duckdb.ts";
import {printCube} from "../../../lib/cube/print/printCube.ts";
import {scanFact} from "../../../lib/cube/scan.ts";
import {cases, tableCsv} from "../engines/cases.ts";
import {differences} from "../engines/conformance.ts";
import {cubeOfFiles} from "../engines/cubeOfFiles.ts";
import {withFiles} from "../logs.ts";
import {cubeOfPrinted, wholeSums} from "./cubeOfPrinted.ts";

describe("printCube(experiment, definitions, options)", () => {
  it.each(cases)("makes a query whose result is the same cube: $name", async (each) => {
    const {experiment, definitions} = each.defined((table) => ({path: `${table}.csv`}));
    const files = Object.fromEntries(
      Object.entries(each.tables).map(([name, table]) => [`${name}.csv`, tableCsv(table)])
    );
    const found = await withFiles(files, async (dataDir) => {
      const engine = await openDuckdb({directory: dataDir});
      try {
        const printed = await printCube(experiment, definitions, {
          dialect: engine.dialect,
          relationOf: (name, fact) => scanFact(engine, name, fact, {dataDir}),
          datesOnly: () => Promise.resolve(each.datesOnly)
        });
        expect(printed.left).toHaveLength(each.quantiles);
        return await cubeOfPrinted(printed, engine, each);
      } finally {
        await engine.close();
      }
    });
    const wanted = await cubeOfFiles(each);
    expect(found.excluded).toEqual([]);
    expect(Object.keys(wholeSums(found)).length).toBeGreaterThan(20);
    expect(differences(wholeSums(found), wholeSums(wanted)).slice(0, 10)).toEqual([]);
  });
});
