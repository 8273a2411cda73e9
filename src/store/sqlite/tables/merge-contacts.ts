import { type SQL, sql } from 'drizzle-orm';
import type { Merged, Merging } from '../../merging.ts';
import type { Value } from '../../rows.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { idSet, name, valuesOf } from '../connection/sql-parts.ts';
import { MERGED } from '../delta/deleted-intervals.ts';
import { deleteMembershipsOf } from '../delta/memberships-of-contacts.ts';
import type { TemporaryTables } from '../delta/temporary-tables.ts';
import { isOfPerson, wishedFields } from '../delta/wishes.ts';
import { rememberLosers } from './merge-identities.ts';
import { mergeMemberships, takePins } from './merge-memberships.ts';
import { storiesOf } from './merge-stories.ts';
import { addingTo } from './wish-places.ts';
import { settleWaiting } from './waiting-suppressions.ts';
import { EMAIL, type UniqueColumn, uniqueColumn } from './unique-columns.ts';

/**
 * Makes contacts one. What hangs on the losers moves first, then they go, then the winner gets its
 * values: a unique value is free by then.
 */
export function mergeContacts(
  tables: TemporaryTables,
  merging: Merging,
  update: (values: Merging['values']) => void,
): Merged {
  const { db } = tables;
  const losers = idSet(merging.losers);
  settleWaiting(db, idSet([merging.winner, ...merging.losers]));
  const values = uniqueValuesOf(db, losers);
  const stories = storiesOf(db, merging);
  for (const story of stories) takePins(db, story, merging);
  const moved = moveBelongings(db, merging);
  deleteMembershipsOf(db, losers, { now: merging.now, by: merging.by, via: MERGED });
  db.run(sql`delete from contacts where id in ${losers}`);
  update(merging.values);
  touch(db, merging);
  const moves = mergeMemberships(tables, stories, merging);
  keepWishes(db, merging.winner, values);
  settleWaiting(db, idSet([merging.winner]));
  return { ...moved, ...moves };
}

/**
 * Two people's records are one by now: that is no longer what an import made, whose undoing deletes
 * what stands as it was, even if the clock has not moved on since.
 */
function touch(db: SqliteDatabase, { winner, now }: Merging): void {
  // rule: merge-touches
  db.run(sql`
    update contacts set updated_at = max(${now}, updated_at + 1) where id = ${winner}`);
}

function moveBelongings(
  db: SqliteDatabase,
  merging: Merging,
): Pick<Merged, 'events' | 'tags' | 'suppressions'> {
  const { winner, losers: ids, values } = merging;
  const losers = idSet(ids);
  rememberLosers(db, merging);
  const events = db.run(
    sql`update events set contact_id = ${winner} where contact_id in ${losers}`,
  );
  moveImportRecords(db, winner, losers);
  const tags = db.run(sql`
    insert into contact_tags (contact_id, tag_id)
    select distinct ${winner}, tag_id from contact_tags where contact_id in ${losers} order by tag_id
    on conflict do nothing`);
  moveTriggerRecords(db, winner, losers, values['points'] !== undefined);
  return { events, tags, suppressions: moveSuppressions(db, winner, losers) };
}

/**
 * Taking an import back takes a tag from the winner if all who carried it had it by imports, and no
 * other: so what the winner has of its own, or gets from one who had it so, stays.
 */
function moveImportRecords(db: SqliteDatabase, winner: number, losers: SQL): void {
  const given = sql`
    select 1
    from import_tags as given
    where given.contact_id = carried.contact_id and given.tag_id = carried.tag_id
      and given.is_added = 1`;
  // rule: merge-tags-own
  db.run(sql`
    delete from import_tags
    where contact_id = ${winner} and is_added = 1 and tag_id in (
      select carried.tag_id
      from contact_tags as carried
      where carried.contact_id in ${losers} and not exists (${given})
    )`);
  db.run(sql`
    insert into import_tags (contact_id, import_id, tag_id, is_added)
    select ${winner}, import_id, tag_id, is_added
    from import_tags
    where contact_id in ${losers} and (is_added = 0 or not exists (
      select 1
      from contact_tags as carried
      where carried.contact_id = ${winner} and carried.tag_id = import_tags.tag_id
        and not exists (${given})
    ))
    order by import_id, tag_id
    on conflict do nothing`);
  const columns = sql`segment_id, import_id, until, via, pinned_by, reason, created_at, cause_id`;
  db.run(sql`
    insert into import_pins (contact_id, ${columns})
    select ${winner}, ${columns} from import_pins where contact_id in ${losers}
    order by segment_id, import_id
    on conflict do nothing`);
}

/** Who takes over the points of another is above what that one was above. */
function moveTriggerRecords(
  db: SqliteDatabase,
  winner: number,
  losers: SQL,
  takesPoints: boolean,
): void {
  if (takesPoints)
    db.run(sql`
      insert into trigger_above (trigger_id, contact_id)
      select distinct trigger_id, ${winner} from trigger_above where contact_id in ${losers}
      order by 1
      on conflict do nothing`);
  db.run(sql`delete from trigger_above where contact_id in ${losers}`);
}

/** Each is as old as it was for any of them. Triggers write them for the winner's unique values. */
function moveSuppressions(db: SqliteDatabase, winner: number, losers: SQL): number {
  // rule: merge-consent
  const known = (): number =>
    db.value<number>(sql`select count(*) from suppressions where contact_id = ${winner}`);
  const before = known();
  db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select ${winner}, channel, reason, min(created_at)
    from suppressions
    where contact_id in ${losers} and ${isOfPerson(sql`suppressions`)}
    group by channel, reason
    order by channel, reason
    on conflict (contact_id, channel, reason) do update set created_at = excluded.created_at
    where excluded.created_at < created_at`);
  return known() - before;
}

interface UniqueValues {
  readonly column: UniqueColumn;
  readonly values: readonly Value[];
}

/** The unique values that these contacts have. */
function uniqueValuesOf(db: SqliteDatabase, ids: SQL): UniqueValues[] {
  const others = wishedFields(db).map(({ column }) => uniqueColumn(db, 'contacts', column));
  return [EMAIL, ...others].map((column) => {
    const value = name(column.column);
    const values = db.pluck<Value>(sql`
      select ${value} from contacts where id in ${ids} and ${value} is not null order by id`);
    return { column, values };
  });
}

/** What the person wishes holds for all values that were theirs, whoever has them next. */
function keepWishes(db: SqliteDatabase, winner: number, kept: readonly UniqueValues[]): void {
  // rule: merge-wishes
  for (const { column, values } of kept)
    db.run(sql`
      ${addingTo(column)} given.value, said.channel, said.reason, said.created_at
      from ${valuesOf(values)} as given
      cross join suppressions as said
      where said.contact_id = ${winner} and ${isOfPerson(sql`said`)}
      order by 1, 2, 3
      on conflict do nothing`);
}
