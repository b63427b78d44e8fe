type Schema = {readonly [key: string]: unknown};

/**
 * Returns where a value does not follow a JSON Schema, by the keywords that the published schemas use: type, const, enum,
 * anyOf, properties, required, additionalProperties, items and prefixItems. Those that only bound numbers are passed over;
 * any other is refused, so that the check cannot pass by not knowing.
 */
export function faultsOf(schema: Schema, value: unknown, at = "$"): string[] {
  const faults: string[] = [];
  const unknown = Object.keys(schema).filter((key) => !known.has(key));
  if (unknown.length > 0) throw new Error(`unknown keyword at ${at}: ${unknown.join(", ")}`);
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.some((type) => isOf(String(type), value))) return [`${at}: not ${types.join(" or ")}`];
  if ("const" in schema && value !== schema.const) faults.push(`${at}: not ${String(schema.const)}`);
  if (Array.isArray(schema.enum) && !schema.enum.includes(value))
    faults.push(`${at}: not one of ${schema.enum.join()}`);
  if (Array.isArray(schema.anyOf) && !schema.anyOf.some((each) => faultsOf(each as Schema, value, at).length === 0))
    faults.push(`${at}: none of the choices`);
  if (Array.isArray(value)) {
    const first = (schema.prefixItems ?? []) as Schema[];
    value.forEach((item, i) => {
      const own = first[i] ?? schema.items;
      if (own === false) faults.push(`${at}: more than ${first.length} items`);
      else if (own !== undefined) faults.push(...faultsOf(own as Schema, item, `${at}[${i}]`));
    });
  } else if (isOf("object", value)) {
    const fields = value as Record<string, unknown>;
    const named = (schema.properties ?? {}) as Record<string, Schema>;
    for (const key of (schema.required ?? []) as string[]) if (!(key in fields)) faults.push(`${at}.${key}: missing`);
    for (const [key, item] of Object.entries(fields)) {
      const own = named[key] ?? schema.additionalProperties;
      if (own === false) faults.push(`${at}.${key}: not named`);
      else if (typeof own === "object") faults.push(...faultsOf(own as Schema, item, `${at}.${key}`));
    }
  }
  return faults;
}

const known = new Set([
  "$schema",
  "title",
  "description",
  "default",
  "type",
  "const",
  "enum",
  "anyOf",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "prefixItems",
  "propertyNames",
  "minItems",
  "maxItems",
  "minimum",
  "maximum"
]);

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}
