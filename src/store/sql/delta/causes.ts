import { type SQL, sql } from 'drizzle-orm';
import {
  AS_IT_STANDS,
  BY_KEY,
  greater,
  INTEGER,
  spelled,
  TEMP,
  TEXT,
  THEN_JOIN,
} from '../words.ts';
import { rowsOf } from '../sql-parts.ts';
import type { Cause } from '../../members.ts';
import type { SqlDatabase } from '../database.ts';

/*
 * The causes of memberships, of their ends and of pins. What says the same of the same segment in
 * one transaction is one cause, so a command that works in pages leaves one row; and what has come
 * about by a cause never grows once it is committed, so that whoever reads joins and leaves in the
 * order of causes misses none. A cause counts who joined and left by it, which stays, the memberships that
 * stand by it (`open`) and all rows that point to it (`uses`), by which it is known when it can go.
 * Pins, which other programs write too, are counted by triggers, all else by the statements here.
 * A membership keeps its cause as long as it stands.
 */

/** Who joins and leaves one segment by a cause, counted. */
export interface Effect {
  readonly segmentId: number;
  readonly joined: number;
  readonly left: number;
}

/** What takes effect in a segment, and the cause that stands for it there. */
export type Caused = Effect & { readonly causeId: number };

const TOLD = sql`
  create temp table if not exists told (
    segment_id ${INTEGER} not null, via ${TEXT} not null, name ${TEXT}, "by" ${TEXT}, reason ${TEXT},
    joined ${INTEGER} not null, "left" ${INTEGER} not null, cause_id ${INTEGER}
  )`;

const EFFECT = { segment: 'bigint', joined: 'bigint', gone: 'bigint' } as const;

/** Finds or makes the cause in each of these segments, and counts what takes effect by it. */
export async function countByCause(
  db: SqlDatabase,
  cause: Cause,
  effects: readonly Effect[],
): Promise<Caused[]> {
  const rows = effects.map(({ segmentId: segment, joined, left: gone }) => ({
    ...{ segment, joined, gone },
  }));
  await tell(
    db,
    sql`
      select
        effects.segment, ${cause.via}, ${cause.name ?? null}, ${cause.by ?? null},
        ${cause.reason ?? null}, effects.joined, effects.gone, null
      from ${rowsOf(rows, EFFECT)} as effects`,
  );
  await settleTold(db, cause);
  return db.all<Caused>(sql`
    select segment_id as "segmentId", joined, "left", cause_id as "causeId"
    from ${TEMP}.told
    order by segment_id`);
}

/** The cause in one segment, by which nothing has come about yet. */
export async function causeIn(db: SqlDatabase, segmentId: number, cause: Cause): Promise<number> {
  const [caused] = await countByCause(db, cause, [{ segmentId, joined: 0, left: 0 }]);
  if (caused === undefined) throw new Error('a cause was not written');
  return caused.causeId;
}

const PINNED = sql`
  create temp table if not exists pinned (
    segment_id ${INTEGER} not null, contact_id ${INTEGER} not null, via ${TEXT} not null,
    name ${TEXT}, "by" ${TEXT}, reason ${TEXT}, cause_id ${INTEGER},
    primary key (segment_id, contact_id)
  ) ${BY_KEY}`;

/**
 * Finds or makes causes for those of `joiners` who are pinned in, in `pinnedJoiners`, a join of both
 * by these names that lacks its condition: each is the run's, and says what the pin says of channel,
 * what is called so, author and reason. Leaves in `temp.pinned` who joins by which, and gives how many, by segment.
 */
export async function countPinned(
  db: SqlDatabase,
  cause: Cause,
  pinnedJoiners: SQL,
): Promise<Map<number, number>> {
  await db.run(PINNED);
  await db.run(sql`delete from ${TEMP}.pinned`);
  const pinned = await db.run(sql`
    insert into ${TEMP}.pinned (segment_id, contact_id, via, name, "by", reason)
    select
      joiners.segment_id, joiners.contact_id, pins.via, ${nameOfCause(sql`pins.cause_id`)},
      pins.pinned_by, pins.reason
    from ${pinnedJoiners} using (segment_id, contact_id)
    where pins.kind = 'in'`);
  if (pinned === 0) return new Map();
  // rule: cause-of-pin
  await tell(
    db,
    sql`
      select segment_id, via, name, "by", reason, count(*), 0, null
      from ${TEMP}.pinned
      group by segment_id, via, name, "by", reason`,
  );
  await settleTold(db, cause);
  await db.run(sql`
    update ${TEMP}.pinned
    set cause_id = told.cause_id
    from ${TEMP}.told
    where told.segment_id = pinned.segment_id and told.via = pinned.via
      and told.name is not distinct from pinned.name
      and told."by" is not distinct from pinned."by"
      and told.reason is not distinct from pinned.reason`);
  const counted = await db.all<{ segmentId: number; contacts: number }>(sql`
    select segment_id as "segmentId", count(*) as contacts from ${TEMP}.pinned group by segment_id`);
  return new Map(counted.map(({ segmentId, contacts }) => [segmentId, contacts]));
}

async function tell(db: SqlDatabase, rows: SQL): Promise<void> {
  await db.run(TOLD);
  await db.run(sql`delete from ${TEMP}.told`);
  await db.run(sql`
    insert into ${TEMP}.told (segment_id, via, name, "by", reason, joined, "left", cause_id) ${rows}`);
}

