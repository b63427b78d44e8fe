import {describe, expect, it} from "vitest";
import {jsonSchema, schemaNames} from "../../../lib/experiment/definition/jsonSchemas.ts";

describe("jsonSchema(name)", () => {
  it.each(schemaNames)("makes a schema of draft 7 for %s that JSON can hold", (name) => {
    const schema = jsonSchema(name);
    expect(schema).toMatchObject({$schema: "http://json-schema.org/draft-07/schema#", type: "object"});
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });

  it("asks for what has no default only, and tells editors of unknown keys and words", () => {
    const schema = jsonSchema("experiment");
    expect(schema).toMatchObject({
      required: ["title", "start", "exposures", "variants", "metrics"],
      additionalProperties: false,
      properties: {
        status: {enum: ["draft", "running", "paused", "stopped"], default: "running"},
        start: {description: "first day of exposures"}
      }
    });
  });
});
