import { type SQL, sql } from 'drizzle-orm';
import type { ChangesWriter, LogReach, Reads } from '../../changes.ts';
import { aspectsOf, COMPANY, TAGS } from '../../sql/delta/aspects.ts';
import { EVERY_CONTACT, suppressErased } from '../../sql/delta/erased.ts';
import {
  recountAnonymous,
  sweepDeleted,
  sweepUnlogged,
} from '../../sql/delta/memberships-of-contacts.ts';
import { startTimeline } from '../../sql/delta/timeline.ts';
import { heedWishes, noteWishes } from '../../sql/delta/wishes.ts';
import type { SqlDatabase } from '../../sql/database.ts';
import { idSet } from '../../sql/sql-parts.ts';
import { ALWAYS } from '../../sql/words.ts';
import { isCaptureWhole, restoreCapture } from './capture.ts';
import { countIdentified } from './identified.ts';
import { isOf, isWide } from './log.ts';
import { isPrintKnown, isSameCluster, noteCluster } from './print.ts';
import { isSeenLater, isSince, parseWatermark, RAISE_MARK, WATERMARK } from './watermark.ts';

/** A log of more entries than this and than there are contacts is dropped: to build is cheaper. */
const LONGEST_LOG = 100_000;

/** The log of the capture triggers; a watermark is as in watermark.ts. */
export function changesTable(db: SqlDatabase): ChangesWriter {
  return {
    watermark: async () => db.value<string>(sql`select ${WATERMARK}`),
    countSince: async (since, limit) =>
      db.value<number>(sql`
        select count(*) from (select 1 from ${entriesSince(since)} as entries limit ${limit + 1}) as counted`),
    countRead: async (since, reads) => countRead(db, since, reads),
    pinnedSince: async (since) =>
      db.pluck<number>(sql`
        select distinct segment_id
        from contact_changes
        where ${isSince(since, 'contact_changes')} and ${isOf(['pin'])}
        order by segment_id`),
    bulkSince: async (since, segmentIds) =>
      db.pluck<number>(sql`
        select distinct id
        from wide_changes
        where ${isWide('wholesale')} and id in ${idSet(segmentIds)}
          and ${isSince(since, 'wide_changes')}
        order by id`),
    reach: async () => reachOf(db),
    countPending: async () => countPending(db),
    isDoubtful: async () => isDoubtful(db),
    open: async () => openLog(db),
    prune: async () => pruneLog(db),
  };
}

/** What changed since a watermark, each once, with all that it was about. */
function entriesSince(since: string | SQL): SQL {
  return sql`(
    select kind, contact_id, segment_id, bit_or(aspects) as aspects
    from contact_changes
    where ${isSince(since, 'contact_changes')} and ${IS_CHANGE}
    group by kind, contact_id, segment_id
    union all
    select distinct kind, id, 0, case when ${isWide('company')} then ${sql.raw(`${COMPANY}::bigint`)} else ${sql.raw(`${TAGS}::bigint`)} end
    from wide_changes
    where ${isSince(since, 'wide_changes')} and (${isWide('company')} or ${isWide('tag')})
  )`;
}

/** Who was identified is no change of its own: the profile has it. */
const IS_CHANGE = sql`not ${isOf(['identified', 'anonymous'])}`;

async function countRead(
  db: SqlDatabase,
  since: string,
  reads: readonly Reads[],
): Promise<number[]> {
  const logged = await db.all<{ aspects: string; entries: number }>(sql`
    select aspects::text as aspects, count(*) as entries
    from ${entriesSince(since)} as entries
    group by aspects`);
  const entries = logged.map((row) => ({ aspects: BigInt(row.aspects), entries: row.entries }));
  return reads.map((one) => {
    const read = aspectsOf([one]);
    return entries.reduce(
      (sum, { aspects, entries: count }) => ((aspects & read) === 0n ? sum : sum + count),
      0,
    );
  });
}

/** Nothing is pruned or forgotten by kinds: what is read does not matter. */
export async function reachOf(db: SqlDatabase): Promise<LogReach> {
  const pruned = BigInt(await db.value<string>(sql`select pruned::text from capture`));
  const rows = await db.all<{ xid: string; mark: number }>(sql`
    select xid::text as xid, mark from wide_changes where ${isWide('forgotten')}`);
  const forgotten = rows.map(({ xid, mark }) => ({ xid: BigInt(xid), mark }));
  return (text) => {
    const since = parseWatermark(text);
    // rule: pg-reach
    return since.xmin >= pruned && !forgotten.some((row) => isSeenLater(row, since));
  };
}

