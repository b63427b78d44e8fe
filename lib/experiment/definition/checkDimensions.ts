import {sums} from "../../stats/moments.ts";
import {dimensionsOf} from "./completeExperiment.ts";
import type {Dimension, WrittenExperiment} from "./definition.ts";
import {idPattern} from "./definition.ts";
import {didYouMean, listNames, showFound} from "./definitionErrors.ts";
import type {Entry, Surroundings} from "./definitionTables.ts";
import {isRecord} from "./definitionTables.ts";
import {nearestName} from "./nearestName.ts";
import type {Report} from "./readYaml.ts";
import {unknownFact, wrongShape} from "./unknownFact.ts";

type Path = readonly (string | number)[];

/** Names that the cube's own columns have, in lower case: SQL does not tell cases apart. */
export const reservedDimensions: ReadonlySet<string> = new Set(["date", "variant", "metric", "bin", "n", ...sums]);

/** Reports what is wrong with dimensions: names that the cube has itself, twins, columns that the fact does not list. */
export function checkDimensions(
  {dimensions, exposures}: WrittenExperiment,
  {raw, faulty}: Entry<WrittenExperiment>,
  {facts}: Surroundings,
  report: Report
): void {
  const seen = new Map<string, string>();
  const long = dimensionsOf(dimensions);
  const names = Array.isArray(dimensions) ? [...new Set(dimensions)] : Object.keys(long);
  const entries = names.flatMap((name): [string, Dimension, Path][] => {
    const dimension = long[name];
    const at = ["dimensions", Array.isArray(dimensions) ? dimensions.indexOf(name) : name];
    return dimension ? [[name, dimension, at]] : [];
  });
  if (Array.isArray(dimensions)) {
    dimensions.forEach((name, i) => {
      if (dimensions.indexOf(name) < i) report(["dimensions", i], `duplicate dimension: ${showFound(name)}`);
    });
  }
  for (const [name, dimension, at] of entries) {
    const lower = name.toLowerCase();
    const twin = seen.get(lower);
    if (twin !== undefined) {
      report(at, `duplicate dimension: ${showFound(name)}; ${showFound(twin)} differs only in case`, "key");
    }
    seen.set(lower, name);
    if (reservedDimensions.has(lower)) {
      report(
        at,
        `reserved dimension name: ${showFound(name)}; the cube has a column of that name; write {${name}_: {column: ${name}}}`,
        "key"
      );
    } else if (Array.isArray(dimensions) && !idPattern.test(name)) {
      report(
        at,
        `invalid dimension; expected a name of letters, digits, - and _ (at most 80), found: ${showFound(name)}; write {device: {column: ${JSON.stringify(name)}}}`
      );
    }
    const own = isRecord(raw.dimensions) ? raw.dimensions[name] : undefined;
    if (isRecord(own) && own.column !== undefined && own.expression !== undefined) {
      report([...at, "expression"], "invalid expression; expected either column or expression, found: both", "key");
    }
    if (dimension.expression !== undefined || !facts) continue;
    const factName = dimension.fact ?? exposures;
    const fact = facts.get(factName);
    if (dimension.fact !== undefined) {
      if (!fact) report([...at, "fact"], unknownFact(dimension.fact, facts));
      else if (fact.value && !fact.faulty("shape") && fact.value.shape !== "units") {
        report([...at, "fact"], wrongShape(dimension.fact, fact.value.shape, "units, one row per unit"));
        continue;
      }
    }
    const listed = fact?.value?.dimensions ?? [];
    const column = dimension.column ?? name;
    if (!fact || listed.length === 0 || listed.includes(column) || fact.faulty("dimensions") || faulty(...at)) continue;
    report(
      isRecord(own) && own.column !== undefined ? [...at, "column"] : at,
      `unknown dimension: ${showFound(column)}${didYouMean(nearestName(column, listed))} (fact ${factName} has dimensions ${listNames(listed)})`,
      isRecord(own) && own.column !== undefined ? "value" : "key"
    );
  }
}
