import type {Method} from "../../lib/experiment/words.ts";

/** What the definition of a planned experiment says. */
export type PlannedExperiment = {
  title: string;
  /** First and planned last day. */
  start: string;
  end: string;
  exposures: string;
  timezone: string;
  metric: string;
  /** A size, as a fraction. */
  effect: number;
  alpha: number;
  power: number;
  method: Method;
  /** Units in both arms at the planned end. */
  units: number;
  /** Share of the traffic that enters. */
  share: number;
  /** As an earlier definition says it: a list of columns, or a record of dimensions. */
  dimensions: unknown;
  guardrails: unknown;
};

/** Returns the definition of a planned experiment as YAML that `readout validate` accepts, with the file's name before it. */
export function planYaml(plan: PlannedExperiment): string {
  const {title, start, end, exposures, timezone, metric, effect, alpha, power, method, units, share} = plan;
  const dimensions = dimensionsOf(plan.dimensions);
  const guardrails = (Array.isArray(plan.guardrails) ? plan.guardrails : []).filter((g) => nameOf(g) !== metric);
  const design = [
    `method: ${method}`,
    ...(method === "group-sequential" ? ["spending: obrien-fleming"] : []),
    `plannedUnits: ${units}`,
    ...(method === "always-valid" ? [`tuneAt: ${units}`] : [])
  ];
  return [
    `# data/experiments/${fileName(title)}.yaml`,
    `title: ${text(title)}`,
    "hypothesis: Say here what you expect to happen, and why.",
    "owner: you@example.com",
    "status: draft",
    `start: ${start}`,
    `end: ${end}`,
    ...(timezone === "UTC" ? [] : [`timezone: ${text(timezone)}`]),
    `exposures: ${text(exposures)}`,
    "variants:",
    "  control: {role: control, weight: 0.5}",
    "  treatment: {weight: 0.5}",
    ...(share < 1 ? [`# ${Math.round(share * 100)}% of the traffic enters: set that where units are assigned`] : []),
    ...(dimensions === null ? [] : [`dimensions: ${dimensions}`]),
    "metrics:",
    `  primary: [${text(metric)}]`,
    ...(guardrails.length === 0 ? [] : [`  guardrails: ${flow(guardrails)}`]),
    `minimumEffect: {${text(metric)}: ${percent(effect)}}`,
    `alpha: ${alpha}`,
    `power: ${power}`,
    "alternative: two-sided",
    `design: {${design.join(", ")}}`,
    ""
  ].join("\n");
}

/** Returns a file name from a title: lower-case letters, digits and dashes. */
export function fileName(title: string): string {
  const name = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60)
    .replace(/-+$/, "");
  return name || "new-experiment";
}

function dimensionsOf(value: unknown): string | null {
  if (Array.isArray(value)) return value.length > 0 ? flow(value) : null;
  if (typeof value !== "object" || value === null) return null;
  const entries = Object.entries(value);
  if (entries.length === 0) return null;
  const isPlain = entries.every(([key, dimension]) => JSON.stringify(dimension) === JSON.stringify({column: key}));
  return flow(isPlain ? entries.map(([key]) => key) : value);
}

function nameOf(guardrail: unknown): unknown {
  return typeof guardrail === "object" && guardrail !== null && "metric" in guardrail ? guardrail.metric : guardrail;
}

/** At most four significant digits, as a definition writes shares. */
function percent(fraction: number): string {
  return `${Number((Math.abs(fraction) * 100).toPrecision(4))}%`;
}

/** YAML in one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .map(([key, item]) => `${text(key)}: ${flow(item)}`)
      .join(", ")}}`;
  return typeof value === "string" ? text(value) : JSON.stringify(value);
}

/** A text, in quotes unless it can only be read as one. JSON's quotes are YAML's. */
function text(value: string): string {
  const plain =
    /^[A-Za-z][\w-]*( [\w-]+)*$/.test(value) && !/^(true|false|null|yes|no|on|off|y|n|nan|inf)$/i.test(value);
  return plain || /^\d+(\.\d+)?%$/.test(value) ? value : JSON.stringify(value);
}
