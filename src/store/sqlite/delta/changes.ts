import { type SQL, sql } from 'drizzle-orm';
import { filterInTurn, sumInTurn } from '../../../support/in-turn.ts';
import type {
  ChangesReader,
  ChangesWriter,
  FieldPlace,
  LogReach,
  Reads,
  Slice,
  Watermark,
} from '../../changes.ts';
import { aspectsOf } from './aspects.ts';
import { isCaptureWhole, logsEpoch, noteSchema, restoreCapture } from './capture.ts';
import { isCaptureSound, LOGS, mendCapture } from './capture-row.ts';
import { EVERY_CONTACT, suppressErased } from './erased.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../connection/sql-parts.ts';
import { recountAnonymous, sweepDeleted, sweepUnlogged } from './memberships-of-contacts.ts';
import { captureKinds } from '../connection/schema.ts';
import { heedWishes } from './wishes.ts';

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
    prepare: async (places) => prepareIndexes(db, places),
    prune: async () => pruneLog(db),
  };
}

function changesReader(db: SqliteDatabase): ChangesReader {
  return {
    watermark: async () => db.value<number>(sql`select epoch from capture`),

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

    countRead: async (since, reads) => countRead(db, since, reads),
    reach: async () => reachOf(db),

    countPending: async () =>
      db.value<number>(sql`
        select count(*)
        from contact_changes
        where epoch >= (${FIRST_SEEN})`),
  };
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
    kindsOf(reads).every((kind) => (prunedBefore.get(kind) ?? Number.POSITIVE_INFINITY) <= since);
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

async function prepareIndexes(
  db: SqliteDatabase,
  places: readonly Slice['place'][],
): Promise<void> {
  const useless = await db.pluck<string>(sql`
    select name
    from sqlite_schema
    where type = 'index' and name glob 'joined_[0-9]*'
      and cast(substr(name, 8) as integer) not in (select id from segments)`);
  for (const index of useless) await db.run(sql`drop index ${name(index)}`);
  const missing = await filterInTurn(
    [...indexesFor(places)],
    async ([index]) =>
      (await db.get(sql`select 1 from sqlite_schema where type = 'index' and name = ${index}`)) ===
      undefined,
  );
  for (const [index, place] of missing)
    await db.run(sql`create index ${name(index)} on ${indexedOf(place)}`);
  // rule: own-ddl
  if (useless.length + missing.length > 0) await noteSchema(db);
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

type Indexed = FieldPlace | { readonly kind: 'memberships'; readonly segment: number };

/** By the name of its index each place; events have theirs from the first migration. */
function indexesFor(places: readonly Slice['place'][]): Map<string, Indexed> {
  return new Map(
    places.flatMap((place) => (place.kind === 'events' ? [] : [[indexOf(place), place]])),
  );
}

function indexOf(place: Indexed): string {
  if (place.kind === 'memberships') return `joined_${place.segment}`;
  const prefix = place.kind === 'anniversary' ? 'anniversary' : 'window';
  return `${prefix}_${place.object}_${place.column}`;
}

function indexedOf(place: Indexed): SQL {
  if (place.kind === 'memberships')
    return sql.raw(`joined (cause_id, contact_id) where segment_id = ${place.segment}`);
  const table = place.object === 'contact' ? sql`contacts` : sql`companies`;
  const column = name(place.column);
  const key = place.kind === 'anniversary' ? sql`substr(${column}, 6, 5)` : column;
  return sql`${table} (${key})`;
}
