/** What the process ends with; the same words for every command. */
export const exitCodes = {
  /** All built, or nothing wrong. */
  fine: 0,
  /** `build` and `publish`: nothing built; `check`: something is blocked or severe. */
  nothing: 1,
  /** Could not run: usage, definitions, or a fault of the program. */
  unable: 2,
  /** `build` and `publish`: built, but some are stale or failed. */
  partly: 3
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
