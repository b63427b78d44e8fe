/**
 * Returns the analyst's own SQL (a condition, an expression or a SELECT) as one unit in parentheses that cannot reach
 * beyond them: quotes, comments and parentheses are closed, and there is one statement only.
 *
 * @throws {TypeError} naming the place, such as `metric revenue, where`, if the text could break out
 */
export function enclose(sql: string, place: string): string {
  const problem = whatIsOpen(sql);
  if (problem !== null) throw new TypeError(`invalid SQL in ${place}; ${problem}: ${sql}`);
  return `(${sql.trim()}\n)`;
}

function whatIsOpen(sql: string): string | null {
  if (sql.trim() === "") return "empty";
  if (sql.includes("\0")) return "a NUL character";
  let depth = 0;
  for (let i = 0; i < sql.length; ++i) {
    const two = sql.slice(i, i + 2);
    const one = two[0];
    if (two === "--") {
      const end = sql.indexOf("\n", i);
      if (end < 0) break;
      i = end;
    } else if (two === "/*") {
      const end = sql.indexOf("*/", i + 2);
      if (end < 0) return "an open comment";
      // Some engines nest comments and some do not; refused, so that all read the same text.
      if (sql.slice(i + 2, end).includes("/*")) return "a nested comment";
      i = end + 1;
    } else if (one === "'" || one === '"' || one === "`") {
      const end = closing(sql, i);
      if (end < 0) return "an open quote";
      if (sql.slice(i, end).includes("\\")) return "a backslash between quotes";
      i = end;
    } else if (one === ";") return "more than one statement";
    else if (one === "$" && /^\$[A-Za-z_]*\$/.test(sql.slice(i))) return "a dollar quote";
    else if (one === "(" || one === "[" || one === "{") ++depth;
    else if (one === ")" || one === "]" || one === "}") {
      if (--depth < 0) return "a parenthesis too many";
    }
  }
  return depth > 0 ? "an open parenthesis" : null;
}

/** The end of a quoted text that starts at `from`; a doubled quote inside is part of it. */
function closing(sql: string, from: number): number {
  const quote = sql[from];
  for (let i = from + 1; i < sql.length; ++i) {
    if (sql[i] !== quote) continue;
    if (sql[i + 1] !== quote) return i;
    ++i;
  }
  return -1;
}
