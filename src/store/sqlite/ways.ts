import { sql } from 'drizzle-orm';
import { shellQuoted } from '../../support/shell-quote.ts';
import type { Ways } from '../sql/ways.ts';
import type { SqliteDatabase } from './connection/database.ts';
import { capturing, logsEpoch, markSettled, restoreCapture } from './delta/capture.ts';
import { isRowSound } from './delta/capture-row.ts';
import { reachOf, watermark } from './delta/changes.ts';
import { LOG, memberLog } from './delta/log.ts';
import { joinedBetween } from './delta/slice-indexes.ts';
import { giveIds, lastIds } from './import/ids.ts';
import { sqliteFiller } from './import/sqlite-filler.ts';
import { insertingUnwatched } from './import/insert-triggers.ts';
import { shellScript } from './tables/shell-script.ts';

export function sqliteWays(db: SqliteDatabase): Ways {
  return {
    restoreCapture: async () => restoreCapture(db),
    capturing: async (touched, total, work) => capturing(db, touched, total, work),
    insertingUnwatched: async (last, insert) => insertingUnwatched(db, last, insert),
    markSettled: async () => markSettled(db),

    log: LOG,
    memberLog: memberLog(db),

    async proceed() {
      if (!(await isRowSound(db))) return undefined;
      // rule: trigger-epoch
      await db.run(sql`update capture set epoch = epoch + 1 where ${logsEpoch}`);
      return watermark(db);
    },

    watermark: sql`(select epoch from capture)`,
    reach: async () => reachOf(db),
    showTemporary: async () => undefined, // it always does
    joinedBetween: async (segmentId, low, high) => joinedBetween(db, segmentId, low, high),
    shellScript: async (where) =>
      shellScript(sql`select c.id from contacts c where ${where} order by c.id`),
    shellCommand: (statements) =>
      `sqlite3 ${shellQuoted(db.location)} ${shellQuoted(db.textOf(statements))}`,
    exactRows: async (query) => db.allExact(query),

    fillStage: () => sqliteFiller(db),
    analyze: async () => undefined,
    lastIds: async () => lastIds(db),
    giveIds: async (found, table, last) => giveIds(db, found, table, last),
  };
}
