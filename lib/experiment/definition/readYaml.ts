import type {Node, Pair} from "yaml";
import {LineCounter, isAlias, isMap, isNode, isScalar, isSeq, parseDocument, visit} from "yaml";
import type {DefinitionError} from "./definitionErrors.ts";
import {showFound} from "./definitionErrors.ts";

/** Reports a mistake at the value of a path, or at the key that ends it. */
export type Report = (path: readonly (string | number)[], message: string, at?: "key" | "value") => void;

/** A YAML file, read. */
export interface YamlFile {
  readonly file: string;
  /** The plain value; dates and yes/no stay text, as YAML 1.2 has it. */
  readonly value: unknown;
  /** Whether the text is YAML at all; a duplicate key does not break a file, what comes last counts. */
  readonly broken: boolean;
  /** The mistakes of form, and those reported since. */
  readonly errors: readonly DefinitionError[];
  readonly report: Report;
}

/**
 * Returns the value of a YAML 1.2 text, with positions kept so that later mistakes can be reported where they stand.
 * Mistakes of form are there at once: syntax, duplicate keys, keys that are not text, several documents, unknown tags
 * and anchors. An empty text has the value null. Merge keys (`<<: *base`) are resolved.
 */
export function readYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    version: "1.2",
    logLevel: "error"
  });
  const errors: DefinitionError[] = [];
  const reportAt = (offset: number, path: readonly (string | number)[], message: string) => {
    const {line, col} = lines.linePos(offset);
    errors.push({file, line: Math.max(1, line), column: Math.max(1, col), path, message});
  };

  const broken = document.errors.filter(({code}) => code !== "DUPLICATE_KEY");
  const [first] = broken;
  // What follows the first slip of syntax is mostly its echo.
  if (first) reportAt(first.pos[0], [], syntaxMessage(first.code, first.message, text, first.pos[0]));
  for (const {message, pos} of document.warnings) reportAt(pos[0], [], `invalid YAML; ${lowerFirst(message)}`);

  let sound = true;
  visit(document, {
    Map(_, map) {
      const seen = new Map<string, number>();
      for (const {key} of map.items) {
        const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
        if (!isScalar(key)) {
          sound = false;
          if (!first) reportAt(offset, [], "invalid key; not text");
        } else if (key.value === "__proto__") reportAt(offset, [], "invalid key; reserved: __proto__");
        else {
          const name = String(key.value);
          const earlier = seen.get(name);
          if (earlier === undefined) seen.set(name, offset);
          else if (!first) {
            reportAt(offset, [name], `duplicate key: ${showFound(name)}; first on line ${lines.linePos(earlier).line}`);
          }
        }
      }
    },
    Alias(_, alias) {
      if (alias.resolve(document)) return;
      sound = false;
      if (!first) reportAt(alias.range?.[0] ?? 0, [], `unknown anchor: ${alias.source}`);
    }
  });

  let value: unknown = null;
  let readable = first === undefined && sound;
  if (readable) {
    try {
      value = document.toJS();
    } catch (error) {
      readable = false;
      reportAt(0, [], `invalid YAML; ${lowerFirst(error instanceof Error ? error.message : String(error))}`);
    }
  }

  const report: Report = (path, message, at = "value") => {
    reportAt(offsetOf(document.contents, path, at, document), path, message);
  };
  return {file, value, broken: !readable, errors, report};

  function offsetOf(
    root: Node | null,
    path: readonly (string | number)[],
    at: "key" | "value",
    source: typeof document
  ): number {
    let node: unknown = root;
    // A file begins where its first key stands, not at the comment above it.
    let offset = root?.range?.[0] ?? 0;
    for (const [i, step] of path.entries()) {
      if (isAlias(node)) node = node.resolve(source);
      if (isMap(node)) {
        const pair: Pair | undefined = node.items.find(({key}) => isScalar(key) && String(key.value) === String(step));
        // Nothing there, or merged in from elsewhere: the nearest key above is the place.
        if (!pair || !isNode(pair.key)) return offset;
        const last = i === path.length - 1;
        offset = pair.key.range?.[0] ?? offset;
        node = pair.value;
        if (last && at === "value" && isNode(node) && !(isScalar(node) && node.source === "")) {
          return node.range?.[0] ?? offset;
        }
      } else if (isSeq(node)) {
        node = node.items[Number(step)];
        if (!isNode(node)) return offset;
        offset = node.range?.[0] ?? offset;
      } else return offset;
    }
    return offset;
  }
}

function syntaxMessage(code: string, message: string, text: string, offset: number): string {
  if (code === "MULTIPLE_DOCS") return "invalid YAML; several documents in one file, expected one";
  if (code === "TAB_AS_INDENT") return "invalid YAML; tabs are not allowed as indentation, expected spaces";
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1).split("\n", 1)[0] ?? "";
  const quotes = /(^|[^"'])\$\{/.test(line) ? '; write "${NAME}" in quotes' : "";
  return `invalid YAML; ${lowerFirst(message.split("\n", 1)[0] ?? message)}${quotes}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
