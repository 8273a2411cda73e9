import { SQL, sql } from 'drizzle-orm';

/**
 * SQL that PostgreSQL spells differently: SQLite's renderer flattens it as the SQL that it is,
 * PostgreSQL's takes `postgres`.
 */
export class Spelled extends SQL {
  readonly postgres: SQL;

  constructor(sqlite: SQL, postgres: SQL) {
    super(sqlite.queryChunks);
    this.postgres = postgres;
  }
}

export const spelled = (sqlite: SQL, postgres: SQL): SQL => new Spelled(sqlite, postgres);

/** The schema of temporary tables, before a name. */
export const TEMP = spelled(sql`temp`, sql`pg_temp`);

/** A join in the order in which it is written, where the database leaves that to the author. */
export const THEN_JOIN = spelled(sql`cross join`, sql`join`);

/** Whole numbers of any size, and numbers with a fraction, in a table that is made. */
export const INTEGER = spelled(sql`integer`, sql`bigint`);
export const REAL = spelled(sql`real`, sql`double precision`);

/** Text that compares without regard to the case of ASCII letters, where a column can. */
export const CASELESS = spelled(sql`text collate nocase`, sql`text collate "C"`);

/** Behind the columns of a table whose rows stand in the order of its key. */
export const BY_KEY = spelled(sql`without rowid`, sql``);

/** Behind the name of a table that is to be read as a whole, whatever is asked of it. */
export const NOT_INDEXED = spelled(sql`not indexed`, sql``);

/** What holds, and what does not, of every row: to SQLite `true` may be the name of a column. */
export const ALWAYS = spelled(sql`1`, sql`true`);
export const NEVER = spelled(sql`0`, sql`false`);

/** Behind a select in brackets that is to be made by itself, as it stands and in its order. */
export const AS_IT_STANDS = spelled(sql`limit -1`, sql`offset 0`);

/** Whether a condition holds, as a number that a table keeps: 1 or 0. */
export const flag = (condition: SQL): SQL => spelled(condition, sql`(${condition})::integer`);

/** No whole number, where nothing else says what it is none of. */
export const NO_INTEGER = spelled(sql`null`, sql`null::bigint`);

/** The column in a form for which the database uses no index. */
export const notLookedUp = (column: SQL): SQL => spelled(sql`+${column}`, column);

/** The greater of two values; null where either is. */
export const greater = (one: SQL, other: SQL): SQL =>
  spelled(
    sql`max(${one}, ${other})`,
    sql`case when ${one} is null or ${other} is null then null else greatest(${one}, ${other}) end`,
  );

/** The lesser of two values; null where either is. */
export const lesser = (one: SQL, other: SQL): SQL =>
  spelled(
    sql`min(${one}, ${other})`,
    sql`case when ${one} is null or ${other} is null then null else least(${one}, ${other}) end`,
  );

/**
 * Text as it compares without regard to the case of ASCII letters; the column says so itself in
 * SQLite. What is no column of ours has the server's collation, by which other letters have a case.
 */
export const caseless = (text: SQL): SQL => spelled(text, sql`lower((${text}) collate "C")`);

/** Whether two texts are the same but for the case of ASCII letters; the first is a column. */
export const sameText = (one: SQL, other: SQL): SQL => sql`${caseless(one)} = ${caseless(other)}`;

/** A column's text as it compares to the byte; no other does it by itself in SQLite. */
export const exactly = (text: SQL): SQL => spelled(sql`${text} collate binary`, text);

/** A text that is no column's, as it compares to the byte; no other does it by itself in PostgreSQL. */
export const bytewise = (text: SQL): SQL => spelled(text, sql`${text} collate "C"`);

/** Whether a text stands in another one, to the byte. */
export const contains = (text: SQL, part: SQL): SQL =>
  spelled(sql`instr(${text}, ${part}) > 0`, sql`strpos(${text}, ${part}) > 0`);

/** The text with its ASCII letters in lower case. */
export const lowered = (text: SQL): SQL =>
  spelled(sql`lower(${text})`, sql`lower((${text}) collate "C")`);

/** The text before the first colon, or all of it. */
export const beforeColon = (text: SQL): SQL =>
  spelled(
    sql`substr(${text}, 1, instr(${text} || ':', ':') - 1)`,
    sql`split_part(${text}, ':', 1)`,
  );

/** Joins texts, in the order in which they are selected: `${JOINED}(text, '|')`. */
export const JOINED = spelled(sql`group_concat`, sql`string_agg`);

/** Text that compares to the byte, in a table that is made. */
export const TEXT = spelled(sql`text`, sql`text collate "C"`);

/** A table of the store itself, where a temporary view of its name may stand before it. */
export const ofStore = (table: SQL): SQL => spelled(sql`main.${table}`, table);

/** Values of rows as the text of a JSON list. */
export const jsonList = (value: SQL): SQL =>
  spelled(sql`json_group_array(${value})`, sql`coalesce(json_agg(${value}), '[]')::text`);
