import { type SQL, sql } from 'drizzle-orm';
import { flag, INTEGER, NOT_INDEXED, TEMP, THEN_JOIN } from '../words.ts';
import type { Proposed } from '../../differences.ts';
import type { Condition } from '../../../sql/condition.ts';
import type { ContactSet } from '../../selections.ts';
import type { SqlDatabase } from '../database.ts';
import type { MatchedScan } from './matched-scan.ts';
import { batchesOf } from './batches.ts';
import { NOTHING, type Proposals } from './proposed.ts';
import { contactSet, tableOf } from './selected.ts';

/*
 * "not indexed": without statistics SQLite takes any range of an indexed date for a narrow one, and
 * looks up half of all contacts one by one (512 ms against 145 ms a million,
 * `last_active_at in last 80 days`).
 */

/**
 * Proposes what makes the members exactly (matching, or pinned in) without those pinned out; with
 * `batch`, the condition is evaluated for at most so many contacts in one statement.
 */
export async function proposeAll(
  proposals: Proposals,
  segmentId: number,
  match: Condition,
  batch?: number,
): Promise<Proposed> {
  const { db } = proposals;
  await clearTarget(db);
  let matching = 0;
  for (const isInBatch of await batchesOf(db, sql`contacts`, sql`id`, batch)) {
    matching += await db.run(sql`
      insert into ${TEMP}.target (contact_id, anonymous)
      select c.id, ${flag(sql`c.identified_at is null`)}
      from contacts as c ${NOT_INDEXED}
      where ((${match}) or c.id in (select contact_id from pins where segment_id = ${segmentId} and kind = 'in'))
        and c.id not in (select contact_id from pins where segment_id = ${segmentId} and kind = 'out')
        and ${isInBatch(sql`c.id`)}
      order by c.id`);
  }
  return compare(proposals, segmentId, matching);
}

/** What a scan found on a snapshot, and those who may have changed since then. */
interface Scanned {
  readonly scan: MatchedScan;
  /** A table of `contact_id`. */
  readonly changed: SQL;
  readonly probe: Condition;
}

/**
 * Does the same from the matches of a scan. Contacts for whom something may have changed since are
 * asked again, by `probe`, and pins are read as they stand now.
 */
export async function proposeScanned(
  proposals: Proposals,
  segmentId: number,
  { scan, changed, probe }: Scanned,
): Promise<Proposed> {
  const { db } = proposals;
  if (await isAsScanned(db, segmentId, changed)) {
    const [joining = 0, anonymous = 0] = await db.row<number>(scan.counted(segmentId));
    proposals.joinFrom({
      segmentId,
      joiners: scan.matching(segmentId),
      counted: { joining, anonymous },
    });
    return { ...NOTHING, joining };
  }
  await clearTarget(db);
  const matching =
    (await keepScanned(db, segmentId, { matching: scan.matching(segmentId), changed })) +
    (await askAgain(db, segmentId, { changed, probe })) +
    (await addPinned(db, segmentId));
  return compare(proposals, segmentId, matching);
}

/**
 * Whether those who matched on the snapshot are those who join: nobody is a member, pinned or to be
 * asked again.
 */
async function isAsScanned(db: SqlDatabase, segmentId: number, changed: SQL): Promise<boolean> {
  // rule: scan-untouched
  const other = sql`
    select 1 from ${changed}
    union all select 1 from pins where segment_id = ${segmentId}
    union all select 1 from joined where segment_id = ${segmentId}
    limit 1`;
  return (await db.get(other)) === undefined;
}

/** Who matched on the snapshot, and is neither to be asked again nor pinned. */
async function keepScanned(
  db: SqlDatabase,
  segmentId: number,
  { matching, changed }: { readonly matching: SQL; readonly changed: SQL },
): Promise<number> {
  // rule: scan-asks-again, scan-pins-out
  return db.run(sql`
    insert into ${TEMP}.target (contact_id, anonymous)
    select contact_id, anonymous
    from ${matching} as matching
    where contact_id not in (select contact_id from ${changed})
      and contact_id not in (select contact_id from pins where segment_id = ${segmentId})`);
}

