import { and, asc, eq, gt, sql, type SQL } from 'drizzle-orm';
import type { PinRow } from '../../rows.ts';
import type { PinsReader, PinsWriter } from '../../pins.ts';
import { idSet, type SqliteDatabase } from '../connection/database.ts';
import { withinReach } from '../connection/reach.ts';
import { pins } from '../connection/schema.ts';

export function pinsTable(db: SqliteDatabase): PinsWriter {
  return {
    ...pinsReader(db),
    set: async (segmentId, contactIds, pin) => setPins(db, segmentId, contactIds, pin),
    pinMembers: async (segmentId, pin) => pinMembers(db, segmentId, pin),

    async moveEnd(segmentId, contactIds, until) {
      db.run(sql`
        update pins
        set until = ${until}
        where segment_id = ${segmentId} and contact_id in ${idSet(contactIds)}`);
    },

    end: async (now) => endPins(db, now),

    async clear(segmentId, contactIds, kind) {
      return db.run(sql`
        delete from pins
        where segment_id = ${segmentId}
          ${contactIds === 'all' ? sql`` : sql`and contact_id in ${idSet(contactIds)}`}
          ${kind === undefined ? sql`` : sql`and kind = ${kind}`}`);
    },
  };
}

function pinsReader(db: SqliteDatabase): PinsReader {
  return {
    async list(segmentId, { after, limit }) {
      const beyond = after === undefined ? undefined : gt(pins.contactId, after);
      const rows = select(db, segmentId, beyond)
        .limit(limit ?? -1)
        .all();
      return rows.map((row) => toPin(db, row));
    },

    async count(segmentId) {
      const counted = db.get<{ in: number; out: number; ending: number }>(sql`
        select
          coalesce(sum(kind = 'in'), 0) as "in", coalesce(sum(kind = 'out'), 0) as "out",
          count(until) as ending
        from pins
        where segment_id = ${segmentId}`);
      return counted ?? { in: 0, out: 0, ending: 0 };
    },

    async of(segmentId, contactIds) {
      const rows = select(db, segmentId, sql`${pins.contactId} in ${idSet(contactIds)}`).all();
      return rows.map((row) => toPin(db, row));
    },
  };
}

function select(db: SqliteDatabase, segmentId: number, which: SQL | undefined) {
  return db.orm
    .select()
    .from(pins)
    .where(and(eq(pins.segmentId, segmentId), which))
    .orderBy(asc(pins.contactId));
}

function setPins(
  db: SqliteDatabase,
  segmentId: number,
  contactIds: readonly number[],
  pin: Omit<PinRow, 'contactId'>,
): void {
  db.run(sql`
    insert into pins (segment_id, contact_id, kind, via, pinned_by, reason, until, created_at)
    select
      ${segmentId}, id, ${pin.kind}, ${pin.via}, ${pin.by}, ${pin.reason}, ${pin.until},
      ${pin.createdAt}
    from contacts
    where id in ${idSet(contactIds)}
    order by id
    on conflict (segment_id, contact_id) do update set
      kind = excluded.kind, via = excluded.via, pinned_by = excluded.pinned_by,
      reason = excluded.reason, until = excluded.until, created_at = excluded.created_at`);
}

function pinMembers(
  db: SqliteDatabase,
  segmentId: number,
  pin: Omit<PinRow, 'contactId' | 'kind'>,
): number {
  return db.run(sql`
    insert into pins (segment_id, contact_id, kind, via, pinned_by, reason, until, created_at)
    select
      ${segmentId}, contact_id, 'in', ${pin.via}, ${pin.by}, ${pin.reason}, ${pin.until},
      ${pin.createdAt}
    from memberships
    where segment_id = ${segmentId}
    order by contact_id
    on conflict (segment_id, contact_id) do nothing`);
}

function endPins(db: SqliteDatabase, now: number): { segmentId: number; pins: number }[] {
  const ended = db.all<{ segmentId: number; pins: number }>(sql`
    select segment_id as "segmentId", count(*) as pins
    from pins
    where until <= ${now}
    group by +segment_id -- grouping by the key itself would read all pins in its order
    order by +segment_id`);
  if (ended.length === 0) return [];
  // rule: pins-end-via
  db.run(sql`
    update memberships
    set via = 'filter'
    where via <> 'filter' and (segment_id, contact_id) in (
      select segment_id, contact_id from pins where until <= ${now} and kind = 'in'
    )`);
  // rule: pins-end-logged, pins-end-at
  db.run(sql`delete from pins where until <= ${now}`);
  return ended;
}

function toPin(db: SqliteDatabase, row: typeof pins.$inferSelect): PinRow {
  const contactId = withinReach(db, 'pins.contact_id', row.contactId);
  return {
    contactId,
    kind: row.kind,
    via: row.via,
    by: row.by,
    reason: row.reason,
    until: row.until,
    createdAt: row.createdAt,
  };
}
