import { sql } from 'drizzle-orm';
import type { StagedWish } from '../../staging.ts';
import type { Value } from '../../rows.ts';
import { uniqueKey } from '../../../sql/unique-key.ts';
import type { UniqueColumn } from '../tables/unique-columns.ts';
import type { StageTables } from './stage-tables.ts';

export function createWishes(tables: StageTables): void {
  tables.db.run(sql`
    create temp table ${tables.tableName('wishes')} (
      line integer not null, place integer not null, key not null, value not null,
      channel text not null, reason text not null
    )`);
}

/** Adds what a refused row says, for its key and for its other unique values. */
export function addWish(
  tables: StageTables,
  uniques: readonly UniqueColumn[],
  { line, key, others, wishes }: StagedWish,
): void {
  const add = (place: number, value: Value, said: StagedWish['wishes']): void => {
    const column = uniques[place];
    if (value === null || column === undefined) return;
    const insert = tables.statement(
      'wishes',
      (table) => `insert into ${table} values (?, ?, ?, ?, ?, ?)`,
    );
    for (const { channel, reason } of said)
      insert.run(line, place, uniqueKey(column.type, value), value, channel, reason);
  };
  add(0, key, wishes);
  for (const { column, value } of others) {
    const place = uniques.findIndex((each, at) => at > 0 && each.column === column);
    add(place, value, column === 'email' ? wishes : wishes.filter(isOfPerson));
  }
}

/** A bounce is the e-mail address's own. */
const isOfPerson = ({ channel, reason }: StagedWish['wishes'][number]): boolean =>
  channel !== 'email' || reason !== 'bounced';
