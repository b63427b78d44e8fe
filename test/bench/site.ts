import {cp, mkdir, readdir, rm, symlink} from "node:fs/promises";
import {join} from "node:path";
import {buildSite} from "../../lib/commands/buildSite.ts";
import type {Readout} from "../../lib/experiment/readout.ts";
import {fixtureIndex, fixtureReadouts, writeFixtures} from "../site/fixtures.ts";
import type {Measured} from "./measured.ts";

const work = join(".readout", "bench-site");

/**
 * Measures what one more experiment page costs: a site of many experiments against a site of one, in the same run, each
 * page a readout with every section filled.
 *
 * @param options.pages experiments of the larger site
 */
export async function bench({pages = 41} = {}): Promise<Measured[]> {
  try {
    const one = await seconds(1);
    const many = await seconds(pages);
    return [
      {name: "site of one experiment", value: one, unit: "s"},
      {
        name: `site, an experiment page beyond the first (of ${pages})`,
        value: (many - one) / (pages - 1),
        unit: "s",
        bound: 0.15
      }
    ];
  } finally {
    await rm(work, {recursive: true, force: true});
  }
}

async function seconds(count: number): Promise<number> {
  const folder = join(work, String(count));
  const site = join(folder, "src");
  await rm(folder, {recursive: true, force: true});
  await mkdir(site, {recursive: true});
  for (const entry of await readdir("src"))
    if (!["lib", "readouts", ".observablehq"].includes(entry))
      await cp(join("src", entry), join(site, entry), {recursive: true});
  await symlink(join(process.cwd(), "lib"), join(site, "lib"));
  const readouts = copies(count);
  await writeFixtures(join(site, "readouts"), readouts, fixtureIndex(readouts));
  const start = performance.now();
  await buildSite({site, out: join(folder, "dist")});
  return (performance.now() - start) / 1000;
}

function copies(count: number): Readout[] {
  const originals = fixtureReadouts();
  return Array.from({length: count}, (_, i) => {
    const original = originals[i % originals.length]!;
    return {...original, id: `bench-${i}`, title: `${original.title} ${i}`};
  });
}
