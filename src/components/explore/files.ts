import {formatBytes} from "../../lib/experiment/format.ts";
import type {IndexEntry, Readout, ReadoutIndex} from "../../lib/experiment/readout.ts";
import type {Html} from "../blocks/html.ts";
import {html, name} from "../blocks/html.ts";

/** The files that Explore reads, by the name that the page knows them by. */
export const exploreFiles = ["readout.json", "path.parquet", "entries.parquet", "traffic.parquet"] as const;

/** One of them. */
export type ExploreFile = (typeof exploreFiles)[number];

/** A published file, as the page links to it. */
export type FileLink = {url: string; bytes: number | null};

/**
 * Returns what stands in the Explore page before any script runs: the picker, and every experiment's published files.
 * The script reads the files' addresses from these links, because the build gives files names of its own.
 */
export function explore(
  {experiments}: ReadoutIndex,
  {
    root,
    readoutOf,
    filesOf
  }: {root: string; readoutOf: (id: string) => Readout | null; filesOf: (id: string) => string[]}
): Html {
  const there = experiments.filter((e) => e.error === null && filesOf(e.id).includes("path.parquet"));
  return html`<p class="lede">
      Take a readout apart: filter, cross dimensions, go back in time. Everything is computed here, in your browser,
      from the published sums.
    </p>
    ${
      there.length === 0
        ? html`<p class="absent">No experiment has been built yet, so there is nothing to explore.</p>`
        : html`<form class="filters pick">
            <label
              ><span>Experiment</span
              ><select name="experiment" disabled>
                <option value="">choose one</option>
                ${there.map((e) => html`<option value="${e.id}">${e.title}</option>`)}
              </select></label
            >
          </form>`
    }
    <noscript><p class="notice">Exploring needs JavaScript. The files below can be read with any tool.</p></noscript>
    <div class="explore"></div>
    <details class="data files">
      <summary>The published files</summary>
      <ul class="plain">
        ${there.map((e) => links(e, {root, readout: readoutOf(e.id), files: filesOf(e.id)}))}
      </ul>
    </details>`;
}

function links(
  {id, title}: IndexEntry,
  {root, readout, files}: {root: string; readout: Readout | null; files: string[]}
) {
  return html`<li>
    <a href="${root}experiments/${id}">${name(title)}</a>
    ${exploreFiles
      .filter((file) => files.includes(file))
      .map((file) => {
        const bytes = readout?.files.find((f) => f.name === file)?.bytes;
        return html` <a
            href="${root}readouts/${id}/${file}"
            download="${id}-${file}"
            data-experiment="${id}"
            data-file="${file}"
            data-bytes="${bytes}"
            >${file}</a
          >${bytes === undefined ? null : html` <span class="role">${formatBytes(bytes)}</span>`}`;
      })}
  </li> `;
}

/** Returns the addresses of an experiment's files, from the links in the page. */
export function fileLinks(experiment: string): Partial<Record<ExploreFile, FileLink>> {
  const links: Partial<Record<ExploreFile, FileLink>> = {};
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-experiment]")) {
    const file = exploreFiles.find((each) => each === link.dataset.file);
    if (link.dataset.experiment !== experiment || file === undefined) continue;
    links[file] = {url: link.href, bytes: Number(link.dataset.bytes) || null};
  }
  return links;
}
