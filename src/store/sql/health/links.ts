import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { DanglingLink } from '../../health.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import { recounting } from '../delta/cause-uses.ts';
import { LOST_SEGMENTS } from '../tables/lost-segments.ts';
import { isNoneOf } from './missing.ts';
import { rowsWithoutContact, segmentRowsWithoutContact } from './missing-contacts.ts';
import { seek, shellCommand } from './trouble.ts';

interface Link {
  readonly table: string;
  readonly column: string;
  readonly to: string;
  /** Where the row may be kept meanwhile. */
  readonly orIn?: string | undefined;
  /** Columns that tell one row from another. */
  readonly key: readonly string[];
  /** What becomes of the row: the column is emptied where it may be. */
  readonly remedy: 'delete' | 'empty';
  /** Those that lead nowhere, where an index finds them. */
  readonly dangling?: (table: SQL) => SQL;
}

/**
 * Foreign keys, which shells leave off, and those that the schema leaves to us because they would
 * cost too much.
 */
const LINKS: readonly Link[] = [
  { table: 'contacts', column: 'company_id', to: 'companies', key: ['id'], remedy: 'empty' },
  {
    table: 'contact_tags',
    column: 'contact_id',
    to: 'contacts',
    key: ['tag_id'],
    remedy: 'delete',
    dangling: rowsWithoutContact,
  },
  { table: 'contact_tags', column: 'tag_id', to: 'tags', key: ['contact_id'], remedy: 'delete' },
  {
    table: 'events',
    column: 'contact_id',
    to: 'contacts',
    key: ['id'],
    remedy: 'delete',
    dangling: rowsWithoutContact,
  },
  {
    table: 'suppressions',
    column: 'contact_id',
    to: 'contacts',
    key: ['channel', 'reason'],
    remedy: 'delete',
    dangling: rowsWithoutContact,
  },
  {
    table: 'pins',
    column: 'contact_id',
    to: 'contacts',
    key: ['segment_id'],
    remedy: 'delete',
    dangling: segmentRowsWithoutContact,
  },
  { table: 'pins', column: 'segment_id', to: 'segments', key: ['contact_id'], remedy: 'delete' },
  {
    table: 'joined_history',
    column: 'contact_id',
    to: 'contacts',
    key: ['segment_id'],
    remedy: 'delete',
    dangling: segmentRowsWithoutContact,
  },
  {
    table: 'joined_history',
    column: 'segment_id',
    to: 'segments',
    key: ['contact_id'],
    remedy: 'delete',
  },
  ...['import_tags', 'import_pins'].map((table): Link => ({
    ...{ table, column: 'contact_id', to: 'contacts', key: ['import_id'], remedy: 'delete' },
    dangling: rowsWithoutContact,
  })),
  {
    table: 'former_values',
    column: 'contact_id',
    to: 'contacts',
    key: ['field_id', 'value'],
    remedy: 'delete',
    dangling: rowsWithoutContact,
  },
  {
    table: 'former_values',
    column: 'field_id',
    to: 'fields',
    key: ['contact_id', 'value'],
    remedy: 'delete',
  },
  {
    table: 'value_suppressions',
    column: 'field_id',
    to: 'fields',
    key: ['value', 'channel', 'reason'],
    remedy: 'delete',
  },
  {
    table: 'merged_contacts',
    column: 'merged_into',
    to: 'contacts',
    key: ['contact_id'],
    remedy: 'delete',
  },
  { table: 'import_tags', column: 'tag_id', to: 'tags', key: ['contact_id'], remedy: 'delete' },
  {
    table: 'import_pins',
    column: 'segment_id',
    to: 'segments',
    orIn: 'deleted_segments',
    key: ['contact_id'],
    remedy: 'delete',
  },
  {
    table: 'causes',
    column: 'segment_id',
    to: 'segments',
    orIn: 'deleted_segments',
    key: ['id'],
    remedy: 'delete',
  },
  { table: 'causes', column: 'name', to: 'cause_words', key: ['id'], remedy: 'empty' },
  { table: 'causes', column: 'by', to: 'cause_words', key: ['id'], remedy: 'empty' },
  { table: 'causes', column: 'reason', to: 'cause_words', key: ['id'], remedy: 'empty' },
  {
    table: 'segment_versions',
    column: 'segment_id',
    to: 'segments',
    orIn: 'deleted_segments',
    key: ['version'],
    remedy: 'delete',
  },
  ...['deleted_joined', 'deleted_pins'].map((table): Link => ({
    ...{ table, column: 'contact_id', to: 'contacts', key: ['segment_id'], remedy: 'delete' },
  })),
  ...['deleted_joined', 'deleted_pins'].map((table): Link => ({
    ...{ table, column: 'segment_id', to: 'deleted_segments', key: ['contact_id'] },
    remedy: 'delete',
  })),
  {
    table: 'trigger_above',
    column: 'contact_id',
    to: 'contacts',
    key: ['trigger_id'],
    remedy: 'delete',
  },
  {
    table: 'trigger_fired',
    column: 'event_id',
    to: 'events',
    key: ['trigger_id'],
    remedy: 'delete',
  },
  ...['trigger_above', 'trigger_fired'].map((table): Link => ({
    ...{ table, column: 'trigger_id', to: 'triggers', remedy: 'delete' },
    key: table === 'trigger_above' ? ['contact_id'] : ['event_id'],
  })),
  {
    table: 'deleted_history',
    column: 'segment_id',
    to: 'segments',
    orIn: 'deleted_segments',
    key: ['contact_id'],
    remedy: 'delete',
  },
  { table: 'moved', column: 'cause_id', to: 'causes', key: ['contact_id'], remedy: 'delete' },
  { table: 'run_segments', column: 'run_id', to: 'runs', key: ['segment_id'], remedy: 'delete' },
];

