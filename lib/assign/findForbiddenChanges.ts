import {BUCKETS} from "./bucket.ts";
import {prepareExperiment} from "./prepareExperiment.ts";
import {canMove} from "./lifecycle.ts";

/**
 * Returns what forbids a change of a definition, one plain sentence each; empty if the change is fine. A draft may change in any way.
 * Once an experiment has run, its salt, variant keys, weights, control, targeting, group and holdouts stay, its ramp only rises, and
 * its status moves as `canMove` says; the variant of a launch stays, and its holdout only falls: otherwise units would change sides.
 * Configs and forced variants may change at any time.
 *
 * @throws as `prepareExperiment`, if either definition is not a valid one
 */
export function findForbiddenChanges(before: unknown, after: unknown): string[] {
  const a = prepareExperiment(before);
  const b = prepareExperiment(after);
  const {id, status} = a.experiment;
  const problems: string[] = [];
  if (id !== b.experiment.id) problems.push(`the id changed from ${id} to ${b.experiment.id}`);
  if (!canMove(status, b.experiment.status))
    problems.push(`the status cannot go from ${status} to ${b.experiment.status}`);
  if (status === "draft") return problems;
  const fixed: readonly (readonly [string, unknown, unknown])[] = [
    ["salt", a.salt, b.salt],
    ["variant keys", a.keys, b.keys],
    ["weights", a.ends, b.ends],
    ["control", a.control, b.control],
    ["targeting", a.experiment.targeting ?? null, b.experiment.targeting ?? null],
    ["group", a.group, b.group],
    ["holdouts", a.holdouts, b.holdouts]
  ];
  for (const [name, was, is] of fixed)
    if (JSON.stringify(was) !== JSON.stringify(is))
      problems.push(`the ${name} changed after the start: units would change sides`);
  if (b.ramp < a.ramp)
    problems.push(`the ramp fell from ${a.ramp / BUCKETS} to ${b.ramp / BUCKETS}: units would leave`);
  if (status === "stopped" && a.launch !== null) {
    if (a.launch.variant !== b.launch?.variant)
      problems.push(`the launched variant changed from ${a.launch.variant} to ${b.launch?.variant ?? "none"}`);
    const [was, is] = [a.launch.to - a.launch.from, b.launch ? b.launch.to - b.launch.from : 0];
    if (is > was)
      problems.push(`the launch's holdout rose from ${was / BUCKETS} to ${is / BUCKETS}: units would change sides`);
  }
  return problems;
}
