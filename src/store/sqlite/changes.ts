import { sql } from 'drizzle-orm';
import type { ChangesWriter } from '../transaction.ts';
import type { SqliteDatabase } from './database.ts';
import { sweepDeleted } from './memberships-of-contacts.ts';

/** The log of the capture triggers: see capture.ts. */
export function changesTable(db: SqliteDatabase): ChangesWriter {
  return {
    async advance() {
      const epoch = db.value<number>(sql`select epoch from capture`);
      db.run(sql`update capture set epoch = epoch + 1`);
      return epoch;
    },

    async prune(epoch) {
      sweepDeleted(db); // nothing but the log remembers who was deleted
      db.run(sql`delete from contact_changes where epoch <= ${epoch}`);
      db.run(sql`update capture_kinds set pruned_before = max(pruned_before, ${epoch + 1})`);
    },
  };
}
