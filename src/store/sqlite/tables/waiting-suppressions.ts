import { type SQL, sql } from 'drizzle-orm';
import type { SuppressionRow } from '../../rows.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { ofErased } from '../delta/erased.ts';
import { fieldsWithWishes, type WishField, wishesAbout } from '../delta/wishes.ts';
import { oddWishes } from './address-suppressions.ts';
import { oddValues } from './unique-columns.ts';

/** What the next command that settles suppressions gives this contact beside those that it has. */
export function waitingFor(db: SqliteDatabase, id: number): SuppressionRow[] {
  const logged = sql`
    select 1 from contact_changes where id = ${id} and kind in ('exists', 'profile') limit 1`;
  const isLogged = db.get(logged) !== undefined;
  const erased = isLogged ? ofErased(db, sql`(select ${id} as id)`) : undefined;
  const sources = [
    oddWishes(sql`id = ${id}`),
    ...fieldsWithWishes(db)
      .filter((field) => isLogged || isFoundByValue(db, field, id))
      .map((field) => wishesAbout(field, id, WISH)),
    ...(erased === undefined ? [] : [erased]),
  ];
  const each = sources.map((source) => sql`select * from (${source})`);
  return db.all<SuppressionRow>(sql`
    select ${id} as "contactId", channel, reason, min(created_at) as "createdAt"
    from (${sql.join(each, sql` union all `)}) as waiting
    where not exists (
      select 1
      from suppressions as known
      where known.contact_id = ${id} and known.channel = waiting.channel
        and known.reason = waiting.reason
    )
    group by channel, reason
    order by channel, reason`);
}

const WISH = sql`given.id, said.channel, said.reason, said.created_at`;

/** See `settleWishes`: a phone in an odd spelling is found only where its contact has changed. */
function isFoundByValue(db: SqliteDatabase, { column, type }: WishField, id: number): boolean {
  const odd = oddValues({ column, type });
  if (type !== 'phone' || odd === undefined) return true;
  const found: SQL = sql`select 1 from contacts where id = ${id} and (${sql.raw(odd)})`;
  return db.get(found) === undefined;
}
