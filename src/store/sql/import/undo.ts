import { type SQL, sql } from 'drizzle-orm';
import { valuesOf } from '../sql-parts.ts';
import { BY_KEY, INTEGER, NEVER, TEMP, TEXT, THEN_JOIN } from '../words.ts';
import type { MadeRecords } from '../../imports.ts';
import type { Deleting } from '../../members.ts';
import type { SqlDatabase } from '../database.ts';
import type { IdTable } from '../ways.ts';
import { shiftUses } from '../delta/cause-uses.ts';
import { deleteMembershipsOf } from '../delta/memberships-of-contacts.ts';
import { type Place, PLACES, THERE } from '../tables/segment-places.ts';

/*
 * What an import made is known by ranges of ids. Of these, what something else has touched stays:
 * - a contact that was edited since, or that has an event, a tag, a pin or a membership (not by a
 *   filter) that came otherwise, or that must not be reached;
 * - a company that was edited since, or in which a contact is that stays.
 */

/** Fills `temp.untouched` with the records that an import made and that nothing else touched. */
export async function findUntouched(db: SqlDatabase, id: number): Promise<MadeRecords> {
  await db.run(sql`
    create temp table if not exists untouched (
      kind ${TEXT} not null, id ${INTEGER} not null, primary key (kind, id)
    ) ${BY_KEY}`);
  await db.run(sql`delete from ${TEMP}.untouched`);
  const events = await find(db, 'events', sql`select made.id from ${madeBy(id, 'events')} as made`);
  const contacts = await find(db, 'contacts', untouchedContacts(id));
  const companies = await find(db, 'companies', untouchedCompanies(id));
  return {
    events,
    contacts,
    companies,
    kept:
      (await countMade(db, id, 'contacts')) -
      contacts +
      (await countMade(db, id, 'companies')) -
      companies,
  };
}

async function find(db: SqlDatabase, kind: IdTable, ids: SQL): Promise<number> {
  return db.run(sql`
    insert into ${TEMP}.untouched (kind, id)
    select ${kind}, id from (${ids}) as found order by id`);
}

async function countMade(db: SqlDatabase, id: number, kind: IdTable): Promise<number> {
  return db.value<number>(sql`select count(*) from ${madeBy(id, kind)} as made`);
}

/** The records that are there and that an import made, as a sub-select. */
function madeBy(id: number, kind: IdTable): SQL {
  return sql`(
    select rows_of.*
    from import_ids as range
    ${THEN_JOIN} ${sql.raw(kind)} as rows_of
      on rows_of.id between range.first_id and range.last_id
    where range.import_id = ${id} and range.kind = ${kind}
  )`;
}

const finishedAt = (id: number): SQL => sql`(
  select imports.finished_at from imports where imports.id = ${id}
)`;

function untouchedContacts(id: number): SQL {
  return sql`
    select made.id
    from ${madeBy(id, 'contacts')} as made
    where made.updated_at = ${finishedAt(id)}
      and not exists (
        select 1
        from events
        where events.contact_id = made.id
          and not exists (
            select 1
            from import_ids as range
            where range.import_id = ${id} and range.kind = 'events'
              and events.id between range.first_id and range.last_id
          )
      )
      and not exists (
        select 1
        from contact_tags
        where contact_tags.contact_id = made.id and not exists (
          select 1
          from import_tags
          where import_tags.import_id = ${id} and import_tags.contact_id = made.id
            and import_tags.tag_id = contact_tags.tag_id
        )
      )
      and not exists (select 1 from suppressions where suppressions.contact_id = made.id)
      and not exists (${sql.join(
        PLACES.map((place) => decidedOtherwise(id, place)),
        sql` union all `,
      )})`;
}

/** What else was decided of a contact `made`, in segments of this place. */
function decidedOtherwise(id: number, { segments, joined, pins }: Place): SQL {
  return sql`
    select 1
    from ${segments} as known
    ${THEN_JOIN} ${pins} as pins on pins.segment_id = known.id and pins.contact_id = made.id
    left join causes on causes.id = pins.cause_id
    where causes.import_id is distinct from ${id}
    union all
    select 1
    from ${segments} as known
    ${THEN_JOIN} ${joined} as standing
      on standing.segment_id = known.id and standing.contact_id = made.id
    left join causes on causes.id = standing.cause_id
    where causes.import_id is distinct from ${id} and causes.via is distinct from 'filter'`;
}

function untouchedCompanies(id: number): SQL {
  return sql`
    select made.id
    from ${madeBy(id, 'companies')} as made
    where made.updated_at = ${finishedAt(id)}
      and not exists (
        select 1
        from contacts
        where contacts.company_id = made.id
          and not exists (
            select 1
            from ${TEMP}.untouched as deleted
            where deleted.kind = 'contacts' and deleted.id = contacts.id
          )
      )`;
}

const untouched = (kind: IdTable): SQL =>
  sql`(select id from ${TEMP}.untouched where kind = ${kind})`;

