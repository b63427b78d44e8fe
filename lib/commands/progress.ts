import {stripVTControlCharacters} from "node:util";
import {redacted} from "./secrets.ts";

/** Tells how far a command is, on stderr: a bar on a terminal, a plain line each in CI and in files. */
export interface Progress {
  /** Names what is being done now. */
  start(text: string): void;
  /** Counts one more as done. */
  step(text?: string): void;
  /** Prints a line that stays, such as a warning. */
  note(text: string): void;
  /** Takes the bar away; in the end, also after an error. */
  done(): void;
}

/** Where progress is written to; process.stderr is one. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * Returns the progress of a number of steps.
 *
 * @param total steps in all; 0 shows no share
 * @param options.stream default: stderr
 * @param options.interactive whether to draw a bar; default: on a terminal that can move its cursor, outside CI
 */
export function createProgress(
  total: number,
  {
    stream = process.stderr,
    interactive = isInteractive(stream, process.env)
  }: {stream?: ProgressStream; interactive?: boolean} = {}
): Progress {
  let steps = 0;
  let current = "";
  let drawn = false;

  const line = () => [total > 0 ? `${steps}/${total}` : "", current].filter(Boolean).join(" ");
  const clear = () => {
    if (drawn) stream.write("\r\u001b[2K");
    drawn = false;
  };
  const draw = () => {
    if (!interactive) return;
    clear();
    const text = total > 0 ? `${bar(steps / total)} ${line()}` : line();
    stream.write([...text].slice(0, Math.max(10, (stream.columns ?? 80) - 1)).join(""));
    drawn = true;
  };

  return {
    start(text) {
      current = clean(text);
      if (interactive) draw();
      else if (total === 0) stream.write(`${current}\n`);
    },
    step(text) {
      steps = Math.min(steps + 1, total || Infinity);
      if (text !== undefined) current = clean(text);
      if (interactive) draw();
      else stream.write(`${line()}\n`);
    },
    note(text) {
      clear();
      stream.write(`${clean(text)}\n`);
      if (steps > 0 || current !== "") draw();
    },
    done: clear
  };
}

/** Whether a bar can be drawn: a terminal, not CI, and one that knows how to move its cursor. */
export function isInteractive(
  stream: ProgressStream,
  environment: Readonly<Record<string, string | undefined>>
): boolean {
  const {CI, TERM} = environment;
  return stream.isTTY === true && TERM !== "dumb" && (CI === undefined || CI === "" || CI === "false" || CI === "0");
}

function bar(share: number, width = 20): string {
  const full = Math.round(Math.min(1, share) * width);
  return "█".repeat(full) + "░".repeat(width - full);
}

/** Names come from data: no secrets, and nothing that moves the cursor. */
function clean(text: string): string {
  return stripVTControlCharacters(redacted(text)).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}