const LATEST = sql`
  create temp table if not exists latest_moving (
    segment_id ${INTEGER} primary key, cause_id ${INTEGER} not null
  )`;

/** Gives each row of `temp.told` its cause, which is made where none says that already. */
async function settleTold(db: SqlDatabase, cause: Cause): Promise<void> {
  await db.onceInTransaction('latest causes', async () => {
    await db.run(LATEST);
    return db.run(sql`delete from ${TEMP}.latest_moving`);
  });
  await db.run(sql`
    insert into cause_words (word)
    select name from ${TEMP}.told where name is not null
    union select "by" from ${TEMP}.told where "by" is not null
    union select reason from ${TEMP}.told where reason is not null
    on conflict (word) do nothing`);
  await db.run(sql`
    insert into causes (segment_id, at, via, name, "by", reason, run_id, import_id, version)
    select ${saying(cause)}
    from ${TEMP}.told
    where ${await sameCause(db, cause)} is null
    order by segment_id, via, 4, 5, 6`);
  await db.run(sql`update ${TEMP}.told set cause_id = ${await sameCause(db, cause)}`);
  // rule: cause-counts
  await db.run(sql`
    update causes
    set
      joined = causes.joined + told.joined, "left" = causes."left" + told."left",
      open = causes.open + told.joined, uses = causes.uses + told.joined + told."left"
    from ${TEMP}.told
    where told.cause_id = causes.id`);
  await db.run(sql`
    insert into ${TEMP}.latest_moving (segment_id, cause_id)
    select segment_id, max(cause_id)
    from ${TEMP}.told
    where joined + "left" > 0
    group by segment_id
    on conflict (segment_id) do update
      set cause_id = ${greater(sql`latest_moving.cause_id`, sql`excluded.cause_id`)}`);
}

const VERSION = sql`(
  select max(version) from segment_versions where segment_versions.segment_id = told.segment_id
)`;

function wordOf(word: SQL): SQL {
  return sql`(select cause_words.id from cause_words where cause_words.word = ${word})`;
}

/** What the cause of this id is called. */
export function nameOfCause(id: SQL): SQL {
  return sql`(
    select words.word
    from causes
    ${THEN_JOIN} cause_words as words on words.id = causes.name
    where causes.id = ${id}
  )`;
}

/** The columns of the cause of a row of `temp.told`. */
function saying({ now, runId, importId }: Cause): SQL {
  return sql`
    told.segment_id, ${now}, told.via, ${wordOf(sql`told.name`)}, ${wordOf(sql`told."by"`)},
    ${wordOf(sql`told.reason`)}, ${runId}, ${importId ?? null}, ${VERSION}`;
}

const EARLIER = 'earlier causes';

/**
 * From now on nothing comes about by a cause that there is: who has read what came by them may go on
 * behind the last.
 */
export function closeCauses(db: SqlDatabase): void {
  // rule: causes-closed
  db.forgetOnce(EARLIER);
}

/** The last cause that there was, though it may be pruned by now. */
export async function lastCause(db: SqlDatabase): Promise<number> {
  // rule: end-never-back
  return db.value<number>(sql`select ${LAST_CAUSE}`);
}

const LAST_CAUSE = spelled(
  sql`coalesce((select seq from sqlite_sequence where name = 'causes'), 0)`,
  sql`coalesce((select max(id) from causes), 0)`,
);

/** The last id of a cause by which no more comes about: of earlier transactions, or closed. */
async function earlierCauses(db: SqlDatabase): Promise<number> {
  return db.onceInTransaction(EARLIER, async () => lastCause(db));
}

/**
 * The id of the cause that says what a row of `temp.told` says, and to which it may be added; null if
 * there is none. Joins and leaves are read in the order of causes, and of those by one cause a
 * contact joins once: who joins and leaves by turns in one transaction does so by several causes.
 */
async function sameCause(db: SqlDatabase, { now, runId, importId }: Cause): Promise<SQL> {
  // rule: cause-in-turn
  const inTurn = sql`
    causes.id >= coalesce(
      (select cause_id from ${TEMP}.latest_moving where segment_id = told.segment_id), 0
    )
    and not (told.joined > 0 and causes.joined > 0 and causes."left" > 0)`;
  // rule: cause-same
  return sql`(
    select max(causes.id)
    from causes
    where causes.at = ${now} and causes.id > ${await earlierCauses(db)}
      and causes.segment_id = told.segment_id and causes.via = told.via
      and causes.name is not distinct from ${wordOf(sql`told.name`)}
      and causes."by" is not distinct from ${wordOf(sql`told."by"`)}
      and causes.reason is not distinct from ${wordOf(sql`told.reason`)}
      and causes.run_id is not distinct from ${runId}
      and causes.import_id is not distinct from ${importId ?? null}
      and causes.version is not distinct from ${VERSION} and ${inTurn}
  )`;
}

/** The cause of each segment, as a sub-select of `segment_id` and `cause_id` in the order given. */
export function causesOf(caused: readonly Caused[]): SQL {
  const pairs = caused.map(({ segmentId, causeId }) => ({
    segment_id: segmentId,
    cause_id: causeId,
  }));
  const rows = rowsOf(pairs, { segment_id: 'bigint', cause_id: 'bigint' });
  // read once, not for each contact
  return sql`(select segment_id, cause_id from ${rows} as pairs ${AS_IT_STANDS})`;
}
