import { type SQL, sql } from 'drizzle-orm';
import type { RecordRow, Value } from '../../rows.ts';
import type { ContactsWriter, NewRecord, RecordQuery, RecordsWriter } from '../../records.ts';
import { anyOf, idSet, name, type SqliteDatabase, valuesOf } from '../connection/database.ts';
import { countEach, countLeft } from './contact-counts.ts';
import { deleteMembershipsOf } from '../delta/memberships-of-contacts.ts';
import { shellScript } from './shell-script.ts';
import {
  channelsOf,
  isConsentColumn,
  listChannels,
  listReasons,
  listSuppressions,
  suppressContacts,
  unsuppressContacts,
} from './suppressions.ts';
import { listTagNames, listTags, listTagsOf, tagContacts, untagContacts } from './tags.ts';

type TableName = 'contacts' | 'companies';

export function contactsTable(db: SqliteDatabase): ContactsWriter {
  const records = recordsTable(db, 'contacts');
  return {
    ...records,
    async countEach(conditions) {
      return countEach(db, conditions);
    },
    async countLeft(conditions) {
      return countLeft(db, conditions);
    },
    async shellScript(where) {
      return shellScript(sql`select c.id from contacts c where ${where} order by c.id`);
    },
    async tags() {
      return listTags(db);
    },
    async tagNames() {
      return listTagNames(db);
    },
    async tagsOf(id) {
      return listTagsOf(db, id);
    },
    async suppressions(ids) {
      return listSuppressions(db, ids);
    },
    async channels() {
      return listChannels(db);
    },
    async reasons() {
      return listReasons(db);
    },
    async identify(ids, now) {
      return db.run(
        sql`update contacts set identified_at = ${now} where id in ${idSet(ids)} and identified_at is null`,
      );
    },
    async delete(ids) {
      deleteMembershipsOf(db, idSet(ids));
      return records.delete(ids);
    },
    async tag(ids, tags, now) {
      return tagContacts(db, ids, tags, now);
    },
    async untag(ids, tags) {
      return untagContacts(db, ids, tags);
    },
    async suppress(ids, channels, reason, now) {
      return suppressContacts(db, ids, channels, reason, now);
    },
    async unsuppress(ids, which) {
      return unsuppressContacts(db, ids, which);
    },
  };
}

export function companiesTable(db: SqliteDatabase): RecordsWriter {
  return recordsTable(db, 'companies');
}

function recordsTable(db: SqliteDatabase, table: TableName): RecordsWriter {
  return {
    async list(query, columns) {
      const selected = ['id', ...columns.filter((column) => column !== 'id')].map(
        (column) => sql`${columnExpression(column, table)} as ${name(column)}`,
      );
      return db.all<RecordRow>(sql`
        select ${sql.join(selected, sql`, `)}
        from ${source(query, table)}
        ${columns.includes('company') && table === 'contacts' ? sql`left join companies company_of on company_of.id = c.company_id` : sql``}
        where ${conditions(query)}
        order by ${idOf(query)}
        limit ${query.limit ?? -1}`);
    },

    async count(query) {
      if (query.where === undefined)
        return db.value<number>(
          sql`select count(*) from ${source(query, table)} where ${conditions(query)}`,
        );
      // in the order of ids (the limit keeps the order): the planner would walk the smallest index,
      // and probe other tables all over the place
      return db.value<number>(sql`
        select count(*)
        from (
          select c.id
          from ${source(query, table)}
          where ${conditions(query)}
          order by ${idOf(query)}
          limit -1
        )`);
    },

    async match(column, values) {
      const found: (number | null)[] = values.map(() => null);
      const pairs = db.all<{ position: number; id: number }>(sql`
        select given.key as position, r.id
        from ${valuesOf(values)} as given
        cross join ${name(table)} as r on r.${name(column)} = given.value`);
      for (const { position, id } of pairs) found[position] = id;
      return found;
    },

    async insert(values, now) {
      const row: NewRecord = { created_at: now, updated_at: now, ...withoutMissing(values) };
      return db.value<number>(sql`
        insert into ${name(table)} (${columnList(Object.keys(row))})
        values (${sql.join(
          Object.values(row).map((value) => sql`${value}`),
          sql`, `,
        )})
        returning id`);
    },

    async update(ids, values, now) {
      const changes = Object.entries(values);
      if (changes.length === 0) return 0;
      return db.run(sql`
        update ${name(table)}
        set ${sql.join(
          changes.map(([column, value]) => sql`${name(column)} = ${value}`),
          sql`, `,
        )}, updated_at = ${now}
        where id in ${idSet(ids)} and ${anyOf(changes.map(differs))}`);
    },

    async delete(ids) {
      return db.run(sql`delete from ${name(table)} where id in ${idSet(ids)}`);
    },
  };
}

/** Also true of a change of case alone, which the column's own collation would not see. */
function differs([column, value]: [string, Value]): SQL {
  return sql`${name(column)} collate binary is not ${value}`;
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
  return sql`memberships as m cross join ${name(table)} as c on c.id = m.contact_id`;
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
  return parts.length === 0 ? sql`1` : sql.join(parts, sql` and `);
}

function columnExpression(column: string, table: TableName): SQL {
  if (table === 'contacts' && column === 'company') return sql`company_of.name`;
  if (table === 'contacts' && column === 'tags') {
    return sql`(
      select group_concat(sorted.name, '|')
      from (
        select tags.name
        from contact_tags
        join tags on tags.id = contact_tags.tag_id
        where contact_tags.contact_id = c.id
        order by tags.name
      ) as sorted
    )`;
  }
  if (table === 'contacts' && isConsentColumn(column)) return channelsOf(column);
  return sql`c.${name(column)}`;
}
