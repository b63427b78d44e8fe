import {phaseAt, phasesOf} from "../../experiment/definition/phasesOf.ts";
import type {Experiment} from "../../experiment/definition/definition.ts";
import type {TenureCohort} from "../../experiment/novelty/tenureSums.ts";
import {dateOfDay, dayOfDate} from "../zone.ts";

/** Units that entered on one day, by variant. */
export interface EntryDay {
  readonly day: number;
  readonly units: Readonly<Record<string, number>>;
}

/**
 * Returns the entry cohorts that may be published: consecutive entry dates of one phase, merged until each variant has
 * `minimumUnits` units; what is left at a phase's end belongs to the cohort before. A phase that never has so many gives
 * none. `lastDay` is the last tenure day that all of a cohort have lived through by the end of `asOf`.
 */
export function cohortsOf(
  experiment: Pick<Experiment, "start" | "variants" | "phases" | "minimumUnits">,
  entries: readonly EntryDay[],
  {asOf, calendarOnly}: {asOf: number; calendarOnly: boolean}
): TenureCohort[] {
  const spans = phasesOf(experiment);
  const variants = Object.keys(experiment.variants);
  const cohorts: TenureCohort[] = [];
  const close = (members: readonly EntryDay[], phase: string): void => {
    const [first, last] = [members[0], members.at(-1)];
    if (first === undefined || last === undefined) return;
    cohorts.push({
      cohort: dateOfDay(first.day),
      until: dateOfDay(last.day),
      phase,
      lastDay: asOf - last.day - (calendarOnly ? 0 : 1),
      units: Object.fromEntries(
        variants.map((variant) => [variant, members.reduce((n, {units}) => n + (units[variant] ?? 0), 0)])
      )
    });
  };
  for (const {name} of spans) {
    const own = entries.filter(({day}) => phaseAt(spans, dateOfDay(day)) === name).toSorted((a, b) => a.day - b.day);
    const groups: EntryDay[][] = [];
    let open: EntryDay[] = [];
    for (const entry of own) {
      open.push(entry);
      const enough = variants.every(
        (variant) => open.reduce((n, {units}) => n + (units[variant] ?? 0), 0) >= experiment.minimumUnits
      );
      if (!enough) continue;
      groups.push(open);
      open = [];
    }
    groups.at(-1)?.push(...open);
    for (const members of groups) close(members, name);
  }
  return cohorts;
}

/** Returns the day number of a cohort's first and last entry date. */
export function cohortDays({cohort, until}: TenureCohort): [number, number] {
  return [dayOfDate(cohort), dayOfDate(until)];
}
