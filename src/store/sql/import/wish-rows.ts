import { sql } from 'drizzle-orm';
import { INTEGER, TEXT } from '../words.ts';
import type { StagedWish } from '../../staging.ts';
import type { Value } from '../../rows.ts';
import { uniqueKey } from '../../../sql/unique-key.ts';
import type { UniqueColumn } from '../tables/unique-columns.ts';
import { OF_ANY } from './keys.ts';
import type { StageTables } from './stage-tables.ts';

/**
 * - line: null of a row that is no refused one, but left out because somebody was erased.
 * - is_meant: whether it is said of this value, and not of another one of the row.
 */
export async function createWishes(tables: StageTables): Promise<void> {
  await tables.db.run(sql`
    create temp table ${tables.tableName('wishes')} (
      line ${INTEGER}, place ${INTEGER} not null, key ${OF_ANY} not null,
      value ${OF_ANY} not null, channel ${TEXT} not null, reason ${TEXT} not null,
      is_meant ${INTEGER} not null
    )`);
}

/** Adds what a refused row says, for its key and for its other unique values. */
export function addWish(
  tables: StageTables,
  uniques: readonly UniqueColumn[],
  { line, key, others, wishes }: StagedWish,
): void {
  const add = (place: number, value: Value, isMeant: (wish: Wish) => boolean): void => {
    const column = uniques[place];
    if (value === null || column === undefined) return;
    const compared = uniqueKey(column.type, value);
    for (const wish of wishes) {
      const { channel, reason } = wish;
      const meant = isMeant(wish) ? 1 : 0;
      tables.put('wishes', [line, place, compared, value, channel, reason, meant]);
    }
  };
  add(0, key, () => true);
  for (const { column, value } of others) {
    const place = uniques.findIndex((each, at) => at > 0 && each.column === column);
    add(place, value, column === 'email' ? () => true : isOfPerson);
  }
}

type Wish = StagedWish['wishes'][number];

/** A bounce is the e-mail address's own. */
const isOfPerson = ({ channel, reason }: Wish): boolean =>
  channel !== 'email' || reason !== 'bounced';
