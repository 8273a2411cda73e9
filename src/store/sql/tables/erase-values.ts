import { type SQL, sql } from 'drizzle-orm';
import { filterInTurn, inTurn, sumInTurn } from '../../../support/in-turn.ts';
import type { UniqueValue } from '../../erasing.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, name } from '../sql-parts.ts';
import { ALWAYS, caseless } from '../words.ts';
import { erasedSince, type UniqueOfContacts, uniqueValues } from '../delta/erased.ts';
import { fromKept, listOfKept } from './kept-values.ts';
import { keyOf, matchUnique } from './unique-columns.ts';

/** A value of a unique field, by which somebody is or was known. */
export interface KnownValue extends Pick<UniqueOfContacts, 'column' | 'type'> {
  readonly fieldId: number;
  readonly value: string | number;
}

/** What these contacts are known by. */
export async function presentValues(db: SqlDatabase, ids: SQL): Promise<KnownValue[]> {
  return eachUnique(
    db,
    ({ column }) => sql`
      select ${name(column)}
      from contacts
      where id in ${ids} and ${name(column)} is not null
      order by id`,
  );
}

/**
 * What they were known by before, and nobody else after them: of several who had a value, who gave
 * it up last is known by it.
 */
export async function formerValues(db: SqlDatabase, ids: SQL): Promise<KnownValue[]> {
  return eachUnique(db, ({ id, type }) => {
    const key = keyOf({ type }, sql`former_values.value`);
    // rule: erased-former, erased-former-last
    return sql`
      with others as materialized (
        select ${key} as key, max(changed_at) as changed_at
        from former_values
        where field_id = ${id} and contact_id not in ${ids}
          and exists (select 1 from contacts where contacts.id = contact_id)
        group by 1
      )
      select ${fromKept(type, sql`own.value`)}
      from former_values as own
      where field_id = ${id} and contact_id in ${ids} and not exists (
        select 1
        from others
        where others.key = ${keyOf({ type }, sql`own.value`)}
          and others.changed_at > own.changed_at
      )
      order by contact_id, ${caseless(sql`own.value`)}`;
  });
}

async function eachUnique(
  db: SqlDatabase,
  query: (field: UniqueOfContacts) => SQL,
): Promise<KnownValue[]> {
  return (
    await inTurn(await uniqueValues(db), async (field) =>
      (await db.pluck<KnownValue['value']>(query(field))).map((value) => {
        const { id: fieldId, column, type } = field;
        return { fieldId, column, type, value };
      }),
    )
  ).flat();
}

/** The values with their fields; without those of fields that are not unique. */
export async function knownValues(
  db: SqlDatabase,
  values: readonly UniqueValue[],
): Promise<KnownValue[]> {
  const fields = await uniqueValues(db);
  return values.flatMap(({ column, value }) => {
    const field = fields.find((one) => one.column === column);
    return field === undefined ? [] : [{ fieldId: field.id, column, type: field.type, value }];
  });
}

/** Those that no contact has: what somebody took over is theirs. */
export async function valuesOfNobody(
  db: SqlDatabase,
  values: readonly KnownValue[],
): Promise<readonly KnownValue[]> {
  // rule: erased-taken-over
  return (
    await inTurn(byField(values), async ({ field: { column, type }, of }) => {
      const holders = await matchUnique(
        db,
        { table: 'contacts', column, type },
        of.map(({ value }) => value),
      );
      return of.filter((_, at) => holders[at] === null);
    })
  ).flat();
}

/** Those that have a hash, by which who was erased is known. */
export async function erasedAmong(
  db: SqlDatabase,
  values: readonly KnownValue[],
): Promise<KnownValue[]> {
  return filterInTurn(values, async ({ column, type, value }) => {
    const since = erasedSince(column, sql`unique_key(${type}, ${value})`);
    return (await db.value<number | null>(sql`select ${since}`)) !== null;
  });
}

/** The values of one field. */
export interface OfField {
  readonly field: KnownValue;
  readonly of: readonly [KnownValue, ...KnownValue[]];
}

export function byField(values: readonly KnownValue[]): OfField[] {
  const groups = new Map<number, [KnownValue, ...KnownValue[]]>();
  for (const known of values) {
    const group = groups.get(known.fieldId);
    if (group === undefined) groups.set(known.fieldId, [known]);
    else group.push(known);
  }
  return [...groups.values()].map((of) => ({ field: of[0], of }));
}

/** Writes the hashes by which those are known again who had these values. */
export async function noteErased(
  db: SqlDatabase,
  values: readonly KnownValue[],
  now: number,
): Promise<void> {
  // rule: erased-noted
  for (const { field, of } of byField(values))
    await noteHashes(
      db,
      sql`
        select hash, ${now}
        from (
          select distinct
            person_hash(first.key, ${field.column}, unique_key(${field.type}, given.value)) as hash
          from ${listOf(of)} as given
          cross join ${FIRST_KEY}
        ) as hashes
        where hash is not null`,
    );
}

/**
 * Writes the hashes of ids with the instants in which their contacts were made: a backup may have
 * contacts without any value that is theirs alone.
 */
export async function noteErasedIds(
  db: SqlDatabase,
  contactIds: readonly number[],
  now: number,
): Promise<void> {
  // rule: erased-ids
  await noteHashes(
    db,
    sql`
      select distinct ${hashOfId(sql`first.key`, sql`made`)}, ${now}
      from (
        select id, created_at from contacts where id in ${idSet(contactIds)}
        union all
        select contact_id, created_at
        from merged_contacts
        where merged_into in ${idSet(contactIds)} and created_at is not null
      ) as made
      cross join ${FIRST_KEY}
      where ${ALWAYS}`,
  );
}

/** The hash of a contact, known as `row`, by its id. */
export function hashOfId(key: SQL, row: SQL): SQL {
  return sql`person_hash(${key}, 'id', ${row}.id || ' ' || ${row}.created_at)`;
}

const FIRST_KEY = sql`(select key from erased_key order by id limit 1) as first`;

async function noteHashes(db: SqlDatabase, hashes: SQL): Promise<void> {
  await db.run(sql`
    insert into erased (hash, erased_at)
    ${hashes}
    on conflict (hash) do update set erased_at = excluded.erased_at`);
}

/** These values, to select `value` as it is kept from. */
export function listOf(values: readonly KnownValue[]): SQL {
  return listOfKept(values.map(({ value }) => value));
}

/** What these values compare by, as a set. */
export function keysOf({ type }: Pick<KnownValue, 'type'>, values: readonly KnownValue[]): SQL {
  return sql`(select ${keyOf({ type }, sql`given.value`)} as key from ${listOf(values)} as given)`;
}

/** Forgets that contacts had these values before; gives how many rows that makes. */
export async function forgetFormer(
  db: SqlDatabase,
  values: readonly KnownValue[],
): Promise<number> {
  return sumInTurn(byField(values), async ({ field, of }) =>
    db.run(sql`delete from former_values where ${isFormer(field, of)}`),
  );
}

/** The contacts that had this value before, who gave it up last first. */
export async function formerHolders(db: SqlDatabase, known: KnownValue): Promise<number[]> {
  return db.pluck<number>(sql`
    select contact_id
    from former_values
    where ${isFormer(known, [known])}
    group by contact_id
    order by max(changed_at) desc, contact_id`);
}

function isFormer(field: KnownValue, values: readonly KnownValue[]): SQL {
  const key = keyOf(field, sql`former_values.value`);
  return sql`field_id = ${field.fieldId} and ${key} in ${keysOf(field, values)}`;
}
