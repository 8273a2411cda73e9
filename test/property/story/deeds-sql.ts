import type Sqlite from 'better-sqlite3';
import { at, HOUR, raw } from '../../segment/model/world.ts';
import { suppress } from './consent.ts';
import { emailOf, keyOf, nameOf, someone } from './people.ts';
import type { Deed, Deeds, Scene } from './story.ts';

/* What other programs do with plain SQL, which tells rollcall nothing. */

const bySql = (weight: number, work: (db: Sqlite.Database, scene: Scene) => void): Deed => ({
  weight,
  isSql: true,
  run: async (scene) => {
    raw(scene.story.store, (db) => work(db, scene));
    await Promise.resolve();
  },
});

export const SQL_DEEDS: Deeds = {
  sqlInsert: bySql(2, (db, { now, numbers: [a, b, c] }) => {
    const email = at([emailOf(a), emailOf(a).toUpperCase(), null], c);
    db.prepare(
      `insert or ignore into contacts
        (email, crm_id, first_name, points, identified_at, created_at, updated_at)
        values (?, ?, ?, ?, ?, ?, ?)`,
    ).run(email, keyOf(a), nameOf(a), at([0, 60, 100], b), now, now, now);
  }),
  sqlPoints: bySql(3, (db, { facts, numbers: [a, b] }) => {
    db.prepare('update contacts set points = ? where id = ?').run(
      at([0, 40, 60, 100, null], b),
      someone(facts, a) ?? 0,
    );
  }),
  sqlEmail: bySql(1, (db, { facts, numbers: [a, b] }) => {
    db.prepare('update or ignore contacts set email = ? where id = ?').run(
      at([emailOf(b), null], b),
      someone(facts, a) ?? 0,
    );
  }),
  sqlDelete: bySql(1, (db, { facts, numbers: [a] }) => {
    db.prepare('delete from contacts where id = ?').run(someone(facts, a) ?? 0);
  }),
  sqlEvent: bySql(3, (db, { facts, now, numbers: [a, b, c] }) => {
    const id = someone(facts, a);
    if (id !== undefined)
      db.prepare('insert into events (contact_id, type, occurred_at) values (?, ?, ?)').run(
        ...[id, at(['page.hit', 'form.submit'], b), now - (c % 40) * HOUR],
      );
  }),
  sqlDeleteEvent: bySql(1, (db, { numbers: [a] }) => {
    db.prepare('delete from events where id % 5 = ?').run(a % 5);
  }),
  sqlTag: bySql(1, (db, { facts, numbers: [a, b] }) => {
    db.prepare(
      'insert or ignore into contact_tags (contact_id, tag_id) select ?, id from tags where name = ?',
    ).run(someone(facts, a) ?? 0, at(['a', 'b'], b));
  }),
  sqlSuppress: {
    weight: 2,
    isSql: true,
    run: async ({ story, facts, ledger, now, numbers: [a, b] }) => {
      const id = someone(facts, a);
      if (id === undefined) return;
      const reason = at(['manual', 'bounced'], b);
      raw(story.store, (db) =>
        db
          .prepare("insert or ignore into suppressions values (?, 'email', ?, ?)")
          .run(id, reason, now),
      );
      suppress(ledger, id, `email ${reason}`);
      await Promise.resolve();
    },
  },
};
