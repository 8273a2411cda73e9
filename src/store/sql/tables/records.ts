import { type SQL, sql } from 'drizzle-orm';
import { ALWAYS, AS_IT_STANDS, exactly, THEN_JOIN } from '../words.ts';
import { inTurn } from '../../../support/in-turn.ts';
import type { RecordRow, RecordTuple, Value } from '../../rows.ts';
import type {
  ContactsReader,
  ContactsWriter,
  NewRecord,
  RecordQuery,
  RecordsReader,
  RecordsWriter,
} from '../../records.ts';
import type { SqlDatabase } from '../database.ts';
import { anyOf, idSet, name, upTo } from '../sql-parts.ts';
import { countEach, countLeft } from './contact-counts.ts';
import { columnExpression, type TableName, WITH_COMPANY } from './record-columns.ts';
import { deleteMembershipsOf } from '../delta/memberships-of-contacts.ts';
import { SelectedContacts } from '../delta/selected.ts';
import type { TemporaryTables } from '../delta/temporary-tables.ts';
import { idsInOrder } from './in-order.ts';
import { listDuplicates } from './duplicates.ts';
import { eraseContacts } from './erase-contacts.ts';
import { formerHolders, knownValues } from './erase-values.ts';
import { remainsOf } from './erase-words.ts';
import { heldOfContact } from './held-of-contact.ts';
import { mergeContacts } from './merge-contacts.ts';
import {
  listChannels,
  listReasons,
  listSuppressions,
  suppressContacts,
  unsuppressContacts,
} from './suppressions.ts';
import { isText, matchUnique, uniqueColumn } from './unique-columns.ts';
import { listTagNames, listTags, listTagsOf, tagContacts, untagContacts } from './tags.ts';

/** Members change in these temporary tables, like all that is proposed. */
export function contactsTable(tables: TemporaryTables): ContactsWriter {
  const { db } = tables;
  const records = recordsTable(db, 'contacts');
  return {
    ...records,
    ...contactsReader(db),

    async select(query) {
      return SelectedContacts.find(tables, recordsQuery('contacts', query, SELECTED_COLUMNS));
    },

    async identify(ids, now) {
      return db.run(sql`
        update contacts
        set identified_at = ${now}
        where id in ${idSet(ids)} and identified_at is null`);
    },

    async delete(ids, deleting) {
      await deleteMembershipsOf(db, idSet(ids), deleting);
      return records.delete(ids);
    },

    async erase(erasing) {
      const { values, ...erased } = await eraseContacts(db, erasing);
      return { ...erased, remains: await remainsOf(db, values) };
    },

    async merge(merging) {
      const { winner, now } = merging;
      return mergeContacts(tables, merging, async (values) =>
        updateRecords(db, 'contacts', [winner], { values, now }),
      );
    },

    tag: async (ids, tags, now) => tagContacts(db, ids, tags, now),
    untag: async (ids, tags) => untagContacts(db, ids, tags),
    suppress: async (ids, channels, reason, now) =>
      suppressContacts(db, ids, channels, reason, now),
    unsuppress: async (ids, which) => unsuppressContacts(db, ids, which),
  };
}

const SELECTED_COLUMNS = ['id', 'identified_at'];

/** What can be read of contacts and not of companies. */
function contactsReader(db: SqlDatabase): Omit<ContactsReader, keyof RecordsReader> {
  return {
    countEach: async (conditions) => countEach(db, conditions),
    countLeft: async (conditions) => countLeft(db, conditions),
    shellScript: async (where) => db.ways.shellScript(where),
    held: async (id) => heldOfContact(db, id),
    mergedInto: async (id) => mergedInto(db, id),
    formerly: async (value) =>
      (
        await inTurn(await knownValues(db, [value]), async (known) => formerHolders(db, known))
      ).flat(),
    duplicates: async (query) => listDuplicates(db, query),
    tags: async () => listTags(db),
    tagNames: async () => listTagNames(db),
    tagsOf: async (id) => listTagsOf(db, id),
    suppressions: async (ids) => listSuppressions(db, ids),
    channels: async () => listChannels(db),
    reasons: async () => listReasons(db),
  };
}

async function mergedInto(db: SqlDatabase, id: number): Promise<number | undefined> {
  return (
    await db.pluck<number>(sql`
    select merged_into from merged_contacts where contact_id = ${id}`)
  )[0];
}

export function companiesTable(db: SqlDatabase): RecordsWriter {
  return recordsTable(db, 'companies');
}

