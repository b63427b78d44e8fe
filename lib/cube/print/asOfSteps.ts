import {day} from "../dialects/dialect.ts";

/** A log, and SQL for its rows' local time and day. */
export interface DatedLog {
  readonly from: string;
  readonly local: string;
  readonly day: string;
  readonly calendar: boolean;
}

/**
 * Returns the SELECTs that find the last complete day, as `chooseAsOf` does: the last day of the logs, unless it is plainly
 * cut off, with fewer rows than half the median of at least 3 earlier days and an end before each of theirs. Without any
 * exposure it is the day before the start.
 */
export function asOfSteps(
  logs: readonly DatedLog[],
  {start}: {start: number}
): [name: string, select: string, comment?: string][] {
  const rows = logs.map(({from, local, day: dayOf, calendar}) => {
    const dated = `SELECT ${dayOf} AS d, ${local} AS l FROM ${from} WHERE t IS NOT NULL AND unit IS NOT NULL`;
    const timed = calendar ? "0 AS timed, 0 AS latest" : `count(*) AS timed, max(l - d * ${day}) AS latest`;
    return `SELECT d, ${timed} FROM (${dated}) AS r WHERE d >= ${start} GROUP BY d`;
  });
  const median =
    "SELECT avg(timed) AS median FROM (SELECT timed, row_number() OVER (ORDER BY timed) AS place, count(*) OVER () AS days FROM earlier) AS r WHERE 2 * place BETWEEN days AND days + 2";
  const cut =
    "l.timed > 0 AND (SELECT count(*) FROM earlier) >= 3 AND 2 * l.timed < (SELECT median FROM usual) AND l.latest < (SELECT min(latest) FROM earlier)";
  return [
    [
      "log_days",
      `SELECT d, sum(timed) AS timed, max(latest) AS latest FROM (${rows.join(" UNION ALL ")}) AS r GROUP BY d`,
      "rows and latest time of each day, to find the last complete one"
    ],
    ["last_day", "SELECT d, timed, latest FROM log_days WHERE d = (SELECT max(d) FROM log_days)"],
    ["earlier", "SELECT d, timed, latest FROM log_days WHERE timed > 0 AND d < (SELECT max(d) FROM log_days)"],
    ["usual", median],
    [
      "as_of",
      `SELECT CASE WHEN ${cut} THEN (SELECT max(d) FROM log_days WHERE d < (SELECT max(d) FROM log_days)) ELSE l.d END AS day FROM last_day AS l`,
      "the last complete day: the last one, unless it is plainly cut off"
    ]
  ];
}
