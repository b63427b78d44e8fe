import {afterAll, beforeAll, describe, expect, it} from "vitest";
import {bytesOf, smallDefinitions, smallLog} from "./nightly.ts";
import {workplace} from "./realExperiments.ts";
import type {Workplace} from "./realExperiments.ts";

describe("the same definitions and logs in two folders", () => {
  let places: Workplace[];
  beforeAll(async () => {
    places = [await workplace(smallDefinitions()), await workplace(smallDefinitions())];
    for (const place of places) {
      await smallLog().write(place.dataDir);
      await place.build();
    }
  });
  afterAll(() => Promise.all(places?.map((place) => place.remove()) ?? []));

  it("give the same bytes, which do not say where they were built", async () => {
    const [one, other] = places;
    expect(await bytesOf(one!.outDir)).toEqual(await bytesOf(other!.outDir));
    const {input} = await one!.readout("one");
    expect(input.sql).toContain("read_csv(['exposures.csv']");
    expect(JSON.stringify(await one!.readout("one"))).not.toContain(one!.folder);
  });
});