function recordsTable(db: SqlDatabase, table: TableName): RecordsWriter {
  return {
    list: async (query, columns) =>
      db.all<RecordRow>(recordsQuery(table, query, [...new Set(['id', ...columns])])),
    tuples: async (query, columns) =>
      db.tuples<RecordTuple>(recordsQuery(table, query, ['id', ...columns])),
    count: async (query) => countRecords(db, table, query),
    order: async (query, order) =>
      idsInOrder(db, await rankedRecords(db, table, query, order.by), order, query.limit),
    match: async (column, values) => matchUnique(db, await uniqueColumn(db, table, column), values),
    insert: async (values, now) => insertRecord(db, table, values, now),
    update: async (ids, values, now) => updateRecords(db, table, ids, { values, now }),

    async delete(ids) {
      return db.run(sql`delete from ${name(table)} where id in ${idSet(ids)}`);
    },
  };
}

export function recordsQuery(
  table: TableName,
  query: RecordQuery,
  columns: readonly string[],
): SQL {
  const selected = columns.map(
    (column) => sql`${columnExpression(column, table)} as ${name(column)}`,
  );
  const withCompany = columns.includes('company') && table === 'contacts';
  return sql`
    select ${sql.join(selected, sql`, `)}
    from ${source(query, table)}
    ${withCompany ? WITH_COMPANY : sql``}
    where ${conditions(query)}
    order by ${idOf(query)}
    ${upTo(query.limit)}`;
}

/** Records by id with a column as their rank. */
async function rankedRecords(
  db: SqlDatabase,
  table: TableName,
  query: RecordQuery,
  column: string,
): Promise<SQL> {
  const withCompany = column === 'company' && table === 'contacts';
  const value = columnExpression(column, table);
  const { type } = await uniqueColumn(db, table, column);
  return sql`
    select ${idOf(query)} as id, ${isText(type) ? sql`lower(${value})` : value} as rank
    from ${source(query, table)}
    ${withCompany ? WITH_COMPANY : sql``}
    where ${conditions(query)}`;
}

async function countRecords(
  db: SqlDatabase,
  table: TableName,
  query: RecordQuery,
): Promise<number> {
  if (query.where === undefined)
    return db.value<number>(
      sql`select count(*) from ${source(query, table)} where ${conditions(query)}`,
    );
  // in the order of ids (the limit keeps the order): the planner would walk the smallest index, and
  // probe other tables all over the place
  return db.value<number>(sql`
    select count(*)
    from (
      select c.id
      from ${source(query, table)}
      where ${conditions(query)}
      order by ${idOf(query)}
      ${AS_IT_STANDS}
    ) as found`);
}

async function insertRecord(
  db: SqlDatabase,
  table: TableName,
  values: NewRecord,
  now: number,
): Promise<number> {
  const row: NewRecord = { created_at: now, updated_at: now, ...withoutMissing(values) };
  const bound = Object.values(row).map((value) => sql`${value}`);
  return db.value<number>(sql`
    insert into ${name(table)} (${columnList(Object.keys(row))})
    values (${sql.join(bound, sql`, `)})
    returning id`);
}

async function updateRecords(
  db: SqlDatabase,
  table: TableName,
  ids: readonly number[],
  { values, now }: { readonly values: NewRecord; readonly now: number },
): Promise<number> {
  const changes = Object.entries(values);
  if (changes.length === 0) return 0;
  const sets = changes.map(([column, value]) => sql`${name(column)} = ${value}`);
  return db.run(sql`
    update ${name(table)}
    set ${sql.join(sets, sql`, `)}, updated_at = ${now}
    where id in ${idSet(ids)} and ${anyOf(changes.map(differs))}`);
}

/** Whether the value is another to the byte: the column's own collation would overlook case. */
function differs([column, value]: [string, Value]): SQL {
  return sql`${exactly(name(column))} is distinct from ${value}`;
}

function columnList(columns: readonly string[]): SQL {
  return sql.join(columns.map(name), sql`, `);
}

function withoutMissing(values: NewRecord): NewRecord {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function source(query: RecordQuery, table: TableName): SQL {
  if (query.segmentId === undefined) return sql`${name(table)} as c`;
  // cross join: walk the segment's members in key order, whatever the size of the store
  return sql`joined as m ${THEN_JOIN} ${name(table)} as c on c.id = m.contact_id`;
}

function idOf({ segmentId }: RecordQuery): SQL {
  return segmentId === undefined ? sql`c.id` : sql`m.contact_id`;
}

function conditions(query: RecordQuery): SQL {
  const { where, ids, segmentId, after } = query;
  const parts: SQL[] = [];
  if (segmentId !== undefined) parts.push(sql`m.segment_id = ${segmentId}`);
  if (after !== undefined) parts.push(sql`${idOf(query)} > ${after}`);
  if (ids !== undefined) parts.push(sql`${idOf(query)} in ${idSet(ids)}`);
  if (where !== undefined) parts.push(sql`(${where})`);
  // rule: names-true
  return parts.length === 0 ? ALWAYS : sql.join(parts, sql` and `);
}
