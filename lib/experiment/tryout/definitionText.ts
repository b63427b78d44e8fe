import type {TryMapping, TryMetric} from "./mapping.ts";

/** Returns a mapping as the YAML of a definition: a start for `data/experiments/` and `data/metrics.yaml`. */
export function definitionText(
  mapping: TryMapping,
  {name}: {name: string},
  {start, asOf}: {start: string; asOf: string}
): string {
  const {weights, control, dimensions, metrics, alpha, minimumEffect, shape} = mapping;
  const listed = (role: TryMetric["role"]) => metrics.filter((m) => m.role === role).map(({column}) => text(column));
  const [primary] = listed("primary");
  const guardrails = listed("guardrail");
  return [
    `# from ${name.replace(/[\r\n]+/g, " ")}`,
    `title: ${text(name)}`,
    "status: stopped",
    `start: ${start}`,
    `end: ${asOf}`,
    `exposures: file # a fact of shape ${shape}`,
    "variants:",
    ...Object.entries(weights).map(
      ([key, weight]) =>
        `  ${text(key)}: {${key === control ? "role: control, " : ""}weight: ${Number(weight.toPrecision(6))}}`
    ),
    ...(dimensions.length === 0 ? [] : [`dimensions: [${dimensions.map(text).join(", ")}]`]),
    "metrics:",
    `  primary: [${listed("primary").join(", ")}]`,
    `  secondary: [${listed("secondary").join(", ")}]`,
    ...(guardrails.length === 0 ? [] : [`  guardrails: [${guardrails.join(", ")}]`]),
    ...(minimumEffect === null || primary === undefined
      ? []
      : [`minimumEffect: {${primary}: ${Number((minimumEffect * 100).toPrecision(6))}%}`]),
    `alpha: ${alpha}`,
    ""
  ].join("\n");
}

/** Plain where YAML reads a plain word as text, else in quotes. */
function text(value: string): string {
  const plain = /^[A-Za-z][A-Za-z0-9_ .-]*$/.test(value) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(value);
  return plain && value === value.trim() ? value : JSON.stringify(value);
}
