import type {Readout} from "../readout.ts";
import {memoContent} from "./memoContent.ts";
import {plainText} from "./plainText.ts";

const colors: Record<string, string> = {
  ship: "#1f7a4d",
  blocked: "#b3261e",
  "roll-back": "#b3261e",
  "do-not-ship": "#b3261e",
  incomplete: "#5b6370",
  "keep-running": "#5b6370"
};

/** Returns the memo as one self-contained HTML file: its style inside, no script, no request, text from data escaped. */
export function memoHtml(readout: Readout): string {
  const {title, verdict, sections} = memoContent(readout);
  const body = sections.map(({heading, lines, bullets = [], table, code}) =>
    [
      `<h2>${escapeHtml(heading)}</h2>`,
      ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
      bullets.length > 0 ? `<ul>${bullets.map((bullet) => `<li>${escapeHtml(bullet)}</li>`).join("")}</ul>` : "",
      table === undefined
        ? ""
        : `<div class="wide"><table><thead><tr>${table.head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join("")}</tr></thead><tbody>${table.rows
            .map(
              (row) =>
                `<tr>${row.map((cell, i) => (i === 0 ? `<th scope="row">${escapeHtml(cell)}</th>` : `<td>${escapeHtml(cell)}</td>`)).join("")}</tr>`
            )
            .join("")}</tbody></table></div>`,
      code === undefined ? "" : `<pre>${escapeHtml(code)}</pre>`
    ].join("\n")
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(`${title}: ${verdict.label}`)}</title>
<style>
:root { color-scheme: light dark; }
body { font: 15px/1.55 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color: #1b1e23; background: #fdfdfc; font-variant-numeric: tabular-nums; }
h1, h2 { font-family: Georgia, "Iowan Old Style", serif; line-height: 1.2; }
h1 { font-size: 1.9rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
.verdict { border-left: 4px solid ${colors[verdict.key] ?? "#5b6370"}; padding: .4rem 1rem; font-family: Georgia, serif; font-size: 1.1rem; }
.verdict b { font: 600 .8rem system-ui, sans-serif; letter-spacing: .08em; text-transform: uppercase; display: block; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 13.5px; width: 100%; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid #8884; text-align: right; } th[scope=row], th:first-child { text-align: left; font-weight: 500; }
pre { font-size: 12.5px; overflow-x: auto; padding: .8rem; border: 1px solid #8884; }
@media (prefers-color-scheme: dark) { body { color: #e8eaee; background: #131519; } }
@media print { body { margin: 0; max-width: none; } }
</style>
</head>
<body>
<main>
<h1 dir="auto">${escapeHtml(title)}</h1>
<p class="verdict" dir="auto"><b>${escapeHtml(verdict.label)}</b>${escapeHtml(verdict.sentence)}</p>
${body.join("\n")}
</main>
</body>
</html>
`;
}

/** Returns text that is safe between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return plainText(text).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
