import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { OddValues } from '../../health.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../../sql/sql-parts.ts';
import { POINTERS } from '../../sql/delta/cause-uses.ts';
import { LARGEST_ID } from '../../sql/reach.ts';
import { seek, shellCommand } from '../../sql/health/trouble.ts';

/** What is kept of deleted contacts and segments. */
const DELETED = ['deleted_joined', 'deleted_pins', 'deleted_history'];

/** What is kept of who contacts were. */
const IDENTITIES = ['former_values', 'merged_contacts'];

/** What has ids that people and programs name, and who points there. */
const NUMBERED: readonly Numbered[] = [
  {
    table: 'contacts',
    pointing: [
      ...columns(
        'contact_id',
        ...['contact_tags', 'events', 'suppressions', 'joined', 'pins', 'joined_history'],
        ...['import_tags', 'import_pins', 'moved', 'trigger_above', ...DELETED, ...IDENTITIES],
      ),
      ...columns('merged_into', 'merged_contacts'),
    ],
  },
  { table: 'companies', pointing: columns('company_id', 'contacts') },
  { table: 'tags', pointing: columns('tag_id', 'contact_tags', 'import_tags') },
  { table: 'events', pointing: columns('event_id', 'trigger_fired') },
  { table: 'triggers', pointing: columns('trigger_id', 'trigger_fired', 'trigger_above') },
  {
    table: 'segments',
    pointing: columns(
      'segment_id',
      'joined',
      'pins',
      'joined_history',
      'causes',
      'segment_versions',
      'run_segments',
      'import_pins',
      ...DELETED,
    ),
  },
  {
    table: 'causes',
    pointing: [
      ...POINTERS,
      ...columns('cause_id', 'moved'),
      ...columns('deleted_cause', 'deleted_segments'),
    ],
  },
  {
    table: 'runs',
    pointing: [
      ...columns('run_id', 'run_segments', 'causes', 'imports'),
      ...columns('built_run', 'segments'),
      ...columns('converted_run', 'segments'),
    ],
  },
];

interface Numbered {
  readonly table: string;
  /** Who points there, by which column. */
  readonly pointing: readonly Pointing[];
}

interface Pointing {
  readonly table: string;
  readonly column: string;
}

function columns(column: string, ...tables: readonly string[]): Pointing[] {
  return tables.map((table) => ({ table, column }));
}

/**
 * Ids out of reach, and counters that would give such. The key finds the first and the last: a look
 * at each end of each table.
 */
export async function oddIds(db: SqliteDatabase): Promise<OddValues[]> {
  return (
    await inTurn(NUMBERED, async (numbered) =>
      [...(await outOfReach(db, numbered)), ...(await spent(db, numbered))].slice(0, 1),
    )
  ).flat(); // one remedy is for both
}

async function outOfReach(db: SqliteDatabase, numbered: Numbered): Promise<OddValues[]> {
  const { table } = numbered;
  const from = sql.raw(`${table} where id < 1 or id > ${LARGEST_ID}`);
  const found = await seek(db, {
    columns: sql`id`,
    from,
    remedy: shellCommand(db, newIds(numbered)),
  });
  return found.count === 0 ? [] : [{ table, column: 'id', problem: 'badId', ...found }];
}

/** The next id is one more than the last that was given, or than the last row's. */
async function spent(db: SqliteDatabase, numbered: Numbered): Promise<OddValues[]> {
  const { table } = numbered;
  const last = sql`(select max(id) from ${name(table)})`;
  const largest = (id: number): SQL => sql.raw(String(id));
  const from = sql`
    sqlite_sequence
    where name = ${table}
      and (
        typeof(seq) <> 'integer' or seq not between 0 and ${largest(LARGEST_ID - 1)}
        or ${last} = ${largest(LARGEST_ID)}
      )`;
  const found = await seek(db, {
    columns: sql`seq`,
    from,
    remedy: shellCommand(db, newIds(numbered)),
  });
  return found.count === 0 ? [] : [{ table, column: 'id', problem: 'noIdLeft', ...found }];
}

/**
 * No id that somebody meant to give is as large as this. Where a larger one stands, a row with an id
 * out of reach has driven the counter up.
 */
const ORDINARY = 2 ** 52;

/**
 * Statements that give rows out of reach, and one that leaves no id for the next row, ids behind all
 * that any table names, with the rows that point to them, and set the counter back. Their last output
 * says which became which. Foreign keys are off, for they would refuse the first step.
 */
function newIds({ table, pointing }: Numbered): string {
  const holders = [{ table, column: 'id' }, ...pointing];
  const spoken = holders.map((holder) => `select ${holder.column} from ${holder.table}`);
  const known = ['select id from contact_changes', 'select id from member_changes', ...spoken];
  const renumber = (holder: Pointing): string =>
    `update ${holder.table} set ${holder.column} = ` +
    `(select fresh from temp.renumbered where stale = ${holder.table}.${holder.column}) ` +
    `where ${holder.column} in (select stale from temp.renumbered)`;
  return [
    'pragma foreign_keys = off',
    'begin immediate',
    'create temp table base as select coalesce(max(id), 0) as id ' +
      `from (${known.join(' union all ')}) where id between 1 and ${ORDINARY}`,
    'create temp table renumbered as select id as stale, ' +
      '(select base.id from temp.base) + row_number() over (order by id) as fresh ' +
      `from ${table} where id not between 1 and ${LARGEST_ID - 1}`,
    ...holders.map(renumber),
    'update sqlite_sequence set seq = ' +
      `(select max(id) from (select id from temp.base union all select id from ${table})) ` +
      `where name = '${table}'`,
    `select '${table} ' || stale || ' is now ' || fresh from temp.renumbered order by stale`,
    'commit',
  ].join('; ');
}
