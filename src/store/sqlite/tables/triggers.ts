import { eq, sql } from 'drizzle-orm';
import { EXIT, UserError } from '../../../support/errors.ts';
import type { MovesOf, NewTrigger, TriggerRow, TriggersWriter } from '../../triggers.ts';
import { logsEpoch } from '../delta/capture.ts';
import { isRowSound } from '../delta/capture-row.ts';
import { closeCauses } from '../delta/causes.ts';
import type { TemporaryTables } from '../delta/temporary-tables.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { withinReach } from '../connection/reach.ts';
import { triggers } from '../connection/schema.ts';
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
      if (!isRowSound(db)) return undefined;
      closeCauses(db);
      // rule: trigger-epoch
      db.run(sql`update capture set epoch = epoch + 1 where ${logsEpoch}`);
      return { epoch: db.value<number>(sql`select epoch from capture`) };
    },

    lastCause: async () => lastCause(db),
    fireForEvents: async (trigger, where, concerned) =>
      fireForEvents(tables, trigger, where, concerned),
    fireForPoints: async (trigger, points, concerned) =>
      fireForPoints(tables, trigger, points, concerned),
    noteFallen: async (trigger, points, concerned) => {
      noteFallen(tables, trigger, points, concerned);
    },
    fireForMoves: async (trigger, move, onlyContact) =>
      fireForMoves(db, trigger, move, onlyContact),
    fired: async (page) => firedContacts(db, page),

    async settle(id, { seen, causeMark }) {
      db.run(sql`
        update triggers
        set seen_epoch = ${seen}, cause_mark = ${causeMark}, error = null
        where id = ${id}`);
    },

    async fail(id, error) {
      db.run(sql`update triggers set error = ${error} where id = ${id}`);
    },
  };
}

function insertTrigger(db: SqliteDatabase, trigger: NewTrigger, now: number): number {
  requireFreeName(db, trigger.name);
  const row = { ...columnsOf(trigger), createdAt: now, updatedAt: now };
  return db.orm.insert(triggers).values(row).returning({ id: triggers.id }).get().id;
}

function updateTrigger(db: SqliteDatabase, id: number, trigger: NewTrigger, now: number): void {
  requireFreeName(db, trigger.name, id);
  db.orm
    .update(triggers)
    .set({ ...columnsOf(trigger), updatedAt: now, error: null })
    .where(eq(triggers.id, id))
    .run();
}

function deleteTrigger(db: SqliteDatabase, id: number): void {
  forgetFired(db, id);
  db.run(sql`delete from triggers where id = ${id}`);
}

function forgetFired(db: SqliteDatabase, id: number): void {
  db.run(sql`delete from trigger_fired where trigger_id = ${id}`);
  db.run(sql`delete from trigger_above where trigger_id = ${id}`);
}

function restartTrigger(
  db: SqliteDatabase,
  id: number,
  { existing, points }: Parameters<TriggersWriter['restart']>[1],
): void {
  forgetFired(db, id);
  if (existing) {
    db.run(sql`
      update triggers
      set event_mark = 0, cause_mark = 0, seen_epoch = null, error = null
      where id = ${id}`);
    return;
  }
  // rule: trigger-mark
  db.run(sql`
    update triggers
    set
      event_mark = (select coalesce(max(id), 0) from events), cause_mark = ${lastCause(db)},
      seen_epoch = (select epoch from capture), error = null
    where id = ${id}`);
  if (points === undefined) return;
  // rule: trigger-above-known
  db.run(sql`
    insert into trigger_above (trigger_id, contact_id)
    select ${id}, id from contacts where points >= ${points} order by id`);
}

function lastCause(db: SqliteDatabase): number {
  return db.value<number>(sql`select coalesce(max(id), 0) from causes`);
}

function countMoves(
  db: SqliteDatabase,
  { segmentId, change, after }: MovesOf & { readonly after: number },
): number {
  return db.value<number>(sql`
    select coalesce(sum(${change === 'joined' ? sql`joined` : sql`"left"`}), 0)
    from causes
    where id > ${after} and segment_id = ${segmentId}`);
}

function requireFreeName(db: SqliteDatabase, name: string, self?: number): void {
  const taken = db.get(
    sql`select 1 from triggers where name = ${name} and id is not ${self ?? null}`,
  );
  if (taken === undefined) return;
  throw new UserError('TAKEN', EXIT.refused, `there is a trigger ${name} already`, {
    hint: `choose another name; to look at that one: rollcall triggers:show ${shellQuoted(name)}`,
  });
}

function columnsOf({ name, definition, published, madeBy }: NewTrigger): NewTrigger {
  return { name, definition, published, madeBy };
}

function toTrigger(db: SqliteDatabase, row: typeof triggers.$inferSelect): TriggerRow {
  const { seenEpoch, ...columns } = row;
  return { ...columns, id: withinReach(db, 'triggers.id', row.id), seen: seenEpoch };
}
