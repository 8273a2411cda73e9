import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { MembershipCount, UnheededPins } from '../../health.ts';
import type { Watermark } from '../../changes.ts';
import type { PinRow, SegmentKind } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { recounting } from '../delta/cause-uses.ts';
import { LOST_SEGMENTS } from '../tables/lost-segments.ts';
import { isNoneOf } from './missing.ts';
import { everyRowWithoutContact, segmentRowsWithoutContact } from './missing-contacts.ts';
import { seek, shellCommand } from './trouble.ts';

interface Counted {
  readonly segmentId: number;
  readonly count: number;
}

/** `no_contacts` has been filled, with so many stretches. */
export async function countMemberships(
  db: SqlDatabase,
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
  const lost = new Set(
    await db.pluck<number>(sql`select segment_id from ${LOST_SEGMENTS} as lost`),
  );
  return inTurn(counted, async (row) => ({
    ...row,
    isLost: lost.has(row.segmentId),
    gone: gone.get(row.segmentId) ?? 0,
    goneLogged: gone.has(row.segmentId) ? await countLogged(db, row.segmentId) : 0,
  }));
}

export function membershipRemedy(db: SqlDatabase, without: 'segment' | 'contact'): string {
  return shellCommand(
    db,
    sql`delete from joined where ${isNoneOf(sql`joined.${sql.raw(`${without}_id`)}`, `${without}s`)}`,
    recounting(),
  );
}

async function countLogged(db: SqlDatabase, segmentId: number): Promise<number> {
  return db.value<number>(sql`
    select count(*)
    from joined
    where segment_id = ${segmentId} and contact_id in ${db.ways.log.deleted()}`);
}

/**
 * Decisions that were made before their segment was last built and that its members do not follow.
 * Later ones, and those of segments that have to be built in full, are the next update's business.
 * In a static segment removals hold at once, and nobody is pinned in.
 */
export async function unheededPins(db: SqlDatabase): Promise<UnheededPins[]> {
  const reaches = await db.ways.reach();
  const pinned = await db.all<Pinned>(sql`
    select id, kind, published, cast(seen_epoch as text) as seen
    from segments
    where exists (select 1 from pins where segment_id = segments.id)
    order by id`);
  const built = pinned.filter(
    ({ kind, published, seen }) =>
      kind === 'static' || (published === 1 && seen !== null && reaches(seen, NOTHING_READ)),
  );
  return (
    await inTurn(built, async (segment) =>
      inTurn(['in', 'out'] as const, async (kind) => {
        const from = segment.kind === 'static' ? ofStatic : unheeded;
        const of = { segmentId: segment.id, segmentKind: segment.kind, kind };
        return found(db, of, from(db, segment, kind));
      }),
    )
  ).flat(2);
}

interface Pinned {
  readonly id: number;
  readonly kind: SegmentKind;
  readonly published: number;
  readonly seen: Watermark | null;
}

/** Whoever reads nothing of contacts still asks for pins, and for who is there. */
const NOTHING_READ = { profile: [], company: false, tags: false, consent: false, eventTypes: [] };

async function found(
  db: SqlDatabase,
  of: Pick<UnheededPins, 'segmentId' | 'segmentKind' | 'kind'>,
  from: SQL,
): Promise<UnheededPins[]> {
  const trouble = await seek(db, { columns: sql`contact_id`, from, remedy: undefined });
  return trouble.count === 0 ? [] : [{ ...of, ...trouble }];
}

function ofStatic(_db: SqlDatabase, { id }: Pinned, kind: PinRow['kind']): SQL {
  const followed = kind === 'in' ? sql`` : sql`and ${isMember(id)}`;
  return sql`pins where segment_id = ${id} and kind = ${kind} ${followed}`;
}

function isMember(segmentId: number): SQL {
  return sql`exists (
    select 1
    from joined
    where joined.segment_id = ${segmentId} and joined.contact_id = pins.contact_id
  )`;
}

function unheeded({ ways: { log } }: SqlDatabase, { id, seen }: Pinned, kind: PinRow['kind']): SQL {
  const since = seen ?? '';
  return sql`
    pins
    where segment_id = ${id} and kind = ${kind}
      and ${kind === 'in' ? sql`not` : sql``} ${isMember(id)}
      and contact_id in (select id from contacts)
      and contact_id not in (
        select contact_id from ${log.contacts(since)} as changed
        union all
        select contact_id from ${log.pins(since, id)} as pinned
      )`;
}
