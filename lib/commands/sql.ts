import type {Command} from "commander";
import {Option} from "commander";
import {bigquery} from "../cube/dialects/bigquery.ts";
import {clickhouse} from "../cube/dialects/clickhouse.ts";
import {databricks} from "../cube/dialects/databricks.ts";
import type {Dialect} from "../cube/dialects/dialect.ts";
import {duckdb} from "../cube/dialects/duckdb.ts";
import {postgres} from "../cube/dialects/postgres.ts";
import {redshift} from "../cube/dialects/redshift.ts";
import {snowflake} from "../cube/dialects/snowflake.ts";
import {trino} from "../cube/dialects/trino.ts";
import {openDuckdb} from "../cube/engines/duckdb.ts";
import {openServer} from "../cube/engines/openServer.ts";
import {enclose} from "../cube/expression.ts";
import {commented, printCube} from "../cube/print/printCube.ts";
import type {Relation} from "../cube/scan.ts";
import {scanFact} from "../cube/scan.ts";
import {scanServer} from "../cube/scanServer.ts";
import {serverOf} from "../cube/buildCube.ts";
import type {Definitions, Experiment, Fact} from "../experiment/definition/definition.ts";
import {nearestName} from "../experiment/definition/nearestName.ts";
import {dataOption} from "./dataOption.ts";
import {UserError} from "./errors.ts";
import {loadDefinitions} from "./loadDefinitions.ts";

const dialects: Readonly<Record<string, Dialect>> = {
  duckdb,
  postgres,
  clickhouse,
  bigquery,
  snowflake,
  redshift,
  databricks,
  trino
};

interface Flags {
  readonly data: string;
  readonly dialect: string;
  readonly asOf?: string;
  readonly datesOnly?: string[];
}

/** Adds the argument, options and action of `readout sql`. */
export function register(command: Command): void {
  command
    .argument("<id>", "the experiment")
    .addOption(new Option("--dialect <name>", "the SQL to write").choices(Object.keys(dialects)).default("duckdb"))
    .option("--as-of <date>", "last complete day (default: the query finds it in the logs)")
    .option("--dates-only <fact...>", "facts whose timestamps have no time of day")
    .addOption(dataOption())
    .addHelpText(
      "after",
      "\nPrints the query that makes the path rows of an experiment, for a scheduler in your warehouse. Save its result as\n" +
        "CSV or Parquet, name it in sources.yaml as a fact of shape cube, and write an experiment with the same metrics\n" +
        "whose exposures are that fact. Metrics of kind quantile are not in it.\n" +
        "The printed text is run in tests for duckdb, postgres and clickhouse (there as several statements for one\n" +
        "session); for bigquery, snowflake, redshift, databricks and trino only its form is tested: try it first.\n" +
        "A fact that lies in files is called by its name there, unless its sources.yaml entry has table or sql."
    )
    .action(async (id: string, flags: Flags) => {
      process.stdout.write(await sqlText(id, flags));
    });
}

/**
 * Returns the commented text of the query for one experiment.
 *
 * @throws {UserError} if there is no such experiment, or its input is no log
 */
export async function sqlText(id: string, {data, dialect: name, asOf, datesOnly = []}: Flags): Promise<string> {
  const definitions = await loadDefinitions(data);
  const experiment = definitions.experiments.find((each) => each.id === id);
  if (experiment === undefined) {
    const near = nearestName(
      id,
      definitions.experiments.map((each) => each.id)
    );
    throw new UserError(`unknown experiment: ${id}${near === null ? "" : `; did you mean ${near}?`}`);
  }
  const dialect = dialects[name];
  if (dialect === undefined) throw new UserError(`unknown dialect: ${name}`);
  const places = await placesOf(experiment, definitions, {dialect, dataDir: data});
  try {
    const {statements, left} = await printCube(experiment, definitions, {
      dialect,
      relationOf: places.relationOf,
      datesOnly: (fact) => Promise.resolve(datesOnly.includes(fact)),
      ...(asOf === undefined ? {} : {asOf})
    });
    const notes = [
      `The path rows of experiment ${id}, for ${name}: save the result and read it as a fact of shape cube.`,
      "Sums are of doubles, about 0; touched is how many units changed, by which small groups are withheld.",
      datesOnly.length === 0
        ? "Timestamps are taken to have a time of day (else: --dates-only <fact>)."
        : `Timestamps are dates only in: ${datesOnly.join(", ")}.`,
      ...(asOf === undefined ? [] : [`Last complete day: ${asOf}.`]),
      ...(left.length === 0 ? [] : [`Not in the result: ${left.join(", ")}.`])
    ];
    return `${commented(notes.join("\n"))}${statements.map((statement) => `${statement};\n`).join("\n")}`;
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error;
    throw new UserError(error.message, {cause: error});
  } finally {
    await places.close();
  }
}

interface Places {
  readonly relationOf: (name: string, fact: Fact) => Promise<Relation>;
  readonly close: () => Promise<void>;
}

/** Where facts are read: with their columns where the dialect is that of the place itself, else as names only. */
async function placesOf(
  experiment: Experiment,
  definitions: Definitions,
  {dialect, dataDir}: {dialect: Dialect; dataDir: string}
): Promise<Places> {
  const {connections} = definitions.sources;
  if (dialect.name === "duckdb") {
    const engine = await openDuckdb({directory: dataDir});
    return {
      relationOf: (name, fact) => scanFact(engine, name, fact, {dataDir, connections}),
      close: () => engine.close()
    };
  }
  const server = serverOf(experiment, definitions);
  if (server?.connection.engine === dialect.name) {
    const engine = await openServer(server.connection);
    return {relationOf: (name, fact) => scanServer(engine, name, fact), close: () => engine.close()};
  }
  return {
    relationOf: (name, fact) => Promise.resolve(namedRelation(dialect, name, fact)),
    close: () => Promise.resolve()
  };
}

/** A fact as its table, its own SELECT, or a table of its name; its columns are not known. */
function namedRelation({identifier}: Dialect, name: string, {sql, table}: Fact): Relation {
  const from =
    sql === undefined
      ? (table ?? name).split(".").map(identifier).join(".")
      : `${enclose(sql, `fact ${name}, sql`)} AS t`;
  return {fact: name, sql: from, columns: [], files: [], open: true};
}
