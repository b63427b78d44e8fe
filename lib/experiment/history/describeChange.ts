/**
 * Returns in words how one part of a definition changed, field by field where it is a list of fields: `purchase 2% → 5%`,
 * `kind quantile → ratio; value latency_ms is gone; numerator (event inference) is new`.
 *
 * @param before the part as `lockedDefinition` writes it, undefined where there was none
 * @param now the same after the change
 */
export function describeChange(before: string | undefined, now: string | undefined): string {
  const [old, fresh] = [fieldsOf(before), fieldsOf(now)];
  if (old === null || fresh === null || before?.includes("; ") || now?.includes("; "))
    return `${spoken(before ?? "none")} → ${spoken(now ?? "none")}`;
  const moved = [...new Set([...old.keys(), ...fresh.keys()])].flatMap((key) => {
    const [from, to] = [old.get(key), fresh.get(key)];
    if (from === to) return [];
    const word = spokenKeys[key] ?? key;
    if (from === undefined) return [`${word} ${spoken(to ?? "")} is new`];
    if (to === undefined) return [`${word} ${spoken(from)} is gone`];
    return [`${word} ${spoken(from)} → ${spoken(to)}`];
  });
  return moved.join("; ");
}

const spokenKeys: Record<string, string> = {
  plannedUnits: "planned units",
  minimumUnits: "smallest group",
  tuneAt: "tuned at"
};

/** The fields of a part, `key value` with commas between; null where it is something else. */
function fieldsOf(part: string | undefined): Map<string, string> | null {
  if (part === undefined || part === "none") return null;
  const fields = new Map<string, string>();
  for (const field of splitOutside(part)) {
    const at = field.indexOf(" ");
    if (at <= 0 || fields.has(field.slice(0, at))) return null;
    fields.set(field.slice(0, at), field.slice(at + 1));
  }
  return fields;
}

/** Splits at ", " that stand outside of brackets and quotes. */
function splitOutside(text: string): string[] {
  const parts: string[] = [];
  let [depth, quoted, from] = [0, false, 0];
  for (let i = 0; i < text.length; ++i) {
    const letter = text[i];
    if (letter === '"' && text[i - 1] !== "\\") quoted = !quoted;
    else if (quoted) continue;
    else if (letter === "{" || letter === "[") ++depth;
    else if (letter === "}" || letter === "]") --depth;
    else if (depth === 0 && text.startsWith(", ", i)) {
      parts.push(text.slice(from, i));
      from = i + 2;
    }
  }
  return [...parts, text.slice(from)];
}

/** JSON within a part as people say it: lists with "to" or commas, records in brackets. */
function spoken(text: string): string {
  if (!/^[[{]/.test(text)) return text;
  try {
    return inWords(JSON.parse(text));
  } catch {
    return text;
  }
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  return `(${Object.entries(value)
    .map(([key, item]) => `${key} ${inWords(item)}`)
    .join(", ")})`;
}
