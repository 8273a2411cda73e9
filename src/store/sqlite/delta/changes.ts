import { sql } from 'drizzle-orm';
import { sumInTurn } from '../../../support/in-turn.ts';
import type { ChangesReader, ChangesWriter, LogReach, Reads, Watermark } from '../../changes.ts';
import { aspectsOf } from '../../sql/delta/aspects.ts';
import { isCaptureWhole, logsEpoch, restoreCapture } from './capture.ts';
import { isCaptureSound, LOGS, mendCapture } from './capture-row.ts';
import { EVERY_CONTACT, suppressErased } from '../../sql/delta/erased.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import type { SqlDatabase } from '../../sql/database.ts';
import { idSet } from '../../sql/sql-parts.ts';
import {
  recountAnonymous,
  sweepDeleted,
  sweepUnlogged,
} from '../../sql/delta/memberships-of-contacts.ts';
import { captureKinds } from '../../sql/schema.ts';
import { heedWishes } from '../../sql/delta/wishes.ts';

/**
 * A log longer than this many entries and the number of contacts is dropped: a rebuild is cheaper
 * than going through it.
 */
const LONGEST_LOG = 100_000;

/**
 * The log of the capture triggers, see capture-triggers.ts. A watermark is an epoch: entries of
 * smaller ones were seen.
 */
export function changesTable(db: SqliteDatabase): ChangesWriter {
  return {
    ...changesReader(db),
    isDoubtful: async () => isDoubtful(db),
    open: async () => openLog(db),
    prune: async () => pruneLog(db),
  };
}

function changesReader(db: SqliteDatabase): ChangesReader {
  return {
    watermark: async () => watermark(db),

    countSince: async (since, limit) =>
      db.value<number>(
        sql`select count(*) from (select 1 from contact_changes where epoch >= ${since} limit ${limit + 1})`,
      ),

    pinnedSince: async (since) =>
      db.pluck<number>(sql`
        select distinct segment_id
        from contact_changes
        where epoch >= ${since} and kind = 'pin'
        order by segment_id`),

    // rule: bulk-since
    bulkSince: async (since, segmentIds) =>
      db.pluck<number>(sql`
        select id
        from segments
        where id in ${idSet(segmentIds)} and bulk_epoch >= ${since}
        order by id`),

    countRead: async (since, reads) => countRead(db, since, reads),
    reach: async () => reachOf(db),

    countPending: async () =>
      db.value<number>(sql`
        select count(*)
        from contact_changes
        where epoch >= (${FIRST_SEEN})`),
  };
}

/** Of an epoch, entries under smaller ones were seen. */
export async function watermark(db: SqlDatabase): Promise<Watermark> {
  return String(await db.value<number>(sql`select epoch from capture`));
}

/** What all segments that updates keep true have seen. */
const FIRST_SEEN = sql`select min(seen_epoch) from segments where kind = 'dynamic' and published = 1`;

/** What triggers have seen too, but for those that fail: these look at everybody once they can. */
const FIRST_ASKED = sql`
  select min(seen)
  from (
    select (${FIRST_SEEN}) as seen
    union all
    select min(seen_epoch) from triggers where published = 1 and error is null
  )`;

async function countRead(
  db: SqliteDatabase,
  since: Watermark,
  reads: readonly Reads[],
): Promise<number[]> {
  const logged = await db.all<{ aspects: string; entries: number }>(sql`
    select cast(aspects as text) as aspects, count(*) as entries
    from contact_changes
    where epoch >= ${since}
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

export async function reachOf(db: SqliteDatabase): Promise<LogReach> {
  const prunedBefore = await db.kept.read(
    captureKinds,
    captureKinds.kind,
    (rows) => new Map<string, number>(rows.map((row) => [row.kind, row.prunedBefore])),
  );
  return (since, reads) =>
    kindsOf(reads).every(
      (kind) => (prunedBefore.get(kind) ?? Number.POSITIVE_INFINITY) <= Number(since),
    );
}

async function openLog(db: SqliteDatabase): Promise<boolean> {
  await mendCapture(db);
  const doubtful = await isDoubtful(db);
  if (doubtful) {
    // rule: sweep-unlogged
    await sweepUnlogged(db);
    await suppressErased(db, EVERY_CONTACT);
    await heedWishes(db, { contactIds: EVERY_CONTACT });
    await db.run(sql`update capture set bulk = 0`);
    // rule: triggers-back
    await restoreCapture(db);
  }
  await recountAnonymous(
    db,
    doubtful ? sql`1` : sql`segments.anonymous not between 0 and segments.members`,
  );
  await db.run(sql`update capture set epoch = epoch + 1 where ${logsEpoch}`);
  return doubtful;
}

async function pruneLog(db: SqliteDatabase): Promise<void> {
  await sweepDeleted(db); // nothing but the log remembers who was deleted
  await suppressErased(db); // and who came
  await heedWishes(db);
  const seen = await db.value<number | null>(FIRST_ASKED);
  const length = await sumInTurn(LOGS, async (log) =>
    db.value<number>(sql`select count(*) from ${log}`),
  );
  // rule: log-length
  const tooLong =
    length > LONGEST_LOG && length > (await db.value<number>(sql`select count(*) from contacts`));
  // rule: log-pruned
  const before = tooLong || seen === null ? sql`(select epoch from capture)` : sql`${seen}`;
  for (const log of LOGS) await db.run(sql`delete from ${log} where epoch < ${before}`);
  await db.run(
    sql`update capture_kinds set pruned_before = max(pruned_before, ${before}) where pruned_before < ${before}`,
  );
}

/** The kinds of changes that hold for a filter which reads this. */
function kindsOf({ profile, company, tags, consent, eventTypes }: Reads): string[] {
  return [
    'exists',
    'pin',
    'member',
    ...(profile.length > 0 || company ? ['profile'] : []),
    ...(company ? ['company'] : []),
    ...(tags ? ['tags', 'tag'] : []),
    ...(consent ? ['consent'] : []),
    ...(eventTypes.length > 0 ? ['events'] : []),
  ];
}

async function isDoubtful(db: SqliteDatabase): Promise<boolean> {
  // rule: fields-edited, schema, left-off
  return (
    !(await isCaptureSound(db)) ||
    (await db.value<number>(
      sql`select bulk <> 0 or schema_version <> (select schema_version from pragma_schema_version) from capture`,
    )) === 1 ||
    !(await isCaptureWhole(db))
  );
}
