import { sql, type SQL } from 'drizzle-orm';
import type { Cause } from '../../members.ts';
import { type ContactSet, countOf } from '../../selections.ts';
import type { PinRow } from '../../rows.ts';
import type { PinsReader, PinsWriter } from '../../pins.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, upTo } from '../sql-parts.ts';
import { selectRows } from '../table-rows.ts';
import { withinReach } from '../reach.ts';
import { pins } from '../schema.ts';
import { notLookedUp } from '../words.ts';
import { causeIn } from '../delta/causes.ts';
import { contactSet } from '../delta/selected.ts';

export function pinsTable(db: SqlDatabase): PinsWriter {
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

function pinsReader(db: SqlDatabase): PinsReader {
  return {
    async list(segmentId, { after, limit }) {
      return select(db, segmentId, sql`contact_id > ${after ?? 0}`, limit);
    },

    async count(segmentId) {
      const counted = await db.get<{ in: number; out: number; ending: number }>(sql`
        select
          count(*) filter (where kind = 'in') as "in",
          count(*) filter (where kind = 'out') as "out",
          count(until) as ending
        from pins
        where segment_id = ${segmentId}`);
      return counted ?? { in: 0, out: 0, ending: 0 };
    },

    async of(segmentId, contacts) {
      return select(db, segmentId, sql`contact_id in ${contactSet(contacts)}`);
    },
  };
}

async function select(
  db: SqlDatabase,
  segmentId: number,
  which: SQL,
  limit?: number,
): Promise<PinRow[]> {
  const rows = await selectRows(
    db,
    pins,
    sql`where segment_id = ${segmentId} and ${which} order by contact_id ${upTo(limit)}`,
  );
  return rows.map((row) => toPin(db, row));
}

async function setPins(
  db: SqlDatabase,
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

async function pinMembers(db: SqlDatabase, segmentId: number, cause: Cause): Promise<number> {
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
  db: SqlDatabase,
  now: number,
): Promise<{ segmentId: number; pins: number }[]> {
  const ended = await db.all<{ segmentId: number; pins: number }>(sql`
    select segment_id as "segmentId", count(*) as pins
    from pins
    where until <= ${now}
    -- grouping by the key itself would read all pins in its order
    group by ${notLookedUp(sql`segment_id`)}
    order by ${notLookedUp(sql`segment_id`)}`);
  // rule: pins-end-logged, pins-end-at
  if (ended.length > 0) await db.run(sql`delete from pins where until <= ${now}`);
  return ended;
}

function toPin(db: SqlDatabase, row: typeof pins.$inferSelect): PinRow {
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
