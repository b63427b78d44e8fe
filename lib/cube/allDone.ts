/** Waits for all of some tasks, so that none is at work any more; returns what they gave, or throws what the first of them threw. */
export async function allDone<Tasks extends readonly unknown[]>(
  tasks: readonly [...{[At in keyof Tasks]: Promise<Tasks[At]>}]
): Promise<Tasks> {
  const results = await Promise.allSettled(tasks);
  const values = results.map((result): unknown => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
  return values as unknown as Tasks;
}
