import { sql } from 'drizzle-orm';
import type { StagedSuppression } from '../../staging.ts';
import type { StageTables } from './stage-tables.ts';

/** What became of a suppression stands in its row. */
export function createSuppressionRows(tables: StageTables): void {
  tables.db.run(sql`
    create temp table ${tables.tableName('rows')} (
      stage_row integer primary key, line integer not null, address text collate nocase,
      channel text collate nocase, reason text collate nocase, created_at integer, outcome text
    )`);
}

export function addSuppression(
  tables: StageTables,
  { line, address, channel, reason, createdAt }: StagedSuppression,
): void {
  tables
    .statement(
      'rows',
      (rows) => `
      insert into ${rows} (line, address, channel, reason, created_at) values (?, ?, ?, ?, ?)`,
    )
    .run(line, address, channel, reason, createdAt);
}
