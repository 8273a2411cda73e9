import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { Held } from '../../records.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, name } from '../sql-parts.ts';
import { spelled } from '../words.ts';
import { namesContact } from './audit.ts';
import { POINTERS } from '../delta/cause-uses.ts';
import { formerValues, presentValues, valuesOfNobody } from './erase-values.ts';
import { wishesOf } from './erase-wishes.ts';

/**
 * All that is stored of one contact, and of those who were merged into it: the rows of every table
 * that names contacts, and those that they point to. A table that is added later is among them by
 * its column.
 */
export async function heldOfContact(db: SqlDatabase, id: number): Promise<Held[]> {
  const ids = sql`(
    select ${id} as id union select contact_id from merged_contacts where merged_into = ${id}
  )`;
  const own = (await tablesOfContacts(db)).map((table): [string, SQL] => [
    table,
    sql`select * from ${name(table)} where contact_id in ${ids}`,
  ]);
  return (
    await inTurn(
      [...ofRecord(id), ...besides(id, ids), ...(await wishes(db, id)), ...own],
      async ([table, query]) => ({ table, rows: await db.all<Held['rows'][number]>(query) }),
    )
  ).filter(({ rows }) => rows.length > 0);
}

/** The record of changes is told by itself: it names contacts otherwise in each database. */
async function tablesOfContacts(db: SqlDatabase): Promise<string[]> {
  const found = await db.pluck<string>(TABLES_OF_CONTACTS);
  return found.filter((table) => table !== 'contact_changes' && table !== 'member_changes');
}

const TABLES_OF_CONTACTS = spelled(
  sql`
    select tables.name
    from pragma_table_list as tables
    where tables.schema = 'main' and tables.type = 'table' and exists (
      select 1 from pragma_table_info(tables.name) as columns where columns.name = 'contact_id'
    )
    order by tables.name`,
  sql`
    select relname::text
    from pg_class
    join pg_attribute on attrelid = pg_class.oid and attname = 'contact_id' and not attisdropped
    where relnamespace = current_schema::regnamespace and relkind in ('r', 'p')
    order by relname`,
);

/** What stands for its values, and for those of before that nobody has by now. */
async function wishes(db: SqlDatabase, id: number): Promise<[string, SQL][]> {
  const ids = idSet([id]);
  const former = await valuesOfNobody(db, await formerValues(db, ids));
  return wishesOf([...(await presentValues(db, ids)), ...former]).map(({ table, which }) => [
    table,
    sql`select * from ${name(table)} where ${which}`,
  ]);
}

/** The record, and what it points to. */
function ofRecord(id: number): [string, SQL][] {
  return [
    ['contacts', sql`select * from contacts where id = ${id}`],
    [
      'companies',
      sql`select * from companies where id = (select company_id from contacts where id = ${id})`,
    ],
    [
      'tags',
      sql`select * from tags where id in (select tag_id from contact_tags where contact_id = ${id})`,
    ],
  ];
}

/** What names contacts otherwise. */
function besides(id: number, ids: SQL): [string, SQL][] {
  const events = sql`select id from events where contact_id = ${id}`;
  const causes = POINTERS.map(
    ({ table, column }) =>
      sql`select ${name(column)} from ${name(table)} where contact_id in ${ids}`,
  );
  return [
    [
      'segment_causes',
      sql`select * from segment_causes where id in (${sql.join(causes, sql` union `)})`,
    ],
    ['imports', sql`select imports.* from imports where id in (${importsOf(ids)})`],
    ['trigger_fired', sql`select * from trigger_fired where event_id in (${events})`],
    ['contact_changes', changesOf(ids)],
    [
      'member_changes',
      sql`select * from member_changes where ${spelled(sql`id`, sql`contact_id`)} in ${ids}`,
    ],
    ['audit', auditOf(ids)],
  ];
}

function changesOf(ids: SQL): SQL {
  return spelled(
    sql`
      select epoch, kind, id, segment_id
      from contact_changes
      where id in ${ids} and kind not in ('company', 'tag')`,
    sql`select xid, kind, contact_id, segment_id from contact_changes where contact_id in ${ids}`,
  );
}

function importsOf(ids: SQL): SQL {
  return sql`
    select import_id
    from import_ids
    where kind = 'contacts' and exists (
      select 1 from ${ids} as made where made.id between first_id and last_id
    )
    union select import_id from import_tags where contact_id in ${ids}
    union select import_id from import_pins where contact_id in ${ids}`;
}

/** Of what was done to several there is the number of those that are named. */
function auditOf(ids: SQL): SQL {
  return sql`
    select *
    from audit
    where object = 'contact' and object_id in ${ids}
      or object in (select 'contact ' || id from ${ids} as named)
      or ${namesContact(ids)}`;
}
