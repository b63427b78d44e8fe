import type {Readout} from "../readout.ts";
import {memoContent} from "./memoContent.ts";
import {plainText} from "./plainText.ts";

/** Returns the memo as Markdown (CommonMark with tables). Text from data cannot start markup, HTML or a link. */
export function memoMarkdown(readout: Readout): string {
  const {title, verdict, sections} = memoContent(readout);
  const parts = [
    `# ${escapeMarkdown(title)}`,
    `**${escapeMarkdown(verdict.label)}.** ${escapeMarkdown(verdict.sentence)}`
  ];
  for (const {heading, lines, bullets = [], table, code} of sections) {
    parts.push(`## ${escapeMarkdown(heading)}`, ...lines.map(escapeMarkdown));
    if (bullets.length > 0) parts.push(bullets.map((bullet) => `- ${escapeMarkdown(bullet)}`).join("\n"));
    if (table !== undefined) {
      const row = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
      parts.push([row(table.head), `|${table.head.map(() => "---").join("|")}|`, ...table.rows.map(row)].join("\n"));
    }
    if (code !== undefined) parts.push(fenced(code));
  }
  return `${parts.join("\n\n")}\n`;
}

/**
 * Returns text in which Markdown has nothing to interpret: one line; marks of emphasis, code, links, tables and HTML
 * escaped anywhere, marks of lists and headings at its start, and what some renderers turn into links by themselves.
 */
export function escapeMarkdown(text: string): string {
  return plainText(text)
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_[\]|~@]/g, "\\$&")
    .replace(/[&<>]/g, (character) => entities[character] ?? character)
    .replace(/:(?=\/\/)/g, "\\:")
    .replace(/\bwww\./gi, (start) => `${start.slice(0, 3)}\\.`)
    .replace(/^(\d{1,9})([.)])(?= |$)/, "$1\\$2")
    .replace(/^(?:[-+](?= |$)|#|=|-(?=-))/, "\\$&");
}

const entities: Readonly<Record<string, string>> = {"&": "&amp;", "<": "&lt;", ">": "&gt;"};

function fenced(code: string): string {
  const text = plainText(code).trimEnd();
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}yaml\n${text}\n${fence}`;
}
