import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { Merging } from '../../merging.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, valuesOf } from '../sql-parts.ts';
import { beforeColon, caseless, THEN_JOIN } from '../words.ts';
import { type Place, PLACES } from './segment-places.ts';

/** A time as a member; an open one has not ended, or ended with its segment. */
export interface Stay {
  readonly segmentId: number;
  readonly contactId: number;
  readonly cause: number;
  /** Null where the cause is lost: nobody knows since when. */
  readonly from: number | null;
  readonly leftCause: number | null;
  readonly until: number | null;
  /** 1 for a time of another that was merged into it before. */
  readonly inherited: number;
}

export interface Pin {
  readonly segmentId: number;
  readonly contactId: number;
  readonly kind: 'in' | 'out';
  readonly isOver: 0 | 1;
  readonly reason: string | null;
}

export interface Segment {
  readonly id: number;
  readonly alias: string;
  readonly kind: 'static' | 'dynamic';
  /** When it was deleted, as its cause says; null where it is there. */
  readonly deletion: { readonly at: number; readonly cause: number } | null;
}

/** What is known of the contacts in the segments of one place, before any of it is changed. */
export interface Story {
  readonly place: Place;
  /** Those that any of them is or was in, or pinned, by alias. */
  readonly segments: readonly Segment[];
  /** By segment and time. */
  readonly stays: readonly Stay[];
  /** The pin of each segment that holds for all of them. */
  readonly pins: ReadonlyMap<number, Pin>;
}

/** To be called while the losers are there. */
export async function storiesOf(db: SqlDatabase, merging: Merging): Promise<Story[]> {
  return inTurn(PLACES, async (place) => {
    const stays = await staysOf(db, place, merging);
    const pins = new Map((await pinsOf(db, place, merging)).map((pin) => [pin.segmentId, pin]));
    const ids = [...new Set([...stays.map(({ segmentId }) => segmentId), ...pins.keys()])];
    return { place, segments: await segmentsOf(db, place, ids), stays, pins };
  });
}

async function segmentsOf(
  db: SqlDatabase,
  place: Place,
  ids: readonly number[],
): Promise<Segment[]> {
  const [at, cause] = place.isDeleted
    ? [sql`coalesce(causes.at, deleted_at)`, sql`deleted_cause`]
    : [sql`null`, sql`null`];
  const deleting = sql`left join causes on causes.id = deleted_cause`;
  const rows = await db.all<
    Omit<Segment, 'deletion'> & { at: number | null; cause: number | null }
  >(sql`
    select ${place.segments}.id, alias, kind, ${at} as at, ${cause} as cause
    from ${place.segments}
    ${place.isDeleted ? deleting : sql``}
    where ${place.segments}.id in ${idSet(ids)}
    order by ${caseless(sql`alias`)}`);
  return rows.map(({ at: deletedAt, cause: by, ...segment }) => ({
    ...segment,
    deletion: deletedAt === null || by === null ? null : { at: deletedAt, cause: by },
  }));
}

function persons({ winner, losers }: Merging): SQL {
  return idSet([winner, ...losers]);
}

async function staysOf(db: SqlDatabase, place: Place, merging: Merging): Promise<Stay[]> {
  const { segments, joined, history } = place;
  return db.all<Stay>(sql`
    select
      ${joined}.segment_id as "segmentId", contact_id as "contactId", cause_id as cause,
      causes.at as "from", null as "leftCause", null as "until", 0 as inherited
    from ${segments}
    ${THEN_JOIN} ${joined}
      on ${joined}.segment_id = ${segments}.id and contact_id in ${persons(merging)}
    left join causes on causes.id = cause_id
    union all
    select
      ${history}.segment_id, contact_id, joined_cause, began.at, left_cause, ended.at, inherited
    from ${segments}
    ${THEN_JOIN} ${history}
      on ${history}.segment_id = ${segments}.id and contact_id in ${persons(merging)}
    ${THEN_JOIN} causes as began on began.id = joined_cause
    ${THEN_JOIN} causes as ended on ended.id = left_cause
    order by 1, 4 nulls first, 3, 2`);
}

/**
 * One pin a segment. One that keeps out comes first; then one that no import made, which goes when
 * that is taken back; then one that does not yield; then the one that holds longest; then that of the
 * winner, and of the loser that was named first. Those that are over come last.
 */
async function pinsOf(
  db: SqlDatabase,
  { segments, pins }: Place,
  merging: Merging,
): Promise<Pin[]> {
  const { winner, losers, now, yielding } = merging;
  const isOver = sql`case when ${pins}.until <= ${now} then 1 else 0 end`;
  const channel = beforeColon(sql`${pins}.via`);
  // rule: merge-out-wins, merge-own-pin, merge-careful-pin
  const order = sql`
    ${isOver}, ${pins}.kind desc, causes.import_id is not null,
    ${channel} in (select value from ${valuesOf(yielding, 'text')} as yielding),
    ${pins}.until is not null, ${pins}.until desc, persons.key`;
  return db.all<Pin>(sql`
    select segment_id as "segmentId", contact_id as "contactId", kind, is_over as "isOver", reason
    from (
      select
        ${pins}.*, ${isOver} as is_over,
        row_number() over (partition by ${pins}.segment_id order by ${order}) as nth
      from ${valuesOf([winner, ...losers])} as persons
      cross join ${segments}
      ${THEN_JOIN} ${pins}
        on ${pins}.segment_id = ${segments}.id and ${pins}.contact_id = persons.value
      left join causes on causes.id = ${pins}.cause_id
    ) as ranked
    where nth = 1
    order by segment_id`);
}