/** Tables whose rows are counted by their causes. */
const POINTING_TO_CAUSES = ['joined_history', 'deleted_joined', 'deleted_pins', 'deleted_history'];

/** `no_contacts` has been filled. */
export async function danglingLinks(db: SqlDatabase): Promise<DanglingLink[]> {
  return inTurn(LINKS, async (link) => danglingLink(db, link));
}

async function danglingLink(db: SqlDatabase, link: Link): Promise<DanglingLink> {
  const { table, column, to, key, dangling } = link;
  const from = dangling?.(name(table)) ?? sql`${name(table)} ${leadingNowhere(link)}`;
  const columns = sql.join(
    [...key, column].map((each) => sql`${name(table)}.${name(each)}`),
    sql`, `,
  );
  const trouble = await seek(db, {
    columns,
    from,
    remedy: shellCommand(db, ...remedyFor(link)),
  });
  return {
    table,
    column,
    to,
    ...trouble,
    pending: trouble.count === 0 ? 0 : await countSwept(db, link),
  };
}

/** Those that the next update takes along. */
async function countSwept(db: SqlDatabase, { table, column, to }: Link): Promise<number> {
  const swept = { contacts: db.ways.log.deleted(), segments: LOST_SEGMENTS }[to];
  if (swept === undefined) return 0;
  return db.value<number>(
    sql`select count(*) from ${name(table)} where ${name(column)} in ${swept}`,
  );
}

function remedyFor(link: Link): (SQL | string)[] {
  const { table, column, remedy } = link;
  const where = leadingNowhere(link);
  if (remedy === 'empty')
    return [sql`update ${sql.raw(table)} set ${name(column)} = null ${where}`];
  const deletion = sql`delete from ${sql.raw(table)} ${where}`;
  return POINTING_TO_CAUSES.includes(table) ? [deletion, recounting()] : [deletion];
}

/** With `is not null`, because `null not in ()` holds where the other table is empty. */
function leadingNowhere({ table, column, to, orIn }: Link): SQL {
  const value = sql`${sql.raw(table)}.${name(column)}`;
  const places = [to, ...(orIn === undefined ? [] : [orIn])];
  const missing = sql.join(
    places.map((place) => isNoneOf(value, place)),
    sql` and `,
  );
  return sql`where ${value} is not null and ${missing}`;
}
