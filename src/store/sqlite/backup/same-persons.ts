import { type SQL, sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../../sql/sql-parts.ts';
import { keyOf, type UniqueColumn } from '../../sql/tables/unique-columns.ts';
import { hadTable, REPLACED, type SharedField, withHolders } from './shared-fields.ts';

/*
 * Who in the one store may be the person that is suppressed in the other. Asking one person too few
 * is worse than asking one too many, so each of these is enough:
 * - the same id, made at the same moment, whatever became of the values; also where the one is part
 *   of another by now, or was so in the backup. The same id alone says nothing: it may come from
 *   another store;
 * - the same value of a field that is unique in both;
 * - a value that the one had before, unless the replaced store has that contact too, and so knows by
 *   itself what is said of it.
 */

const from = name(REPLACED);
const isSuppressed = sql`in (select contact_id from temp.said)`;

/**
 * Fills `temp.same_person`: `former_id` of a contact of the replaced store that `temp.said` names, `contact_id`
 * of one that may be the same, and whether it is that one `itself`, and not one that was merged into
 * it or has another address by now.
 */
export async function findSamePersons(
  db: SqliteDatabase,
  fields: readonly SharedField[],
): Promise<void> {
  await db.run(sql`
    create temp table same_person (
      former_id integer not null, contact_id integer not null, itself integer not null,
      primary key (former_id, contact_id)
    ) without rowid`);
  await findSameIds(db);
  for (const field of fields.filter(({ isUnique, wasUnique }) => isUnique && wasUnique))
    await findSameValues(db, field);
}

async function findSameIds(db: SqliteDatabase): Promise<void> {
  // rule: restore-merged
  const merged = (await hadTable(db, 'merged_contacts'))
    ? sql`
        union all
        select merged_into, contact_id, created_at
        from ${from}.merged_contacts
        where merged_into ${isSuppressed}`
    : sql``;
  const isSame = (row: SQL): SQL => sql`coalesce(${row}.created_at = known.created_at, 1)`;
  await db.run(sql`
    insert into temp.same_person (former_id, contact_id, itself)
    with known as materialized (
      select id as former_id, id, created_at from ${from}.contacts where id ${isSuppressed}
      ${merged}
    )
    select former_id, contact_id, max(itself)
    from (
      select known.former_id, c.id as contact_id, known.id = known.former_id as itself
      from known
      cross join main.contacts as c on c.id = known.id and ${isSame(sql`c`)}
      union all
      select known.former_id, merged.merged_into, 0
      from known
      cross join main.merged_contacts as merged
        on merged.contact_id = known.id and ${isSame(sql`merged`)}
    )
    group by former_id, contact_id`);
}

/** By a value of this field that the one has or had, and the other has or had, as values compare. */
async function findSameValues(db: SqliteDatabase, field: SharedField): Promise<void> {
  const column: UniqueColumn = { table: 'contacts', ...field };
  const present = presentKeys(column);
  const now = withHolders('main', column, sql`keyed.id as former_id, holder.id as contact_id`);
  await noteSame(db, { keyed: present, holders: now, itself: 1 });
  // rule: restore-former
  const former = (await hadTable(db, 'former_values')) ? formerKeys(field, column) : NONE;
  await noteSame(db, { keyed: former, holders: now, itself: 0 });
  const known = sql`${present} union ${former}`;
  await noteSame(db, { keyed: known, holders: holdersBefore(field, column), itself: 0 });
}

const NONE = sql`select null as id, null as key where 0`;

function presentKeys(column: UniqueColumn): SQL {
  const value = sql`former.${name(column.column)}`;
  return sql`
    select former.id, ${keyOf(column, value)} as key
    from ${from}.contacts as former
    where former.id ${isSuppressed} and ${value} is not null`;
}

function formerKeys({ formerId }: SharedField, column: UniqueColumn): SQL {
  return sql`
    select contact_id as id, ${keyOf(column, sql`value`)} as key
    from ${from}.former_values
    where field_id = ${formerId} and contact_id ${isSuppressed}`;
}

/** Selects who had a value of `keyed` at the time of the backup. */
function holdersBefore({ id }: SharedField, column: UniqueColumn): SQL {
  return sql`
    select keyed.id as former_id, had.contact_id
    from (
      select contact_id, ${keyOf(column, sql`value`)} as key
      from main.former_values
      where field_id = ${id}
    ) as had
    cross join keyed on keyed.key = had.key`;
}

interface Matching {
  /** Selects `id` and `key` of suppressed contacts. */
  readonly keyed: SQL;
  /** Selects `former_id` and `contact_id` of those who have such a key. */
  readonly holders: SQL;
  readonly itself: 0 | 1;
}

async function noteSame(db: SqliteDatabase, { keyed, holders, itself }: Matching): Promise<void> {
  // rule: restore-handed-over
  const isThere = sql`
    select 1
    from main.contacts as c
    join ${from}.contacts as living on living.id = c.id and living.created_at = c.created_at
    where c.id = holders.contact_id`;
  await db.run(sql`
    insert into temp.same_person (former_id, contact_id, itself)
    with keyed as materialized (${keyed})
    select former_id, contact_id, ${itself}
    from (${holders}) as holders
    where ${itself} = 1 or not exists (${isThere})
    order by former_id, contact_id
    on conflict do update set itself = max(itself, excluded.itself)`);
}