/** The watermarks of segments that updates keep true. */
const SEEN = sql`
  select distinct seen_epoch as seen
  from segments
  where kind = 'dynamic' and published = 1 and seen_epoch is not null`;

async function countPending(db: SqlDatabase): Promise<number> {
  return db.value<number>(sql`
    select count(*)
    from (
      select 1
      from contact_changes
      join (${SEEN}) as watermarks on ${isSince(sql`watermarks.seen`, 'contact_changes')}
      where ${IS_CHANGE}
      group by contact_changes.kind, contact_id, segment_id
      union all
      select 1
      from wide_changes
      join (${SEEN}) as watermarks on ${isSince(sql`watermarks.seen`, 'wide_changes')}
      where ${isWide('company')} or ${isWide('tag')}
      group by wide_changes.kind, id
    ) as pending`);
}

async function isDoubtful(db: SqlDatabase): Promise<boolean> {
  return !((await isSameCluster(db)) && (await isPrintKnown(db)) && (await isCaptureWhole(db)));
}

async function openLog(db: SqlDatabase): Promise<boolean> {
  await countIdentified(db);
  const doubtful = await isDoubtful(db);
  if (doubtful) {
    // rule: pg-cluster
    if (!(await isSameCluster(db))) await restartLog(db);
    // rule: pg-sweep-unlogged
    await sweepUnlogged(db);
    // rule: pg-triggers-back
    await restoreCapture(db);
    await noteWishes(db);
    await suppressErased(db, EVERY_CONTACT);
    await heedWishes(db, { contactIds: EVERY_CONTACT });
  }
  await recountAnonymous(
    db,
    doubtful ? ALWAYS : sql`segments.anonymous not between 0 and segments.members`,
  );
  await db.run(RAISE_MARK);
  return doubtful;
}

/** The log, with the oldest transaction that a watermark may have. */
const LOGS = [sql`contact_changes`, sql`member_changes`, sql`wide_changes`];

/**
 * Transactions of another cluster are counted from elsewhere: nothing that was logged or seen by
 * those of before can be held against those of now.
 */
async function restartLog(db: SqlDatabase): Promise<void> {
  await startTimeline(db);
  for (const log of LOGS) await db.run(sql`delete from ${log}`);
  await db.run(sql`
    update capture set pruned = pg_snapshot_xmin(pg_current_snapshot()), settled = '0:0:0'`);
  await noteCluster(db);
}

/** What triggers have seen too, but for those that fail: these look at everybody once they can. */
const ASKED = sql`
  ${SEEN}
  union
  select seen_epoch from triggers where published = 1 and error is null and seen_epoch is not null`;

async function pruneLog(db: SqlDatabase): Promise<void> {
  await countIdentified(db);
  await sweepDeleted(db); // nothing but the log remembers who was deleted
  await suppressErased(db); // and who came
  await heedWishes(db);
  const asked = (await isTooLong(db)) ? undefined : await firstAsked(db);
  const now = await db.value<string>(sql`select pg_snapshot_xmin(pg_current_snapshot())::text`);
  const before = asked ?? now;
  // rule: pg-log-pruned
  for (const log of LOGS) await db.run(sql`delete from ${log} where xid < ${before}::xid8`);
  await db.run(sql`
    update capture set pruned = ${before}::xid8 where pruned < ${before}::xid8`);
}

async function isTooLong(db: SqlDatabase): Promise<boolean> {
  const length = await db.value<number>(sql`
    select (select count(*) from contact_changes) + (select count(*) from member_changes)`);
  return (
    length > LONGEST_LOG && length > (await db.value<number>(sql`select count(*) from contacts`))
  );
}

/** The oldest transaction that something which is asked may not have seen. */
async function firstAsked(db: SqlDatabase): Promise<string | undefined> {
  return db
    .get<{ xmin: string }>(
      sql`
    select split_part(seen, ':', 1) as xmin
    from (${ASKED}) as asked
    order by split_part(seen, ':', 1)::xid8
    limit 1`,
    )
    .then((row) => row?.xmin);
}

/** Notes that who changed until now has all that stands for them, as in a file. */
export async function markSettled(db: SqlDatabase): Promise<void> {
  await db.run(RAISE_MARK);
  // rule: pg-settled
  await db.run(sql`update capture set settled = ${WATERMARK}`);
}
