import type {Html} from "./html.ts";
import {html} from "./html.ts";

const keywords =
  /\b(?:SELECT|FROM|WHERE|AND|OR|NOT|IS|NULL|GROUP|ORDER|BY|WITH|AS|JOIN|LEFT|INNER|ON|USING|UNION|ALL|DISTINCT|CASE|WHEN|THEN|ELSE|END|OVER|PARTITION|HAVING|LIMIT|BETWEEN|IN|CAST|FILTER|COALESCE|EXISTS|INTERVAL)\b/g;

/** Returns YAML with its keys and comments told apart. */
export function yamlCode(text: string): Html {
  return html`<pre class="yaml" tabindex="0"><code>${text.split(/(?<=\n)/).map(yamlLine)}</code></pre>`;
}

/** Returns SQL with its keywords told apart. */
export function sqlCode(text: string): Html {
  return html`<pre class="sql" tabindex="0"><code>${mark(text, keywords)}</code></pre>`;
}

function yamlLine(line: string): Html {
  const [, indent = "", key = "", rest = ""] = /^(\s*(?:- )?)([\w.-]+:)?([^]*)$/.exec(line) ?? [];
  const comment = /^((?:[^"'#]|"[^"]*"|'[^']*')*?\s)?(#[^]*)$/.exec(rest);
  return html`${indent}${key ? html`<b>${key}</b>` : null}${comment ? html`${comment[1] ?? ""}<i>${comment[2] ?? ""}</i>` : rest}`;
}

function mark(text: string, words: RegExp): Html[] {
  const parts: Html[] = [];
  let from = 0;
  for (const match of text.matchAll(words)) {
    parts.push(html`${text.slice(from, match.index)}<b>${match[0]}</b>`);
    from = match.index + match[0].length;
  }
  return [...parts, html`${text.slice(from)}`];
}
