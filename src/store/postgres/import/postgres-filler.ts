import { sql } from 'drizzle-orm';
import type { Filler } from '../../sql/ways.ts';
import { name } from '../../sql/sql-parts.ts';
import { TEMP } from '../../sql/words.ts';
import type { CopiedRow } from '../connection/copy.ts';
import type { PostgresDatabase } from '../connection/database.ts';

/** Fills the tables of a stage by COPY: whoever adds rows waits until the server has them. */
export function postgresFiller(db: PostgresDatabase): Filler {
  const pending = new Map<string, CopiedRow[]>();
  return {
    add(table, row) {
      const rows = pending.get(table);
      if (rows === undefined) pending.set(table, [row]);
      else rows.push(row);
    },

    async together(work) {
      try {
        work();
        await db.copyTogether(
          [...pending].map(([table, rows]) => ({ into: sql`${TEMP}.${name(table)}`, rows })),
        );
      } finally {
        pending.clear();
      }
    },

    async drop(tables) {
      // what is lost with its connection needs no dropping
      if (db.session.isLost) return;
      const all = tables.map((table) => sql`${TEMP}.${name(table)}`);
      await db.run(sql`drop table if exists ${sql.join(all, sql`, `)}`);
    },
  };
}
