import { sql } from 'drizzle-orm';
import { INTEGER, REAL, spelled, TEXT } from '../words.ts';
import type { StagedEvent } from '../../staging.ts';
import { uniqueKey } from '../../../sql/unique-key.ts';
import type { UniqueColumn } from '../tables/unique-columns.ts';
import { OF_ANY } from './keys.ts';
import type { StageTables } from './stage-tables.ts';

/** What became of an event stands in its row. */
export async function createEventRows(tables: StageTables): Promise<void> {
  await tables.db.run(sql`
    create temp table ${tables.tableName('rows')} (
      stage_row ${INTEGER} primary key, line ${INTEGER} not null, key ${OF_ANY}, contact ${OF_ANY},
      type ${TEXT}, subject ${TEXT}, value ${REAL}, occurred_at ${INTEGER},
      properties ${spelled(sql`text`, sql`jsonb`)}, external_id ${TEXT}, contact_id ${INTEGER},
      outcome ${TEXT}
    )`);
}

/** Adds an event as the row of this number. */
export function addEvent(
  tables: StageTables,
  stageRow: number,
  key: UniqueColumn,
  row: StagedEvent,
): void {
  const { line, contact, type, subject, value, occurredAt, properties, externalId } = row;
  tables.put('rows', [
    ...[stageRow, line, uniqueKey(key.type, contact), contact],
    ...[type, subject, value, occurredAt, properties, externalId],
    ...[null, null],
  ]);
}
