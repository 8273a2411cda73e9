import { sql } from 'drizzle-orm';
import { BY_KEY, CASELESS, INTEGER, spelled, TEXT } from '../words.ts';
import type { StagedSuppression } from '../../staging.ts';
import { caselessly, firstOf } from './merged-items.ts';
import type { StageTables } from './stage-tables.ts';

/** Values of whichever unique column, which compare without regard to case. */
const CASELESS_OF_ANY = spelled(sql`collate nocase`, TEXT);

/** What became of a row stands in it; what it says of its value, in `consent`. */
export async function createSuppressionRows(tables: StageTables): Promise<void> {
  await tables.db.run(sql`
    create temp table ${tables.tableName('rows')} (
      stage_row ${INTEGER} primary key, line ${INTEGER} not null,
      value ${CASELESS_OF_ANY} not null, created_at ${INTEGER}, outcome ${TEXT}
    )`);
  await tables.db.run(sql`
    create temp table ${tables.tableName('consent')} (
      stage_row ${INTEGER} not null, channel ${CASELESS} not null,
      reason ${CASELESS} not null, primary key (stage_row, channel, reason)
    ) ${BY_KEY}`);
}

/** Adds a row as the one of this number. */
export function addSuppression(
  tables: StageTables,
  stageRow: number,
  { line, said, wishes, createdAt }: StagedSuppression,
): void {
  tables.put('rows', [stageRow, line, said, createdAt, null]);
  const keyOf = ({ channel, reason }: (typeof wishes)[number]): string =>
    caselessly(channel, reason);
  for (const { channel, reason } of firstOf(wishes, keyOf))
    tables.put('consent', [stageRow, channel, reason]);
}
