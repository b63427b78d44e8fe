/** Where an experiment stands. Only a running one gives treatments to units; draft, paused and stopped ones give control. */
export type Status = "draft" | "running" | "paused" | "stopped";

/** The statuses, in the order of an experiment's life. */
export const statuses: readonly Status[] = ["draft", "running", "paused", "stopped"];

const next: Readonly<Record<Status, readonly Status[]>> = {
  draft: ["running", "stopped"],
  running: ["paused", "stopped"],
  paused: ["running", "stopped"],
  stopped: []
};

/**
 * Whether an experiment may go from one status to another: draft to running or stopped, running to paused or stopped, paused to
 * running or stopped, and from stopped nowhere (a second run is a new experiment with a new salt). Staying is always allowed.
 *
 * @example canMove("stopped", "running") // false
 */
export function canMove(from: Status, to: Status): boolean {
  return from === to || next[from].includes(to);
}