/** Deletes what `findUntouched` found. */
export async function deleteUntouched(db: SqlDatabase, deleting: Deleting): Promise<void> {
  const touched = await db.value<number>(sql`select count(*) from ${TEMP}.untouched`);
  const total = await db.value<number>(sql`select count(*) from contacts`);
  await db.ways.capturing(touched, total, async () => {
    await db.run(sql`delete from events where id in ${untouched('events')}`);
    await deleteMembershipsOf(db, untouched('contacts'), deleting);
    await db.run(sql`delete from contacts where id in ${untouched('contacts')}`);
    await db.run(sql`delete from companies where id in ${untouched('companies')}`);
  });
}

/** Gives how many tags were taken off and put back. */
export async function revertTags(db: SqlDatabase, id: number): Promise<number> {
  const taken = await db.run(sql`
    delete from contact_tags
    where (contact_id, tag_id) in (
      select contact_id, tag_id from import_tags where import_id = ${id} and is_added = 1
    )`);
  const given = await db.run(sql`
    insert into contact_tags (contact_id, tag_id)
    select import_tags.contact_id, import_tags.tag_id
    from import_tags
    join contacts on contacts.id = import_tags.contact_id
    join tags on tags.id = import_tags.tag_id
    where import_tags.import_id = ${id} and import_tags.is_added = 0 and not (${gaveBefore(id)})
    order by 1, 2
    on conflict do nothing`);
  return taken + given;
}

/** Whether a tag that an import took had been given by one that was taken back itself. */
function gaveBefore(id: number): SQL {
  return sql`coalesce((
    select before.is_added = 1 and imports.undone_at is not null
    from import_tags as before
    join imports on imports.id = before.import_id
    where before.contact_id = import_tags.contact_id and before.tag_id = import_tags.tag_id
      and before.import_id < ${id}
    order by before.import_id desc
    limit 1
  ), ${NEVER})`;
}

/** Keeps the removals of these contacts as they stand. */
export async function keepRemovals(
  db: SqlDatabase,
  id: number,
  segmentId: number,
  contactIds: SQL,
): Promise<void> {
  await db.run(sql`
    insert into import_pins (import_id, ${PIN_COLUMNS})
    select ${id}, ${PIN_COLUMNS}
    from pins
    where segment_id = ${segmentId} and kind = 'out' and contact_id in ${contactIds}
    on conflict do nothing`);
}

export async function forgetRemovals(
  db: SqlDatabase,
  segmentId: number,
  contactIds: SQL,
): Promise<void> {
  await db.run(sql`
    delete from import_pins where contact_id in ${contactIds} and segment_id = ${segmentId}`);
}

const PIN_COLUMNS = sql`
  contact_id, segment_id, until, via, pinned_by, reason, created_at, cause_id`;

/**
 * Puts the removals back that an import overrode in segments of this place. A cause that was
 * forgotten meanwhile is none: the pin has its own words. Who is in a static segment by now was put
 * there by another decision.
 */
export async function restoreRemovals(
  db: SqlDatabase,
  id: number,
  place: Place = THERE,
): Promise<number> {
  const causeId = sql`(select causes.id from causes where causes.id = kept.cause_id)`;
  // rule: undo-decided
  const isBack = sql`
    from import_pins as kept
    join contacts on contacts.id = kept.contact_id
    join ${place.segments} as segments on segments.id = kept.segment_id
    where kept.import_id = ${id}
      and not (segments.kind = 'static' and exists (
        select 1
        from ${place.joined} as standing
        where standing.segment_id = kept.segment_id and standing.contact_id = kept.contact_id
      ))
      and not exists (
        select 1
        from ${place.pins} as pins
        where pins.segment_id = kept.segment_id and pins.contact_id = kept.contact_id
      )`;
  // those of segments that are there are counted by triggers
  if (place.isDeleted) await shiftUses(db, sql`select ${causeId} as cause_id ${isBack}`, 1);
  return db.run(sql`
    insert into ${place.pins} (
      contact_id, segment_id, kind, until, via, pinned_by, reason, created_at, cause_id
    )
    select
      kept.contact_id, kept.segment_id, 'out', kept.until, kept.via, kept.pinned_by, kept.reason,
      kept.created_at, ${causeId}
    ${isBack}
    order by kept.segment_id, kept.contact_id`);
}

/** Forgets what imports made that are kept since before this instant. */
export async function forgetImports(db: SqlDatabase, keptBefore: number): Promise<void> {
  const old = await db.pluck<number>(sql`select id from imports where kept_since < ${keptBefore}`);
  if (old.length === 0) return;
  const ids = sql`(select value from ${valuesOf(old)})`;
  for (const table of [sql`import_ids`, sql`import_tags`, sql`import_pins`])
    await db.run(sql`delete from ${table} where import_id in ${ids}`);
  await db.run(sql`update imports set kept_since = null where id in ${ids}`);
}
