import { type SQL, sql } from 'drizzle-orm';
import type { Erased, Remains } from '../../erasing.ts';
import type { Deleting } from '../../members.ts';
import { idSet, name, type SqliteDatabase, valuesOf } from '../connection/database.ts';
import { POINTERS } from '../delta/causes.ts';
import { PASSED_ON } from '../delta/deleted-intervals.ts';
import { keyIn, registerHash, uniqueValues } from '../delta/erased.ts';
import { deleteMembershipsOf } from '../delta/memberships-of-contacts.ts';
import { deleteWishes, fieldsWithWishes } from '../delta/wishes.ts';
import { ODD_ADDRESSES } from './address-suppressions.ts';
import { EMAIL, keyOf } from './unique-columns.ts';

/**
 * Deletes contacts with every trace of them: what names them goes or loses its words, and hashes of
 * their unique values stay. Ids stay where joins and leaves are told in their order. What was
 * deleted can be read in the file until it is scoured, see `Store.scour`.
 */
export function eraseContacts(
  db: SqliteDatabase,
  contactIds: readonly number[],
  deleting: Pick<Deleting, 'now' | 'by'>,
): Erased {
  const ids = idSet(contactIds);
  const addresses = db.pluck<string>(sql`
    select email from contacts where id in ${ids} and email is not null order by id`);
  eraseWishes(db, ids);
  noteErased(db, ids, deleting.now);
  const own = ownCauses(db, ids);
  deleteMembershipsOf(db, ids, { ...deleting, via: 'erased' });
  silence(db, own);
  db.run(sql`
    delete from trigger_fired
    where event_id in (select id from events where contact_id in ${ids})`);
  for (const table of OF_CONTACTS)
    db.run(sql`delete from ${name(table)} where contact_id in ${ids}`);
  const contacts = db.run(sql`delete from contacts where id in ${ids}`);
  eraseAddresses(db, addresses);
  silenceAudit(db, ids);
  db.run(sql`update erased_key set pending = 1`);
  return { contacts, remains: remainsOf(db, addresses) };
}

/** What hangs on contacts beside their memberships. */
const OF_CONTACTS = [
  'events',
  'contact_tags',
  'suppressions',
  'import_tags',
  'import_pins',
  'trigger_above',
];

function noteErased(db: SqliteDatabase, ids: SQL, now: number): void {
  registerHash(db);
  // rule: erased-noted
  for (const { column, type } of uniqueValues(db))
    db.run(sql`
      insert into erased (hash, erased_at)
      select person_hash(key, ${column}, ${keyIn('c', column, type)}), ${now}
      from contacts as c
      cross join (select key from erased_key order by id limit 1)
      where c.id in ${ids} and c.${name(column)} is not null
      on conflict (hash) do update set erased_at = excluded.erased_at`);
}

/**
 * The causes that nothing points to but what is theirs: nobody else's story is told by them. What
 * was passed on by a merge is told twice, of who is gone and of who inherited it.
 */
function ownCauses(db: SqliteDatabase, ids: SQL): number[] {
  const pointers = POINTERS.map(
    ({ table, column }) => sql`
      select ${name(column)} as cause_id
      from (select id from segments union all select id from deleted_segments) as s
      cross join ${name(table)} as t on t.segment_id = s.id and t.contact_id in ${ids}`,
  );
  return db.pluck<number>(sql`
    select causes.id
    from (
      select cause_id, count(*) as pointers
      from (${sql.join(pointers, sql` union all `)})
      where cause_id is not null
      group by cause_id
    ) as theirs
    cross join causes on causes.id = theirs.cause_id
    where causes.uses <= theirs.pointers + ${passedOn()}
    order by causes.id`);
}

function passedOn(): SQL {
  // rule: erased-passed-on
  const counted = ['joined_cause', 'left_cause'].map(
    (column) => sql`(
      select count(*)
      from deleted_history as past
      where past.segment_id = causes.segment_id and past.inherited = ${PASSED_ON}
        and past.${name(column)} = causes.id
    )`,
  );
  return sql.join(counted, sql` + `);
}

/** Takes the words from these causes. */
function silence(db: SqliteDatabase, causeIds: readonly number[]): void {
  const words = db.pluck<number>(sql`
    select name from causes where id in ${idSet(causeIds)} and name is not null
    union select "by" from causes where id in ${idSet(causeIds)} and "by" is not null
    union select reason from causes where id in ${idSet(causeIds)} and reason is not null`);
  if (words.length === 0) return;
  // rule: erased-words
  db.run(sql`
    update causes set name = null, "by" = null, reason = null where id in ${idSet(causeIds)}`);
  db.run(sql`
    delete from cause_words
    where id in ${idSet(words)} and id not in (
      select name from causes where name is not null
      union all select "by" from causes where "by" is not null
      union all select reason from causes where reason is not null
    )`);
}

/** What stands for values of other unique fields, in every spelling. */
function eraseWishes(db: SqliteDatabase, ids: SQL): void {
  // rule: erased-value-wishes
  for (const field of fieldsWithWishes(db))
    deleteWishes(
      db,
      field,
      sql`(
        select ${keyIn('c', field.column, field.type)} as key from contacts as c where c.id in ${ids}
      )`,
    );
}

/** In every spelling that is the same address. */
function eraseAddresses(db: SqliteDatabase, addresses: readonly string[]): void {
  const keys = sql`(select ${keyOf(EMAIL, sql`value`)} from ${valuesOf(addresses)})`;
  db.run(sql`
    delete from address_suppressions
    where address in (
      select value from ${valuesOf(addresses)}
      union select * from ${keys}
      union select address from ${ODD_ADDRESSES} as odd where odd.key in ${keys}
    )`);
  for (const address of addresses)
    for (const column of ['object', 'detail'])
      db.run(sql`
        update audit
        set ${name(column)} = replace(${name(column)}, ${address}, '(erased)')
        where instr(${name(column)}, ${address}) > 0`);
}

/** Of what was done to them alone there is who, when, by which command, and how often. */
function silenceAudit(db: SqliteDatabase, ids: SQL): void {
  // rule: erased-audit
  db.run(sql`
    update audit
    set detail = (
      select json_group_object(said.key, case
        when said.key = 'via' then substr(said.value, 1, instr(said.value || ':', ':') - 1)
        when said.type = 'text' then said.value
        else json(said.value)
      end)
      from json_each(audit.detail) as said
      where said.key in ('via', 'pin') or said.type in ('integer', 'array')
    )
    where json_array_length(detail, '$.contact_ids') > 0 and not exists (
      select 1 from json_each(audit.detail, '$.contact_ids') as named where named.value not in ${ids}
    )`);
}

/** Reads every text of the store. */
function remainsOf(db: SqliteDatabase, addresses: readonly string[]): Remains[] {
  if (addresses.length === 0) return [];
  const columns = db.all<{ table: string; column: string }>(sql`
    select tables.name as "table", columns.name as "column"
    from pragma_table_list as tables
    join pragma_table_xinfo(tables.name) as columns
    where tables.schema = 'main' and tables.type = 'table' and tables.name not glob 'sqlite_*'
      and upper(columns.type) = 'TEXT' and columns.hidden = 0
    order by 1, columns.cid`);
  return columns.flatMap(({ table, column }) => {
    const holds = addresses.map(
      (address) => sql`instr(lower(${name(column)}), lower(${address})) > 0`,
    );
    const rows = db.value<number>(sql`
      select count(*) from ${name(table)} where ${sql.join(holds, sql` or `)}`);
    return rows === 0 ? [] : [{ place: `${table}.${column}`, rows }];
  });
}
