import { sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';

/** So many contacts are read at once at most, whose columns take some 10 MB. */
export const MOST_CONTACTS_A_BATCH = 10_000;

/** Contacts whose ids are above `after`, up to `until` and with it. */
export interface IdRange {
  readonly after: number;
  readonly until: number;
}

export const ALL_IDS: IdRange = {
  after: Number.MIN_SAFE_INTEGER,
  until: Number.MAX_SAFE_INTEGER,
};

/**
 * Cuts all contacts into ranges of `size` rows. They are found by key: ids may be sparse. The last
 * one has no end, for contacts that are yet to come.
 */
export function rangesOf(db: SqliteDatabase, size: number): IdRange[] {
  const ranges: IdRange[] = [];
  let { after } = ALL_IDS;
  for (let end = endOf(db, { ...ALL_IDS, after }, size); end !== undefined;) {
    ranges.push({ after, until: end });
    after = end;
    end = endOf(db, { ...ALL_IDS, after }, size);
  }
  return [...ranges, { ...ALL_IDS, after }];
}

/** The id of the last of the first `size` contacts of a range; undefined if it has no more. */
export function endOf(
  db: SqliteDatabase,
  { after, until }: IdRange,
  size: number,
): number | undefined {
  const [end] = db.pluck<number>(sql`
    select id
    from contacts not indexed
    where id > ${after} and id <= ${until}
    order by id
    limit 1 offset ${size - 1}`);
  return end === undefined || isLast(db, end, until) ? undefined : end;
}

function isLast(db: SqliteDatabase, id: number, until: number): boolean {
  const next = sql`select 1 from contacts where id > ${id} and id <= ${until} limit 1`;
  return db.get(next) === undefined;
}
