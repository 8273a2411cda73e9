import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { MembershipCount, UnheededPins } from '../../health.ts';
import type { PinRow, SegmentKind } from '../../rows.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { recounting } from '../delta/cause-uses.ts';
import { deletedContacts } from '../delta/memberships-of-contacts.ts';
import { LOST_SEGMENTS } from '../tables/lost-segments.ts';
import { everyRowWithoutContact, segmentRowsWithoutContact } from './missing-contacts.ts';
import { seek, shellCommand } from './trouble.ts';

interface Counted {
  readonly segmentId: number;
  readonly count: number;
}

/** `temp.no_contacts` has been filled, with so many stretches. */
export async function countMemberships(
  db: SqliteDatabase,
  stretches: number,
): Promise<MembershipCount[]> {
  const counted = await db.all<Pick<MembershipCount, 'segmentId' | 'members' | 'anonymous'>>(sql`
    select
      segment_id as "segmentId", count(*) as members,
      count(*) filter (
        where contact_id in (select id from contacts where identified_at is null)
      ) as anonymous
    from joined
    group by segment_id
    order by segment_id`);
  const total = counted.reduce((sum, { members }) => sum + members, 0);
  const from =
    stretches * counted.length < total
      ? segmentRowsWithoutContact(sql`joined`)
      : everyRowWithoutContact(sql`joined`);
  const gone = new Map(
    (
      await db.all<Counted>(
        sql`select segment_id as "segmentId", count(*) as count from ${from} group by segment_id`,
      )
    ).map((row) => [row.segmentId, row.count]),
  );
  const lost = new Set(await db.pluck<number>(sql`select segment_id from ${LOST_SEGMENTS}`));
  return inTurn(counted, async (row) => ({
    ...row,
    isLost: lost.has(row.segmentId),
    gone: gone.get(row.segmentId) ?? 0,
    goneLogged: gone.has(row.segmentId) ? await countLogged(db, row.segmentId) : 0,
  }));
}

export function membershipRemedy(db: SqliteDatabase, without: 'segment' | 'contact'): string {
  return shellCommand(
    db,
    `delete from joined where ${without}_id not in (select id from ${without}s); ${recounting()}`,
  );
}

async function countLogged(db: SqliteDatabase, segmentId: number): Promise<number> {
  return db.value<number>(sql`
    select count(*)
    from joined
    where segment_id = ${segmentId} and contact_id in ${deletedContacts()}`);
}

/**
 * Decisions that were made before their segment was last built and that its members do not follow.
 * Later ones, and those of segments that have to be built in full, are the next update's business.
 * In a static segment removals hold at once, and nobody is pinned in.
 */
export async function unheededPins(db: SqliteDatabase): Promise<UnheededPins[]> {
  return (
    await inTurn(
      await db.all<{ segmentId: number; isBuilt: number; segmentKind: SegmentKind }>(
        sql`
        select
          id as "segmentId", kind as "segmentKind",
          published = 1 and coalesce(seen_epoch, -1) >= (
            select max(pruned_before) from capture_kinds where kind in ('pin', 'exists')
          ) as "isBuilt"
        from segments
        where exists (select 1 from pins where segment_id = segments.id)
        order by id`,
      ),
      async ({ segmentId, segmentKind, isBuilt }) => {
        if (segmentKind === 'dynamic' && isBuilt === 0) return [];
        const troublesome = segmentKind === 'static' ? ofStatic : unheeded;
        return (
          await inTurn(['in', 'out'] as const, async (kind) =>
            found(db, { segmentId, segmentKind, kind }, troublesome(segmentId, kind)),
          )
        ).flat();
      },
    )
  ).flat();
}

async function found(
  db: SqliteDatabase,
  of: Pick<UnheededPins, 'segmentId' | 'segmentKind' | 'kind'>,
  from: SQL,
): Promise<UnheededPins[]> {
  const trouble = await seek(db, { columns: sql`contact_id`, from, remedy: undefined });
  return trouble.count === 0 ? [] : [{ ...of, ...trouble }];
}

function ofStatic(segmentId: number, kind: PinRow['kind']): SQL {
  const followed = kind === 'in' ? sql`` : sql`and ${isMember(segmentId)}`;
  return sql`pins where segment_id = ${segmentId} and kind = ${kind} ${followed}`;
}

function isMember(segmentId: number): SQL {
  return sql`exists (
    select 1
    from joined
    where joined.segment_id = ${segmentId} and joined.contact_id = pins.contact_id
  )`;
}

function unheeded(segmentId: number, kind: PinRow['kind']): SQL {
  return sql`
    pins
    where segment_id = ${segmentId} and kind = ${kind}
      and ${kind === 'in' ? sql`not` : sql``} ${isMember(segmentId)}
      and contact_id in (select id from contacts)
      and contact_id not in (
        select id
        from contact_changes
        where epoch >= (select seen_epoch from segments where id = ${segmentId})
          and (kind = 'exists' or kind = 'pin' and segment_id = ${segmentId})
      )`;
}
