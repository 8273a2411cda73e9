import { sql } from 'drizzle-orm';
import { EXIT, UserError } from '../../../support/errors.ts';
import type { MovesOf, NewTrigger, TriggerRow, TriggersWriter } from '../../triggers.ts';
import { closeCauses } from '../delta/causes.ts';
import type { TemporaryTables } from '../delta/temporary-tables.ts';
import type { SqlDatabase } from '../database.ts';
import { withinReach } from '../reach.ts';
import { triggers } from '../schema.ts';
import { sameText } from '../words.ts';
import { insertRow, updateRows } from '../table-rows.ts';
import { firedContacts, fireForEvents, fireForMoves, fireForPoints, noteFallen } from './firing.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';

export function triggersTable(tables: TemporaryTables): TriggersWriter {
  const { db } = tables;
  return {
    list: async () => db.kept.rows(triggers, triggers.id, (row) => toTrigger(db, row)),
    countMoves: async (moves) => countMoves(db, moves),
    insert: async (trigger, now) => insertTrigger(db, trigger, now),
    update: async (id, trigger, now) => updateTrigger(db, id, trigger, now),
    delete: async (id) => deleteTrigger(db, id),
    restart: async (id, options) => restartTrigger(db, id, options),

    async begin() {
      const seen = await db.ways.proceed();
      if (seen === undefined) return undefined;
      closeCauses(db);
      return { seen };
    },

    lastCause: async () => lastCause(db),
    fireForEvents: async (trigger, where, concerned) =>
      fireForEvents(tables, trigger, where, concerned),
    fireForPoints: async (trigger, points, concerned) =>
      fireForPoints(tables, trigger, points, concerned),
    noteFallen: async (trigger, points, concerned) => {
      await noteFallen(tables, trigger, points, concerned);
    },
    fireForMoves: async (trigger, move, onlyContact) =>
      fireForMoves(db, trigger, move, onlyContact),
    fired: async (page) => firedContacts(db, page),

    async settle(id, { seen, causeMark }) {
      await db.run(sql`
        update triggers
        set seen_epoch = ${seen}, cause_mark = ${causeMark}, error = null
        where id = ${id}`);
    },

    async fail(id, error) {
      await db.run(sql`update triggers set error = ${error} where id = ${id}`);
    },
  };
}

async function insertTrigger(db: SqlDatabase, trigger: NewTrigger, now: number): Promise<number> {
  await requireFreeName(db, trigger.name);
  const row = { ...columnsOf(trigger), createdAt: now, updatedAt: now };
  return insertRow(db, triggers, row);
}

async function updateTrigger(
  db: SqlDatabase,
  id: number,
  trigger: NewTrigger,
  now: number,
): Promise<void> {
  await requireFreeName(db, trigger.name, id);
  await updateRows(
    db,
    triggers,
    { ...columnsOf(trigger), updatedAt: now, error: null },
    sql`id = ${id}`,
  );
}

async function deleteTrigger(db: SqlDatabase, id: number): Promise<void> {
  await forgetFired(db, id);
  await db.run(sql`delete from triggers where id = ${id}`);
}

async function forgetFired(db: SqlDatabase, id: number): Promise<void> {
  await db.run(sql`delete from trigger_fired where trigger_id = ${id}`);
  await db.run(sql`delete from trigger_above where trigger_id = ${id}`);
}

async function restartTrigger(
  db: SqlDatabase,
  id: number,
  { existing, points }: Parameters<TriggersWriter['restart']>[1],
): Promise<void> {
  await forgetFired(db, id);
  if (existing) {
    await db.run(sql`
      update triggers
      set event_mark = 0, cause_mark = 0, seen_epoch = null, error = null
      where id = ${id}`);
    return;
  }
  // rule: trigger-mark
  await db.run(sql`
    update triggers
    set
      event_mark = (select coalesce(max(id), 0) from events), cause_mark = ${await lastCause(db)},
      seen_epoch = ${db.ways.watermark}, error = null
    where id = ${id}`);
  if (points === undefined) return;
  // rule: trigger-above-known
  await db.run(sql`
    insert into trigger_above (trigger_id, contact_id)
    select ${id}, id from contacts where points >= ${points} order by id`);
}

async function lastCause(db: SqlDatabase): Promise<number> {
  return db.value<number>(sql`select coalesce(max(id), 0) from causes`);
}

async function countMoves(
  db: SqlDatabase,
  { segmentId, change, after }: MovesOf & { readonly after: number },
): Promise<number> {
  return db.value<number>(sql`
    select coalesce(sum(${change === 'joined' ? sql`joined` : sql`"left"`}), 0)
    from causes
    where id > ${after} and segment_id = ${segmentId}`);
}

async function requireFreeName(db: SqlDatabase, name: string, self?: number): Promise<void> {
  const taken = await db.get(
    sql`
      select 1
      from triggers
      where ${sameText(sql`name`, sql`${name}`)} and id is distinct from ${self ?? null}`,
  );
  if (taken === undefined) return;
  throw new UserError('TAKEN', EXIT.refused, `there is a trigger ${name} already`, {
    hint: `choose another name; to look at that one: rollcall triggers:show ${shellQuoted(name)}`,
  });
}

function columnsOf({ name, definition, published, madeBy }: NewTrigger): NewTrigger {
  return { name, definition, published, madeBy };
}

function toTrigger(db: SqlDatabase, row: typeof triggers.$inferSelect): TriggerRow {
  const { seenEpoch, ...columns } = row;
  return { ...columns, id: withinReach(db, 'triggers.id', row.id), seen: seenEpoch };
}
