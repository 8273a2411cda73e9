import { sql } from 'drizzle-orm';
import type { Ways } from '../sql/ways.ts';
import type { PostgresDatabase } from './connection/database.ts';
import { quotedName } from './connection/render.ts';
import { capturing, restoreCapture } from './delta/capture.ts';
import { markSettled, reachOf } from './delta/changes.ts';
import { LOG } from './delta/log.ts';
import { memberLog } from './delta/member-log.ts';
import { shellScript } from './shell-script.ts';
import { psqlCommand } from './shell-commands.ts';
import { giveIds, lastIds } from './import/ids.ts';
import { postgresFiller } from './import/postgres-filler.ts';
import { RAISE_MARK, WATERMARK } from './delta/watermark.ts';

export function postgresWays(db: PostgresDatabase): Ways {
  return {
    restoreCapture: async () => restoreCapture(db),
    capturing: async (touched, total, work) => capturing(db, touched, total, work),
    insertingUnwatched: async (_last, insert) => insert(),
    markSettled: async () => markSettled(db),

    log: LOG,
    memberLog: memberLog(db),

    async proceed() {
      await db.run(RAISE_MARK);
      return db.value(sql`select ${WATERMARK}`);
    },

    watermark: WATERMARK,
    reach: async () => reachOf(db),
    showTemporary: async () => {
      const { schema } = db.session.place;
      await db.run(
        sql`select set_config('search_path', ${`pg_temp, ${quotedName(schema)}`}, true)`,
      );
    },
    joinedBetween: async (segmentId, low, high) => sql`
      joined on joined.segment_id = ${segmentId}
      join causes on causes.id = joined.cause_id and causes.at between ${low} and ${high}`,

    shellScript: async (where) => shellScript(db, where),
    shellCommand: (statements) => psqlCommand(db.location, db.textOf(statements)),
    exactRows: async (query) => db.all(query),
    fillStage: () => postgresFiller(db),
    async analyze(table) {
      await db.run(sql`analyze ${table}`);
    },
    lastIds: async () => lastIds(db),
    giveIds: async (found, table) => giveIds(db, found, table),
  };
}
