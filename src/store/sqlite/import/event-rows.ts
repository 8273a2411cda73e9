import { sql } from 'drizzle-orm';
import type { StagedEvent } from '../../staging.ts';
import { uniqueKey } from '../../../sql/unique-key.ts';
import type { UniqueColumn } from '../tables/unique-columns.ts';
import type { StageTables } from './stage-tables.ts';

/** What became of an event stands in its row. */
export async function createEventRows(tables: StageTables): Promise<void> {
  await tables.db.run(sql`
    create temp table ${tables.tableName('rows')} (
      stage_row integer primary key, line integer not null, key, contact, type text,
      subject text, value real, occurred_at integer, properties text, external_id text,
      contact_id integer, outcome text
    )`);
}

export function addEvent(tables: StageTables, key: UniqueColumn, row: StagedEvent): void {
  const insert = tables.statement(
    'rows',
    (rows) => `
      insert into ${rows} (
        line, key, contact, type, subject, value, occurred_at, properties, external_id
      )
      values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  insert.run(
    row.line,
    uniqueKey(key.type, row.contact),
    row.contact,
    row.type,
    row.subject,
    row.value,
    row.occurredAt,
    row.properties,
    row.externalId,
  );
}
