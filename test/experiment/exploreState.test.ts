import fc from "fast-check";
import {describe, expect, it} from "vitest";
import type {ExploreState} from "../../lib/experiment/exploreState.ts";
import {
  checkExploreState,
  crumbsOf,
  drillInto,
  emptyState,
  parseExploreState,
  writeExploreState
} from "../../lib/experiment/exploreState.ts";
import {corrections} from "../../lib/experiment/words.ts";

const data = {
  metrics: ["purchase", "revenue"],
  dimensions: {platform: ["ios", "web"], country: ["US", "DE"]},
  first: "2026-01-05",
  asOf: "2026-01-28",
  correction: "holm" as const
};

const day = fc
  .integer({min: 0, max: 3000})
  .map((days) => new Date(Date.UTC(2024, 0, 1 + days)).toISOString().slice(0, 10));
const text = fc.string({minLength: 1, maxLength: 20, unit: "grapheme"});
const states: fc.Arbitrary<ExploreState> = fc
  .record({
    experiment: fc.option(text),
    metric: fc.option(text),
    where: fc
      .uniqueArray(fc.tuple(text, fc.uniqueArray(text, {minLength: 1, maxLength: 3})), {
        maxLength: 3,
        selector: ([key]) => key
      })
      .map((entries) => Object.fromEntries(entries)),
    by: fc.uniqueArray(text, {maxLength: 3}),
    asOf: fc.option(day),
    entered: fc.option(fc.tuple(day, day).map((days) => ({from: days.sort()[0] ?? "", to: days.sort()[1] ?? ""}))),
    adjust: fc.boolean(),
    correction: fc.option(fc.constantFrom(...corrections)),
    sql: fc.option(text)
  })
  .map((state) => (state.entered === null ? state : {...state, asOf: null}));

describe("parseExploreState(search)", () => {
  it("reads back what writeExploreState wrote, whatever the texts are", () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(parseExploreState(writeExploreState(state))).toEqual({state, notes: []});
      }),
      {numRuns: 300}
    );
  });

  it("reads a link as people write it", () => {
    const {state} = parseExploreState(
      "?experiment=a&where.platform=ios&where.platform=web&by=country&as-of=2026-01-20"
    );
    expect(state).toEqual({
      ...emptyState,
      experiment: "a",
      where: {platform: ["ios", "web"]},
      by: ["country"],
      asOf: "2026-01-20"
    });
  });

  it("never throws, and leaves out nonsense with a note", () => {
    fc.assert(fc.property(fc.string({maxLength: 200}), (search) => void parseExploreState(search)));
    const {state, notes} = parseExploreState(
      "?as-of=2026-02-30&entered=yesterday&covariate=maybe&correction=<b>&frob=1&by=a&by=b&by=c&by=d&where.__proto__=x"
    );
    expect(state).toMatchObject({asOf: null, entered: null, adjust: true, correction: null, by: ["a", "b", "c"]});
    expect(notes).toEqual([
      "Unknown in the address: \u201cfrob\u201d.",
      "Not a date in the address: as-of \u201c2026-02-30\u201d.",
      "Not two dates in the address: entered \u201cyesterday\u201d.",
      "At most 3 dimensions are crossed: the first are used.",
      "Unknown covariate in the address: \u201cmaybe\u201d.",
      "Unknown correction in the address: \u201c<b>\u201d."
    ]);
    expect(parseExploreState(`?sql=${"x".repeat(30_000)}`).state).toEqual(emptyState);
  });

  it("takes entry dates or an as-of date, not both, and puts two days in order", () => {
    const {state, notes} = parseExploreState("?as-of=2026-01-20&entered=2026-01-09..2026-01-07");
    expect(state).toMatchObject({asOf: null, entered: {from: "2026-01-07", to: "2026-01-09"}});
    expect(notes).toEqual(["A view has an as-of date or entry dates, not both: the entry dates are used."]);
  });
});

describe("checkExploreState(state, data)", () => {
  it("fills in metric, as-of date and correction, so that a link says what is shown", () => {
    const {state, notes} = checkExploreState(emptyState, data);
    expect(state).toMatchObject({metric: "purchase", asOf: "2026-01-28", correction: "holm"});
    expect(notes).toEqual([]);
  });

  it("leaves out what the data do not hold, with a note each", () => {
    const {state, notes} = checkExploreState(
      {
        ...emptyState,
        metric: "nope",
        where: {platform: ["ios", "tv"], city: ["x"], toString: ["y"]},
        by: ["constructor", "country"],
        asOf: "2027-01-01"
      },
      data
    );
    expect(state).toMatchObject({metric: "purchase", where: {platform: ["ios"]}, by: ["country"], asOf: "2026-01-28"});
    expect(Object.keys(state.where)).toEqual(["platform"]);
    expect(notes).toEqual([
      "Unknown metric: \u201cnope\u201d.",
      "Unknown platform: \u201ctv\u201d.",
      "Unknown dimension: \u201ccity\u201d.",
      "Unknown dimension: \u201ctoString\u201d.",
      "Unknown dimension: \u201cconstructor\u201d.",
      "2027-01-01 lies outside of the data, which go from 2026-01-05 to 2026-01-28."
    ]);
  });

  it("moves entry dates into the data", () => {
    const {state} = checkExploreState({...emptyState, entered: {from: "2020-01-01", to: "2026-01-10"}}, data);
    expect(state).toMatchObject({asOf: null, entered: {from: "2026-01-05", to: "2026-01-10"}});
  });
});

describe("drillInto and crumbsOf", () => {
  it("looks inside a cell and shows the next dimension, and goes back step by step", () => {
    const dimensions = Object.keys(data.dimensions);
    const inside = drillInto({...emptyState, by: ["platform"]}, {platform: "ios"}, dimensions);
    expect(inside).toMatchObject({where: {platform: ["ios"]}, by: ["country"]});
    const deeper = drillInto(inside, {country: "DE"}, dimensions);
    expect(deeper).toMatchObject({where: {platform: ["ios"], country: ["DE"]}, by: []});
    const trail = crumbsOf(deeper);
    expect(trail.map((c) => c.dimension)).toEqual([null, "platform", "country"]);
    expect(trail[0]?.state).toMatchObject({where: {}, by: ["platform"]});
    expect(trail[1]?.state).toMatchObject({where: {platform: ["ios"]}, by: ["country"]});
    expect(trail[2]?.state).toBe(deeper);
  });
});
