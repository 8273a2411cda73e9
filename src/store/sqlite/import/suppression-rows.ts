import { sql } from 'drizzle-orm';
import type { StagedSuppression } from '../../staging.ts';
import type { StageTables } from './stage-tables.ts';

/** What became of a row stands in it; what it says of its value, in `consent`. */
export async function createSuppressionRows(tables: StageTables): Promise<void> {
  await tables.db.run(sql`
    create temp table ${tables.tableName('rows')} (
      stage_row integer primary key, line integer not null,
      value not null collate nocase, created_at integer, outcome text
    )`);
  await tables.db.run(sql`
    create temp table ${tables.tableName('consent')} (
      stage_row integer not null, channel text not null collate nocase,
      reason text not null collate nocase, primary key (stage_row, channel, reason)
    ) without rowid`);
}

/** Adds a row as the one of this number. */
export function addSuppression(
  tables: StageTables,
  stageRow: number,
  { line, said, wishes, createdAt }: StagedSuppression,
): void {
  tables
    .statement('rows', (rows) => `insert into ${rows} values (?, ?, ?, ?, null)`)
    .run(stageRow, line, said, createdAt);
  for (const { channel, reason } of wishes)
    tables
      .statement(
        'consent',
        (consent) => `insert into ${consent} values (?, ?, ?) on conflict do nothing`,
      )
      .run(stageRow, channel, reason);
}
