/** A value that must never be shown, and the name under which it may be spoken of. */
export interface Secret {
  /** The environment variable that holds it; null for one that stands in the definitions as it is. */
  readonly name: string | null;
  readonly value: string;
}

type Path = readonly (string | number)[];

/** What came of putting the environment's values into a definition. */
export interface Filled {
  readonly value: unknown;
  readonly secrets: readonly Secret[];
  /** References to variables that are not set, or set to nothing; their text stays as written. */
  readonly missing: readonly {readonly path: Path; readonly name: string}[];
  /** References that are none: `${DATABASE-URL}`. */
  readonly invalid: readonly {readonly path: Path; readonly text: string}[];
}

/**
 * Returns a plain value with each `${NAME}` in its texts replaced by the environment's value of that name. `$${NAME}`
 * stands for the text `${NAME}` itself. The value given is not changed; its keys are left alone.
 */
export function fillEnvironment(value: unknown, environment: Readonly<Record<string, string | undefined>>): Filled {
  const secrets: Secret[] = [];
  const missing: {path: Path; name: string}[] = [];
  const invalid: {path: Path; text: string}[] = [];
  return {value: fill(value, []), secrets, missing, invalid};

  function fill(each: unknown, path: Path): unknown {
    if (typeof each === "string") {
      return each.replace(/\$?\$\{([^}]*)\}?/g, (text: string, name: string) => {
        if (text.startsWith("$$")) return text.slice(1);
        if (!/^\$\{[A-Za-z_]\w*\}$/.test(text)) {
          invalid.push({path, text});
          return text;
        }
        const found = Object.hasOwn(environment, name) ? environment[name] : undefined;
        if (found === undefined || found === "") {
          missing.push({path, name});
          return text;
        }
        secrets.push({name, value: found}, ...passwordOf(found, name));
        return found;
      });
    }
    if (Array.isArray(each)) return each.map((item, i) => fill(item, [...path, i]));
    if (typeof each !== "object" || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, item]) => [key, fill(item, [...path, key])]));
  }
}

/**
 * Returns text without the secrets: each is replaced by `${NAME}`, or by *** where it has no name. Their URL-encoded
 * and JSON-escaped forms count too. Values of fewer than four letters are left, for they are everywhere.
 */
export function redact(text: string, secrets: Iterable<Secret>): string {
  const replacements = new Map<string, string>();
  for (const {name, value} of secrets) {
    for (const form of [value, encodeURIComponent(value), encodeURI(value), JSON.stringify(value).slice(1, -1)]) {
      if (form.length >= 4 && !replacements.has(form)) replacements.set(form, name === null ? "***" : `\${${name}}`);
    }
  }
  if (replacements.size === 0) return text;
  // The longest first: a password is part of its URL.
  const forms = [...replacements.keys()].toSorted((a, b) => b.length - a.length);
  const pattern = forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  return text.replace(new RegExp(pattern, "g"), (form) => replacements.get(form) ?? "***");
}

/** Returns the passwords within a URL as secrets, before its host and among its options, as written and decoded. */
export function passwordOf(url: string, name: string | null = null): Secret[] {
  const user = /^[a-z][a-z0-9+.-]*:\/\/[^/?#:]*?:([^/?#]*)@/i.exec(url)?.[1];
  const options = [...url.matchAll(/[?&](?:ssl)?passw(?:or)?d=([^&#]*)/gi)].map(([, option]) => option);
  const values = [user, ...options].flatMap((written) => {
    if (!written) return [];
    try {
      return [written, decodeURIComponent(written), decodeURIComponent(written.replaceAll("+", " "))];
    } catch {
      // A stray % is part of the password then.
      return [written];
    }
  });
  return [...new Set(values)].map((value) => ({name, value}));
}
