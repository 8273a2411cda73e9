import { type SQL, sql } from 'drizzle-orm';
import type { Held } from '../../records.ts';
import { name, type SqliteDatabase } from '../connection/database.ts';
import { POINTERS } from '../delta/causes.ts';
import { fieldsWithWishes, wishesAbout } from '../delta/wishes.ts';

/**
 * All that is stored of one contact: the rows of every table that names contacts, and those that
 * they point to. A table that is added later is among them by its column.
 */
export function heldOfContact(db: SqliteDatabase, id: number): Held[] {
  const tables = db.pluck<string>(sql`
    select tables.name
    from pragma_table_list as tables
    where tables.schema = 'main' and tables.type = 'table' and exists (
      select 1 from pragma_table_info(tables.name) as columns where columns.name = 'contact_id'
    )
    order by tables.name`);
  const own = tables.map((table): [string, SQL] => [
    table,
    sql`select * from ${name(table)} where contact_id = ${id}`,
  ]);
  return [...besides(db, id), ...own]
    .map(([table, query]) => ({ table, rows: db.all<Held['rows'][number]>(query) }))
    .filter(({ rows }) => rows.length > 0);
}

/** What names a contact otherwise. */
function besides(db: SqliteDatabase, id: number): [string, SQL][] {
  const events = sql`select id from events where contact_id = ${id}`;
  const causes = POINTERS.map(
    ({ table, column }) => sql`select ${name(column)} from ${name(table)} where contact_id = ${id}`,
  );
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
    [
      'address_suppressions',
      sql`
        select *
        from address_suppressions
        where address = (select email from contacts where id = ${id})`,
    ],
    ...wishesOf(db, id),
    [
      'segment_causes',
      sql`select * from segment_causes where id in (${sql.join(causes, sql` union `)})`,
    ],
    [
      'imports',
      sql`
        select imports.*
        from imports
        where id in (
          select import_id from import_ids
          where kind = 'contacts' and ${id} between first_id and last_id
          union select import_id from import_tags where contact_id = ${id}
          union select import_id from import_pins where contact_id = ${id}
        )`,
    ],
    ['trigger_fired', sql`select * from trigger_fired where event_id in (${events})`],
    [
      'contact_changes',
      sql`
        select epoch, kind, id, segment_id
        from contact_changes
        where id = ${id} and kind not in ('company', 'tag')`,
    ],
    ['member_changes', sql`select * from member_changes where id = ${id}`],
    [
      'audit',
      sql`select * from audit where object = ${`contact ${id}`} or object = 'contact' and object_id = ${id}`,
    ],
  ];
}

/** What stands for the values of unique fields. */
function wishesOf(db: SqliteDatabase, id: number): [string, SQL][] {
  const fields = fieldsWithWishes(db);
  if (fields.length === 0) return [];
  const each = fields.map((field) => sql`select * from (${wishesAbout(field, id, sql`said.*`)})`);
  return [['value_suppressions', sql.join(each, sql` union all `)]];
}
