import type {Column} from "../dialects/dialect.ts";
import type {Relation} from "../scan.ts";
import type {PullRequest} from "./pullOf.ts";

/** Returns the columns of a relation that are to come over: those asked for, and any that the analyst's SQL may name. */
export function chosenColumns(relation: Relation, {columns, mentioned}: PullRequest): readonly Column[] {
  if (columns === null) return relation.columns;
  // One that is not there is told of where it is used.
  const asked = new Set(columns.map((name) => name.toLowerCase()));
  const words = new Set(mentioned.flatMap((sql) => sql.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? []));
  const named = (name: string): boolean => {
    const own = name.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? [];
    return own.length === 0 ? mentioned.length > 0 : own.every((word) => words.has(word));
  };
  return relation.columns.filter(({name}) => asked.has(name.toLowerCase()) || named(name));
}

/** Returns the one question of whether a fact has changed: its rows and its latest moment. */
export function watermarkSql(relation: Relation, moment: string | null): string {
  return `SELECT count(*), ${moment === null ? "NULL" : `max(${moment})`} FROM ${relation.sql}`;
}
