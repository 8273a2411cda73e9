import { sql } from 'drizzle-orm';
import type { ApplyOptions, StageShape } from '../../staging.ts';
import type { SqlDatabase } from '../database.ts';
import { firstOfEach, name } from '../sql-parts.ts';
import { exactly, notLookedUp, sameText } from '../words.ts';
import { touchLastActive } from '../tables/events.ts';
import { hasPlainKey, oddKeys, oddValues } from '../tables/unique-columns.ts';
import { leaveOutEvents } from './erased.ts';
import { keyFor } from './keys.ts';
import type { SqlStage } from './staging.ts';

type EventShape = Extract<StageShape, { kind: 'events' }>;

/** Applies staged events: find their contacts → merge → compare with what is stored → write. */
export async function applyEvents(
  db: SqlDatabase,
  stage: SqlStage,
  shape: EventShape,
  options: ApplyOptions,
): Promise<void> {
  const isMaking = options.createContacts === true && shape.key !== 'id';
  await findContacts(db, stage);
  await leaveOutEvents(db, stage);
  await refuseUnknownContacts(db, stage, { isMaking });
  await mergeEvents(db, stage);
  if (isMaking) await createContacts(db, stage, shape, options.now);
  await compareByExternalId(db, stage);
  await compareByContent(db, stage);
  const touched = await db.value<number>(sql`
    select count(distinct contact_id)
    from ${stage.rows}
    where outcome in ('updated', 'inserted')`);
  const total = await db.value<number>(sql`select count(*) from contacts`);
  await db.ways.capturing(touched, total, async () => writeEvents(db, stage, options.now));
}

async function findContacts(db: SqlDatabase, stage: SqlStage): Promise<void> {
  const [key] = stage.uniques;
  await db.run(sql`
    update ${stage.rows} as s
    set contact_id = (
      select min(c.id) from contacts as c where ${hasPlainKey(key, 'c', keyFor(key, sql`s.key`))}
    )
    where contact_id is null`);
  if (oddValues(key) === undefined) return;
  await db.run(sql`
    with odd as materialized (
      select min(id) as id, key from ${oddKeys(key)} as odd group by key
    )
    update ${stage.rows} as s
    set contact_id = odd.id
    from odd
    where s.contact_id is null and odd.key = s.key`);
}

/** Of good rows with one id of their own the last counts: it is the latest version of the event. */
async function mergeEvents(db: SqlDatabase, stage: SqlStage): Promise<void> {
  // rule: event-last
  await db.run(sql`
    update ${stage.rows} as s
    set outcome = 'merged'
    from (
      select external_id, max(stage_row) as last
      from ${stage.rows}
      where outcome is null and external_id is not null
      group by external_id
      having count(*) > 1
    ) as repeated
    where s.external_id = repeated.external_id and s.stage_row <> repeated.last
      and s.outcome is null`);
}

/** Contacts are new as the first event of each writes their key. */
async function createContacts(
  db: SqlDatabase,
  stage: SqlStage,
  shape: EventShape,
  now: number,
): Promise<void> {
  const [key] = stage.uniques;
  const added = await db.run(sql`
    insert into contacts (${name(shape.key)}, created_at, updated_at, identified_at)
    select ${keyFor(key, sql`contact`)}, ${now}, ${now}, ${now}
    from ${firstOfEach(sql`key`, sql`line`, {
      columns: sql`contact`,
      from: sql`${stage.rows} where contact_id is null and key is not null and outcome is null`,
    })} as new
    order by first`);
  if (added > 0) await findContacts(db, stage);
}

/** Where contacts are made, a row is refused only if it says nothing to know one by. */
async function refuseUnknownContacts(
  db: SqlDatabase,
  stage: SqlStage,
  { isMaking }: { readonly isMaking: boolean },
): Promise<void> {
  const isUnknown = sql`
    contact_id is null and outcome is null ${isMaking ? sql`and key is null` : sql``}`;
  await db.run(sql`
    insert into ${stage.rejects} (line, reason)
    select line, 'unknownContact'
    from ${stage.rows}
    where ${isUnknown}`);
  await db.run(sql`
    update ${stage.rows}
    set outcome = 'rejected'
    where ${isUnknown}`);
}

/** Whether the stored event `e` says the same as the row `s`, of one contact. */
const SAME_CONTENT = sql`
  ${sameText(sql`e.type`, sql`s.type`)} and e.occurred_at = s.occurred_at
  and ${exactly(sql`e.subject`)} is not distinct from s.subject
  and e.value is not distinct from s.value
  and e.properties is not distinct from s.properties`;

/** An event with an id of its own: new, changed, or as it stands. */
async function compareByExternalId(db: SqlDatabase, stage: SqlStage): Promise<void> {
  await db.run(sql`
    update ${stage.rows} as s
    set outcome = coalesce((
      select case
        when e.contact_id = s.contact_id and ${SAME_CONTENT} then 'unchanged'
        else 'updated'
      end
      from events as e
      where e.external_id = s.external_id
    ), 'inserted')
    where outcome is null and external_id is not null`);
}

/**
 * An event without an id: the n-th of equal rows is new when fewer than n equal events are stored.
 * The `+` keeps the planner from reading all events without an id for each row.
 */
async function compareByContent(db: SqlDatabase, stage: SqlStage): Promise<void> {
  await db.run(sql`
    with numbered as (
      select
        stage_row,
        row_number() over (
          partition by contact_id, lower(type), occurred_at, subject, value, properties
          order by line
        ) as ordinal
      from ${stage.rows}
      where outcome is null
    )
    update ${stage.rows} as s
    set outcome = case
      when numbered.ordinal <= (
        select count(*)
        from events as e
        where e.contact_id = s.contact_id and ${notLookedUp(sql`e.external_id`)} is null
          and ${SAME_CONTENT}
      ) then 'unchanged'
      else 'inserted'
    end
    from numbered
    where numbered.stage_row = s.stage_row`);
}

async function writeEvents(db: SqlDatabase, stage: SqlStage, now: number): Promise<void> {
  const last = await db.value<number>(sql`select coalesce(max(id), 0) from events`);
  await db.run(sql`
    update events as e
    set
      contact_id = s.contact_id, type = s.type, subject = s.subject, value = s.value,
      occurred_at = s.occurred_at, properties = s.properties
    from ${stage.rows} as s
    where s.outcome = 'updated' and e.external_id = s.external_id`);
  await db.run(sql`
    insert into events (contact_id, type, subject, value, occurred_at, properties, external_id)
    select contact_id, type, subject, value, occurred_at, properties, external_id
    from ${stage.rows}
    where outcome = 'inserted'
    order by line`);
  const updatedIds = sql`
    select e.id
    from ${stage.rows} as s
    join events as e on e.external_id = s.external_id
    where s.outcome = 'updated'`;
  await touchLastActive(
    db,
    sql`(select id from events where id > ${last} union all ${updatedIds})`,
    now,
  );
}
