import { sql } from 'drizzle-orm';
import type { FieldRow } from '../../rows.ts';
import type { OddValues } from '../../health.ts';
import { name, type SqliteDatabase } from '../database.ts';
import { TABLES } from '../fields.ts';
import { oddIds } from './ids.ts';
import { seek, shellCommand } from './trouble.ts';

/** The farthest that an instant can be from 1970, in milliseconds: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const FARTHEST = '8640000000000000';

interface Doubt {
  readonly column: string;
  readonly problem: OddValues['problem'];
  /** SQL that holds for a value that no command writes; false or NULL for others. It also goes into command lines. */
  readonly odd: string;
  /** What the remedy makes of the value; undefined where only its owner can say. */
  readonly instead: string | undefined;
}

/** One pass over each table counts all doubts of it; the rows are looked for only where there are any. */
export function oddValues(db: SqliteDatabase, fields: readonly FieldRow[], deep: boolean): OddValues[] {
  const doubtsOf = (object: FieldRow['object']): Doubt[] => {
    const columns = new Set(db.pluck<string>(sql`select name from pragma_table_xinfo(${TABLES[object]})`));
    return fields.filter((field) => field.object === object && columns.has(field.alias)).flatMap(doubtsOfField);
  };
  return [
    ...oddIds(db),
    ...oddIn(db, 'contacts', doubtsOf('contact')),
    ...oddIn(db, 'companies', doubtsOf('company')),
    ...oddIn(db, 'events', deep ? [...EVENT_DOUBTS, PROPERTIES_DOUBT] : EVENT_DOUBTS),
    ...oddIn(db, 'membership_history', [{ column: 'left_at', problem: 'backwards', odd: 'left_at < joined_at', instead: 'joined_at' }]),
  ];
}

const NOW = "strftime('%s', 'now') * 1000";
const EVENT_DOUBTS: readonly Doubt[] = [
  { column: 'occurred_at', problem: 'noInstant', odd: noInstant('occurred_at'), instead: NOW },
  { column: 'value', problem: 'infinite', odd: 'abs(value) = 9e999', instead: 'null' },
];
const PROPERTIES_DOUBT: Doubt = { column: 'properties', problem: 'noProperties', odd: "properties is not null and iif(json_valid(properties), json_type(properties) <> 'object', 1)", instead: 'null' };

/** The types of STRICT columns hold by themselves. Older shells give `date('2023-02-30')` back as it is; moved by no days it is 2 March everywhere. */
function doubtsOfField({ alias: column, type, options, origin }: FieldRow): Doubt[] {
  const value = `"${column}"`;
  switch (type) {
    case 'date':
      return [{ column, problem: 'noDay', odd: `${value} is not null and date(${value}, '+0 days') is not ${value}`, instead: 'null' }];
    case 'datetime':
      return [{ column, problem: 'noInstant', odd: noInstant(value), instead: origin === 'kept' ? NOW : 'null' }]; // not all of those may be missing
    case 'number':
      return column === 'id' ? [] : [{ column, problem: 'infinite', odd: `abs(${value}) = 9e999`, instead: 'null' }];
    case 'boolean':
      return [{ column, problem: 'noBoolean', odd: `${value} not in (0, 1)`, instead: 'null' }];
    case 'multiselect':
      return [{ column, problem: 'noList', odd: `${value} not glob '|?*|'`, instead: 'null' }];
    case 'select':
      return [{ column, problem: 'noOption', odd: `fold(${value}) not in (select fold(value) from json_each(${literal(JSON.stringify(options))}))`, instead: undefined }];
    default:
      return [];
  }
}

function noInstant(value: string): string {
  return `${value} not between -${FARTHEST} and ${FARTHEST}`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function oddIn(db: SqliteDatabase, table: string, doubts: readonly Doubt[]): OddValues[] {
  if (doubts.length === 0) return [];
  const counts = db.get<Record<string, number>>(sql.raw(`
    select ${doubts.map(({ odd }, index) => `count(*) filter (where ${odd}) as d${index}`).join(', ')}
    from ${table}`));
  return doubts.flatMap(({ column, problem, odd, instead }, index) => {
    if ((counts?.[`d${index}`] ?? 0) === 0) return [];
    const remedy = instead === undefined ? undefined : shellCommand(db, `update ${table} set "${column}" = ${instead} where ${odd}`);
    return [{ table, column, problem, ...seek(db, { columns: sql`id, ${name(column)}`, from: sql.raw(`${table} where ${odd}`), remedy }) }];
  });
}
