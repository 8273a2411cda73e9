import { and, asc, eq, gt, sql, type SQL } from 'drizzle-orm';
import type { Cause } from '../../members.ts';
import { type ContactSet, countOf } from '../../selections.ts';
import type { PinRow } from '../../rows.ts';
import type { PinsReader, PinsWriter } from '../../pins.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { idSet } from '../connection/sql-parts.ts';
import { withinReach } from '../connection/reach.ts';
import { pins } from '../connection/schema.ts';
import { causeIn } from '../delta/causes.ts';
import { contactSet } from '../delta/selected.ts';

export function pinsTable(db: SqliteDatabase): PinsWriter {
  return {
    ...pinsReader(db),
    set: async (segmentId, contacts, pin, cause) =>
      setPins(db, segmentId, contacts, { ...pin, cause }),
    pinMembers: async (segmentId, cause) => pinMembers(db, segmentId, cause),

    async moveEnd(segmentId, contactIds, until) {
      await db.run(sql`
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
      const counted = await db.get<{ in: number; out: number; ending: number }>(sql`
        select
          coalesce(sum(kind = 'in'), 0) as "in", coalesce(sum(kind = 'out'), 0) as "out",
          count(until) as ending
        from pins
        where segment_id = ${segmentId}`);
      return counted ?? { in: 0, out: 0, ending: 0 };
    },

    async of(segmentId, contacts) {
      const rows = select(db, segmentId, sql`${pins.contactId} in ${contactSet(contacts)}`).all();
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

async function setPins(
  db: SqliteDatabase,
  segmentId: number,
  contacts: ContactSet,
  { kind, until, cause }: Pick<PinRow, 'kind' | 'until'> & { readonly cause: Cause },
): Promise<void> {
  if (countOf(contacts) === 0) return;
  const causeId = await causeIn(db, segmentId, cause);
  await db.run(sql`
    insert into pins (${COLUMNS})
    select ${segmentId}, id, ${kind}, ${until}, ${columnsOf(cause, causeId)}
    from contacts
    where id in ${contactSet(contacts)}
    order by id
    on conflict (segment_id, contact_id) do update set
      kind = excluded.kind, until = excluded.until, via = excluded.via,
      pinned_by = excluded.pinned_by, reason = excluded.reason, created_at = excluded.created_at,
      cause_id = excluded.cause_id`);
}

async function pinMembers(db: SqliteDatabase, segmentId: number, cause: Cause): Promise<number> {
  const causeId = await causeIn(db, segmentId, cause);
  return db.run(sql`
    insert into pins (${COLUMNS})
    select ${segmentId}, contact_id, 'in', null, ${columnsOf(cause, causeId)}
    from joined
    where segment_id = ${segmentId}
    order by contact_id
    on conflict (segment_id, contact_id) do nothing`);
}

const COLUMNS = sql`
  segment_id, contact_id, kind, until, via, pinned_by, reason, created_at, cause_id`;

/** The values of the columns that say why somebody is pinned. */
function columnsOf({ via, by, reason, now }: Cause, causeId: number): SQL {
  return sql`${via}, ${by ?? null}, ${reason ?? null}, ${now}, ${causeId}`;
}

async function endPins(
  db: SqliteDatabase,
  now: number,
): Promise<{ segmentId: number; pins: number }[]> {
  const ended = await db.all<{ segmentId: number; pins: number }>(sql`
    select segment_id as "segmentId", count(*) as pins
    from pins
    where until <= ${now}
    group by +segment_id -- grouping by the key itself would read all pins in its order
    order by +segment_id`);
  // rule: pins-end-logged, pins-end-at
  if (ended.length > 0) await db.run(sql`delete from pins where until <= ${now}`);
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
