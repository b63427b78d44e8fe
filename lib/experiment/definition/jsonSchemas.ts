import {z} from "zod";
import {experimentSchema, metricsSchema, sourcesSchema} from "./definition.ts";
import {indexSchema, readoutSchema} from "../readout.ts";

/** The files that have a JSON Schema. */
export const schemaNames = ["experiment", "metrics", "sources", "readout", "index"] as const;

export type SchemaName = (typeof schemaNames)[number];

const schemas = {
  experiment: {schema: experimentSchema, title: "data/experiments/<id>.yaml"},
  metrics: {schema: metricsSchema, title: "data/metrics.yaml"},
  sources: {schema: sourcesSchema, title: "data/sources.yaml"},
  readout: {schema: readoutSchema, title: "readout.json"},
  index: {schema: indexSchema, title: "readouts/index.json"}
} as const satisfies Record<SchemaName, {schema: z.ZodType; title: string}>;

/**
 * Returns the JSON Schema (draft 7, which editors know best) of a file as it may be written: what has a default may be
 * left out. What only the whole folder can tell (an unknown metric, weights that do not add up) is not in it.
 */
export function jsonSchema(name: SchemaName): Readonly<Record<string, unknown>> {
  const {schema, title} = schemas[name];
  const {$schema, ...rest} = z.toJSONSchema(schema, {io: "input", target: "draft-7"});
  return {$schema, title, ...rest};
}
