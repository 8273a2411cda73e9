import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { Merged, Merging } from '../../merging.ts';
import type { Value } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, name } from '../sql-parts.ts';
import { caseless, greater } from '../words.ts';
import { MERGED } from '../delta/deleted-intervals.ts';
import { deleteMembershipsOf } from '../delta/memberships-of-contacts.ts';
import type { TemporaryTables } from '../delta/temporary-tables.ts';
import { isOfPerson, wishedFields } from '../delta/wishes.ts';
import { rememberLosers } from './merge-identities.ts';
import { mergeMemberships, takePins } from './merge-memberships.ts';
import { storiesOf } from './merge-stories.ts';
import { listOfKept } from './kept-values.ts';
import { addingTo } from './wish-places.ts';
import { settleWaiting } from './waiting-suppressions.ts';
import { EMAIL, type UniqueColumn, uniqueColumn } from './unique-columns.ts';

/**
 * Makes contacts one. What hangs on the losers moves first, then they go, then the winner gets its
 * values: a unique value is free by then.
 */
export async function mergeContacts(
  tables: TemporaryTables,
  merging: Merging,
  update: (values: Merging['values']) => Promise<unknown>,
): Promise<Merged> {
  const { db } = tables;
  const losers = idSet(merging.losers);
  await settleWaiting(db, idSet([merging.winner, ...merging.losers]));
  const values = await uniqueValuesOf(db, losers);
  const stories = await storiesOf(db, merging);
  for (const story of stories) await takePins(db, story, merging);
  const moved = await moveBelongings(db, merging);
  await deleteMembershipsOf(db, losers, { now: merging.now, by: merging.by, via: MERGED });
  await db.run(sql`delete from contacts where id in ${losers}`);
  await update(merging.values);
  await touch(db, merging);
  const moves = await mergeMemberships(tables, stories, merging);
  await keepWishes(db, merging.winner, values);
  await settleWaiting(db, idSet([merging.winner]));
  return { ...moved, ...moves };
}

/**
 * Two people's records are one by now: that is no longer what an import made, whose undoing deletes
 * what stands as it was, even if the clock has not moved on since.
 */
async function touch(db: SqlDatabase, { winner, now }: Merging): Promise<void> {
  // rule: merge-touches
  await db.run(sql`
    update contacts set updated_at = ${greater(sql`${now}`, sql`updated_at + 1`)} where id = ${winner}`);
}

async function moveBelongings(
  db: SqlDatabase,
  merging: Merging,
): Promise<Pick<Merged, 'events' | 'tags' | 'suppressions'>> {
  const { winner, losers: ids, values } = merging;
  const losers = idSet(ids);
  await rememberLosers(db, merging);
  const events = await db.run(
    sql`update events set contact_id = ${winner} where contact_id in ${losers}`,
  );
  await moveImportRecords(db, winner, losers);
  const tags = await db.run(sql`
    insert into contact_tags (contact_id, tag_id)
    select distinct ${winner}, tag_id from contact_tags where contact_id in ${losers} order by tag_id
    on conflict do nothing`);
  await moveTriggerRecords(db, winner, losers, values['points'] !== undefined);
  return { events, tags, suppressions: await moveSuppressions(db, winner, losers) };
}

/**
 * Taking an import back takes a tag from the winner if all who carried it had it by imports, and no
 * other: so what the winner has of its own, or gets from one who had it so, stays.
 */
async function moveImportRecords(db: SqlDatabase, winner: number, losers: SQL): Promise<void> {
  const given = sql`
    select 1
    from import_tags as given
    where given.contact_id = carried.contact_id and given.tag_id = carried.tag_id
      and given.is_added = 1`;
  // rule: merge-tags-own
  await db.run(sql`
    delete from import_tags
    where contact_id = ${winner} and is_added = 1 and tag_id in (
      select carried.tag_id
      from contact_tags as carried
      where carried.contact_id in ${losers} and not exists (${given})
    )`);
  await db.run(sql`
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
  await db.run(sql`
    insert into import_pins (contact_id, ${columns})
    select ${winner}, ${columns} from import_pins where contact_id in ${losers}
    order by segment_id, import_id
    on conflict do nothing`);
}

/** Who takes over the points of another is above what that one was above. */
async function moveTriggerRecords(
  db: SqlDatabase,
  winner: number,
  losers: SQL,
  takesPoints: boolean,
): Promise<void> {
  if (takesPoints)
    await db.run(sql`
      insert into trigger_above (trigger_id, contact_id)
      select distinct trigger_id, ${winner} from trigger_above where contact_id in ${losers}
      order by 1
      on conflict do nothing`);
  await db.run(sql`delete from trigger_above where contact_id in ${losers}`);
}

/** Each is as old as it was for any of them. Triggers write them for the winner's unique values. */
async function moveSuppressions(db: SqlDatabase, winner: number, losers: SQL): Promise<number> {
  // rule: merge-consent
  const known = async (): Promise<number> =>
    db.value<number>(sql`select count(*) from suppressions where contact_id = ${winner}`);
  const before = await known();
  const [channel, reason] = [caseless(sql`channel`), caseless(sql`reason`)];
  await db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select ${winner}, channel, reason, created_at
    from (
      select
        channel, reason, created_at,
        row_number() over (partition by ${channel}, ${reason} order by created_at) as nth
      from suppressions
      where contact_id in ${losers} and ${isOfPerson(sql`suppressions`)}
    ) as said
    where nth = 1
    order by ${channel}, ${reason}
    on conflict (contact_id, ${channel}, ${reason}) do update
    set created_at = excluded.created_at
    where excluded.created_at < suppressions.created_at`);
  return (await known()) - before;
}

interface UniqueValues {
  readonly column: UniqueColumn;
  readonly values: readonly Value[];
}

/** The unique values that these contacts have. */
async function uniqueValuesOf(db: SqlDatabase, ids: SQL): Promise<UniqueValues[]> {
  const others = await inTurn(await wishedFields(db), async ({ column }) =>
    uniqueColumn(db, 'contacts', column),
  );
  return inTurn([EMAIL, ...others], async (column) => {
    const value = name(column.column);
    const values = await db.pluck<Value>(sql`
      select ${value} from contacts where id in ${ids} and ${value} is not null order by id`);
    return { column, values };
  });
}

/** What the person wishes holds for all values that were theirs, whoever has them next. */
async function keepWishes(
  db: SqlDatabase,
  winner: number,
  kept: readonly UniqueValues[],
): Promise<void> {
  // rule: merge-wishes
  for (const { column, values } of kept)
    await db.run(sql`
      ${addingTo(column)} given.value, said.channel, said.reason, said.created_at
      from ${listOfKept(values)} as given
      cross join suppressions as said
      where said.contact_id = ${winner} and ${isOfPerson(sql`said`)}
      order by 1, 2, 3
      on conflict do nothing`);
}