async function askAgain(
  db: SqlDatabase,
  segmentId: number,
  { changed, probe }: Pick<Scanned, 'changed' | 'probe'>,
): Promise<number> {
  // rule: scan-asks-again
  return db.run(sql`
    insert into ${TEMP}.target (contact_id, anonymous)
    select c.id, ${flag(sql`c.identified_at is null`)}
    from ${changed} as candidates
    ${THEN_JOIN} contacts as c on c.id = candidates.contact_id
    where ${probe} and c.id not in (select contact_id from pins where segment_id = ${segmentId})
    order by c.id`);
}

async function addPinned(db: SqlDatabase, segmentId: number): Promise<number> {
  // rule: scan-pins
  return db.run(sql`
    insert into ${TEMP}.target (contact_id, anonymous)
    select contacts.id, ${flag(sql`contacts.identified_at is null`)}
    from pins
    ${THEN_JOIN} contacts on contacts.id = pins.contact_id
    where pins.segment_id = ${segmentId} and pins.kind = 'in'`);
}

const TARGET = sql`${TEMP}.target`;

async function clearTarget(db: SqlDatabase): Promise<void> {
  await db.run(
    sql`create temp table if not exists target (contact_id ${INTEGER} primary key, anonymous ${INTEGER} not null)`,
  );
  await db.run(sql`delete from ${TARGET}`);
}

/** Members and `temp.target`, which has so many rows, side by side in key order. */
async function compare(
  proposals: Proposals,
  segmentId: number,
  matching: number,
): Promise<Proposed> {
  const members = await proposals.db.value<number>(
    sql`select count(*) from joined where segment_id = ${segmentId}`,
  );
  if (members === 0) {
    proposals.joinFrom({ segmentId, joiners: TARGET });
    return { ...NOTHING, joining: matching };
  }
  const leaving = await proposals.move(segmentId, 'leaving', membersBeyondTarget(segmentId));
  const joining = matching + leaving - members;
  if (joining > 0) await proposals.join(segmentId, TARGET);
  return { joining, leaving };
}

function membersBeyondTarget(segmentId: number): SQL {
  return sql`
    select contact_id
    from joined
    where segment_id = ${segmentId}
    except
    select contact_id
    from ${TARGET}
    order by contact_id`;
}

/** Those of these contacts who are not members yet are to join. */
export async function proposeJoining(
  proposals: Proposals,
  segmentId: number,
  contacts: ContactSet,
): Promise<void> {
  const wanted =
    tableOf(contacts) ??
    sql`(
      select id as contact_id, ${flag(sql`identified_at is null`)} as anonymous
      from contacts
      where id in ${contactSet(contacts)}
    )`;
  await proposals.join(segmentId, wanted);
}

/** Those of these contacts who are members are to leave, or all. */
export async function proposeLeaving(
  proposals: Proposals,
  segmentId: number,
  contacts: ContactSet | 'all',
): Promise<void> {
  const among = contacts === 'all' ? sql`` : sql`and contact_id in ${contactSet(contacts)}`;
  await proposals.move(
    segmentId,
    'leaving',
    sql`select contact_id from joined where segment_id = ${segmentId} ${among} order by contact_id`,
  );
}

/** Members leave whose contacts are no more. */
export async function proposeGone(proposals: Proposals, segmentId: number): Promise<Proposed> {
  const leaving = await proposals.move(
    segmentId,
    'leaving',
    sql`
    select contact_id
    from joined
    where segment_id = ${segmentId}
      and not exists (select 1 from contacts where contacts.id = joined.contact_id)
    order by contact_id`,
  );
  return { ...NOTHING, leaving };
}
