import type {BinGroups} from "../bins.ts";
import {lowerEdge} from "../bins.ts";
import type {Dialect} from "../dialects/dialect.ts";

/** Returns SQL for the group of a finite double: a search through the groups' lower edges. */
export function groupOf(sql: string, groups: BinGroups): string {
  const [first] = groups;
  if (first === undefined || groups.length === 1) return String(first ?? 0);
  const middle = groups.length >> 1;
  return `CASE WHEN ${atLeast(sql, groups[middle] ?? 0)} THEN ${groupOf(sql, groups.slice(middle))} ELSE ${groupOf(sql, groups.slice(0, middle))} END`;
}

/** Whether a value is in a bin or a later one. A bin above zero holds its lower edge, one below zero its upper edge. */
function atLeast(sql: string, bin: number): string {
  const edge = lowerEdge(bin).toExponential();
  return bin === 0 || bin > 1 ? `${sql} >= ${edge}` : `${sql} > ${edge}`;
}

/**
 * Returns the statement that sums what each day adds to the sketch of events, from a table of counts (`u`, `day`, `g`,
 * `c`): with M a unit's events up to a group as of a day and K all its events, the changes of the counts, of M² less
 * that of the group before, and of K times the unit's events of the group. A unit that has an event changes in every
 * group where it has events. So that a unit is counted once, `touched` and `n` are of units by their highest group.
 */
export function clusterIncrements(dialect: Dialect, counts: string): string {
  const running = "ROWS UNBOUNDED PRECEDING";
  return `WITH days AS (SELECT u, day, sum(k) OVER (PARTITION BY u ORDER BY day ${running}) AS k FROM (SELECT u, day, sum(c) AS k FROM ${counts} GROUP BY u, day) AS d),
  occupied AS (SELECT u, g, min(day) AS since FROM ${counts} GROUP BY u, g),
  held AS (SELECT o.u AS u, o.g AS g, d.day AS day, d.k AS k, ${dialect.integer(`sum(coalesce(c.c, 0)) OVER (PARTITION BY o.u, o.g ORDER BY d.day ${running})`)} AS c
    FROM occupied AS o JOIN days AS d ON d.u = o.u AND d.day >= o.since LEFT JOIN ${counts} AS c ON c.u = o.u AND c.day = d.day AND c.g = o.g),
  upto AS (SELECT *, ${dialect.integer(`sum(c) OVER (PARTITION BY u, day ORDER BY g ${running})`)} AS m, max(g) OVER (PARTITION BY u, day) AS top, min(day) OVER (PARTITION BY u) AS entered FROM held),
  states AS (SELECT u, g, day, top, entered, c, m * m - (m - c) * (m - c) AS mm, c * k AS mk FROM upto),
  changes AS (SELECT u, g, day, top, entered, c - lag(c, 1, 0) OVER w AS c, mm - lag(mm, 1, 0) OVER w AS mm, mk - lag(mk, 1, 0) OVER w AS mk FROM states WINDOW w AS (PARTITION BY u, g ORDER BY day))
  SELECT x.variant AS variant, e.day AS day, e.g AS g, sum(CASE WHEN e.g = e.top THEN 1 ELSE 0 END) AS touched, sum(CASE WHEN e.g = e.top AND e.day = e.entered THEN 1 ELSE 0 END) AS n, sum(e.c) AS c, sum(e.mm) AS mm, sum(e.mk) AS mk
  FROM changes AS e JOIN units AS x ON x.u = e.u GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
}

/** The same of one value per unit, from a table of moves (`variant`, `day`, `g`, `c`: 1 or -1, `n`: 1 on entry). */
export function unitIncrements(moves: string): string {
  return `SELECT variant, day, g, sum(CASE WHEN c > 0 THEN 1 ELSE 0 END) AS touched, sum(n) AS n, sum(c) AS c, sum(c) AS mm, sum(c) AS mk FROM ${moves} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
}
